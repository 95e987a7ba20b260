"""The hospital is killed with -9 while people use it, and opened again: everything acknowledged is there, and what
was on its way arrives."""

from __future__ import annotations

import random
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing

import pytest
import requests
from websockets.exceptions import ConnectionClosed

from tests.journeys.hospital import HospitalProcess, eventually
from tests.journeys.people import Clinic, Doctor, Patient, a_key, conversation_of, in_progress
from tests.journeys.sockets import Socket, Thread, online
from tests.nightly import table, write_section

pytestmark = pytest.mark.journey

SEEDS = 8
SECRET_WORDS = "主诉里的秘密：左胸隐痛"


def test_everything_acknowledged_is_there_again(hospital: HospitalProcess) -> None:
    """Visit, conversation, messages, read marks, sessions on both sides, reference data, the sign-in log."""
    clinic = Clinic.founded(hospital)
    patient, doctor, admin = Patient.new(hospital, "陈晓"), clinic.doctor(), clinic.one("org_admin")
    visit_id, conversation_id = in_progress(patient, doctor)
    with online(patient, doctor) as (at_patient, at_doctor):
        at_patient.sends(conversation_id, SECRET_WORDS)
        at_doctor.sends(conversation_id, "什么时候开始的？")
    faq = admin.ok("POST", "/directory/reference/faqs", {"content": {"question": "在哪里？", "answer": "一楼。"}})
    patient.ok("PATCH", "/identity/me", {"preferences": {"high_contrast": True}})
    looked_at = [
        (patient, "/identity/me"),
        (patient, "/identity/sessions"),
        (patient, "/identity/sign-ins"),
        (patient, f"/consultation/visits/{visit_id}"),
        (patient, "/messaging/conversations"),
        (patient, f"/messaging/conversations/{conversation_id}/messages"),
        (doctor, "/consultation/visits"),
        (doctor, f"/messaging/conversations/{conversation_id}"),
        (admin, f"/directory/reference/faqs/{faq['id']}"),
        (admin, "/directory/reference/consultation_notices"),
    ]
    before = [device.ok("GET", path) for device, path in looked_at]
    hospital.restart()
    assert [device.ok("GET", path) for device, path in looked_at] == before

    for device, audience in ((patient, "patient"), (doctor, "staff"), (admin, "staff")):
        assert device.refreshes(audience).status == 200
    with online(patient, doctor) as (at_patient, at_doctor):
        assert at_patient.sends(conversation_id, "昨天晚上")["seq"] == 4
        assert at_doctor.hears("message")["message"]["content"]["text"] == "昨天晚上"
    doctor.finishes(visit_id)
    assert patient.sees_visit(visit_id)["summary"]["conclusion"] == "上呼吸道感染"
    assert patient.sees_conversation(conversation_id)["state"] == "closed"
    assert SECRET_WORDS not in everything_stored(hospital)


def everything_stored(hospital: HospitalProcess) -> str:
    """All texts of the store, read after a kill: what patients say must not be among them in clear."""
    hospital.kill()
    with closing(sqlite3.connect(hospital.state / "hospital.db")) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = [str(row) for table in tables for row in database.execute(f"SELECT * FROM {table}")]
    hospital.start()
    return "\n".join(rows)


@pytest.mark.parametrize("after", [0.0, 0.02, 0.06])
def test_killed_right_after_accepting_the_conversation_still_opens(hospital: HospitalProcess, after: float) -> None:
    """The event lay in the outbox, on the bus or in the queue: it is delivered when the hospital is open again."""
    patient, doctor = Patient.new(hospital), Clinic.founded(hospital).doctor()
    visit_id = patient.applies_to(doctor)["id"]
    doctor.accepts(visit_id)
    time.sleep(after)
    hospital.restart()
    conversation_id = conversation_of(patient, visit_id)
    assert patient.sees_visit(visit_id)["state"] == "in_progress"
    assert [message["seq"] for message in patient.reads_messages(conversation_id)["items"]] == [1]
    with online(patient, doctor) as (at_patient, at_doctor):
        at_patient.sends(conversation_id, "您好")
        at_doctor.hears("message")


def test_killed_while_both_write(hospital: HospitalProcess) -> None:
    """What was acknowledged is there once, under its number; what was not is there once or not at all, and sending
    it again settles it."""
    kill_while_writing(hospital, random.Random(20261121), rounds=2)


@pytest.fixture(scope="module")
def kills() -> Iterator[list[list[object]]]:
    """One row for each seed that came through; told in the docs when all did."""
    rows: list[list[object]] = []
    yield rows
    if len(rows) == SEEDS:
        what = """`tests/journeys/test_kill.py`: after each kill every acknowledged message stands there once, under the
number it was acknowledged with, and what was not acknowledged can be sent again."""
        told = table(["seed", "kills", "messages acknowledged", "lost or doubled", "seconds"], rows)
        write_section("Killed with -9 while both sides write", [what, told])


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(SEEDS))
def test_killed_while_both_write_long(hospital: HospitalProcess, seed: int, kills: list[list[object]]) -> None:
    """The long form: dozens of kills at other moments."""
    began = time.monotonic()
    acknowledged = kill_while_writing(hospital, random.Random(seed), rounds=5)
    kills.append([seed, 5, acknowledged, 0, f"{time.monotonic() - began:.0f}"])


def kill_while_writing(hospital: HospitalProcess, chance: random.Random, rounds: int) -> int:
    """Patient and doctor write without rest; at a moment of chance the hospital dies and comes back. Answers how many
    messages were acknowledged and found again."""
    patient, doctor = Patient.new(hospital), Clinic.founded(hospital).doctor()
    _, conversation_id = in_progress(patient, doctor)
    writers = [Writer(patient, conversation_id), Writer(doctor, conversation_id)]
    for _ in range(rounds):
        threads = [threading.Thread(target=writer.writes) for writer in writers]
        for thread in threads:
            thread.start()
        assert eventually(lambda: all(writer.acknowledged_now for writer in writers), seconds=20)
        time.sleep(chance.uniform(0.0, 0.5))
        hospital.kill()
        for thread in threads:
            thread.join(timeout=20)
            assert not thread.is_alive()
        hospital.start()
        kept = Thread(patient, conversation_id)
        kept.catches_up()
        assert sorted(kept.messages) == list(range(1, len(kept.messages) + 1))
        said = {(one["sender"]["person_id"], one["id"]): one for seq, one in kept.messages.items() if seq > 1}
        assert len(said) == len(kept.messages) - 1, "a message stands there twice"
        for writer in writers:
            assert (
                writer.acknowledged.items()
                <= {
                    name: one["seq"] for (person_id, name), one in said.items() if person_id == writer.device.person_id
                }.items()
            )
            writer.sends_again()
    kept.catches_up()
    for writer in writers:
        mine = [
            one for one in kept.messages.values() if (one["sender"] or {}).get("person_id") == writer.device.person_id
        ]
        assert [one["content"]["text"] for one in mine] == writer.said
    return sum(len(writer.acknowledged) for writer in writers)


class Writer:
    """Writes numbered messages one after the other, as a page's outbox does, until the line breaks."""

    def __init__(self, device: Patient | Doctor, conversation_id: str) -> None:
        self.device, self.conversation_id = device, conversation_id
        self.said: list[str] = []
        self.acknowledged: dict[str, int] = {}
        self.acknowledged_now = 0
        self._open: tuple[str, str] | None = None

    def writes(self) -> None:
        """Until the hospital is gone."""
        self.acknowledged_now = 0
        try:
            socket = Socket(self.device)
            while True:
                name, text = a_key(), f"第 {len(self.said) + 1} 句"
                self._open = (name, text)
                self.said.append(text)
                self.acknowledged[name] = socket.sends(self.conversation_id, text, name)["seq"]
                self.acknowledged_now += 1
                self._open = None
        except (ConnectionClosed, requests.ConnectionError, OSError):
            return

    def sends_again(self) -> None:
        """What was written last and not acknowledged, under the same id."""
        if self._open is None:
            return
        name, text = self._open
        with online(self.device) as (socket,):
            self.acknowledged[name] = socket.sends(self.conversation_id, text, name)["seq"]
        self._open = None
