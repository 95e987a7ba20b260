"""The hospital is killed with -9 while people use it, and opened again: everything acknowledged is there, and what
was on its way arrives."""

from __future__ import annotations

import random
import sqlite3
import threading
import time
from contextlib import closing

import pytest

from tests.journeys.hospital import HospitalProcess, eventually
from tests.journeys.people import Clinic, Patient, conversation_of, in_progress
from tests.journeys.sockets import Thread, online
from tests.journeys.writers import Desk, WaitingRoom, Writer
from tests.nightly import keep, kept, table, write_section

pytestmark = pytest.mark.journey
TAKES = 90

SEEDS = 20  # of five kills each, and one before two days of rest
PROOF = "kills"
COUNTED = ("messages", "REST commands", "visits", "expired late, once")
"""What was acknowledged and found again after the last kill of a seed."""
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
        at_doctor.hears_message(text="昨天晚上")
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


def test_killed_right_after_accepting_the_conversation_still_opens(hospital: HospitalProcess) -> None:
    """The event lay in the outbox, on the bus or in the queue: it is delivered when the hospital is open again."""
    patient, doctor = Patient.new(hospital), Clinic.founded(hospital).doctor()
    visit_id = patient.applies_to(doctor)["id"]
    doctor.accepts(visit_id)
    hospital.restart()
    conversation_id = conversation_of(patient, visit_id)
    assert patient.sees_visit(visit_id)["state"] == "in_progress"
    assert [message["seq"] for message in patient.reads_messages(conversation_id)["items"]] == [1]
    with online(patient, doctor) as (at_patient, at_doctor):
        at_patient.sends(conversation_id, "您好")
        at_doctor.hears_message(text="您好")


def test_killed_while_all_write(hospital: HospitalProcess) -> None:
    """What was acknowledged is there once, under its number; what was not is there once or not at all, and sending
    it again settles it. Whoever waited too long while the hospital was down has expired once."""
    kill_while_writing(hospital, random.Random(20261121), rounds=5)


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(SEEDS))
def test_killed_while_all_write_long(hospital: HospitalProcess, seed: int) -> None:
    """The long form: a hundred kills at other moments. Seeds that came through before are not run again."""
    if any(row["seed"] == seed for row in kept(PROOF)):
        return
    began = time.monotonic()
    counts = kill_while_writing(hospital, random.Random(seed), rounds=5)
    row = dict(zip(COUNTED, counts, strict=True))
    keep(PROOF, {"seed": seed, "kills": 6, **row, "lost or doubled": 0, "seconds": round(time.monotonic() - began)})
    tell()


def tell() -> None:
    """The section of the report; a seed that failed is not in it."""
    what = """`tests/journeys/test_kill.py`: two people talk over sockets, an administrator writes reference data,
patients apply and a doctor accepts; at moments of chance the hospital is killed and opened again. After each kill every
acknowledged message stands there once, under its number; every entry and every visit is there once; who was accepted
gets a conversation, by an event that was on its way; what was not acknowledged can be sent again. In the end the
hospital stays closed for two days: every application that waited has expired, once. `make nightly ARGS="--only journey
-k killed_while"` goes on where it was cut off; without `.nightly/kills.jsonl` it begins anew."""
    rows = sorted(kept(PROOF), key=lambda row: int(row["seed"]))
    head = ["seed", "kills", *COUNTED, "lost or doubled", "seconds"]
    sums = ["all", *(sum(row[name] for row in rows) for name in head[1:])]
    write_section(
        "Killed with -9 while both sides write",
        [what, table(head, [*([row[name] for name in head] for row in rows), sums])],
    )


def kill_while_writing(hospital: HospitalProcess, chance: random.Random, rounds: int) -> tuple[int, int, int, int]:
    """Everybody writes without rest; at a moment of chance the hospital dies and comes back. Answers how many messages,
    REST commands and visits were acknowledged and found again, and how many visits expired while it was closed."""
    clinic = Clinic.founded(hospital)
    patient, doctor = Patient.new(hospital), clinic.doctor()
    _, conversation_id = in_progress(patient, doctor)
    talkers = [Writer(patient, conversation_id), Writer(doctor, conversation_id)]
    desk, room = Desk(clinic), WaitingRoom(clinic.doctor(1))
    everybody: list[Writer | Desk | WaitingRoom] = [*talkers, desk, room]
    for _ in range(rounds):
        write_until_killed(hospital, everybody, chance.uniform(0.0, 0.5))
        check_thread(patient, conversation_id, talkers)
        for writer in everybody:
            writer.sends_again()
        desk.check()
        room.check()
    kept = Thread(patient, conversation_id)
    kept.catches_up()
    for talker in talkers:
        mine = [
            one for one in kept.messages.values() if (one["sender"] or {}).get("person_id") == talker.device.person_id
        ]
        assert [one["content"]["text"] for one in mine] == talker.said
    sleeps_for_two_days(hospital)
    room.doctor.signs_in()
    room.check_expired()
    messages = sum(len(talker.acknowledged) for talker in talkers)
    return messages, len(desk.acknowledged), len(room.acknowledged), len(room.waiting)


def write_until_killed(hospital: HospitalProcess, everybody: list[Writer | Desk | WaitingRoom], seconds: float) -> None:
    """Killed so many seconds after everybody was acknowledged something; open again afterwards."""
    threads = [threading.Thread(target=writer.writes) for writer in everybody]
    for thread in threads:
        thread.start()
    assert eventually(lambda: all(writer.acknowledged_now for writer in everybody), seconds=60)
    time.sleep(seconds)
    hospital.kill()
    for thread in threads:
        thread.join(timeout=60)
        assert not thread.is_alive()
    hospital.start()


def check_thread(reader: Patient, conversation_id: str, talkers: list[Writer]) -> None:
    """Numbers without a gap, no message twice, and every acknowledged one under its number."""
    kept = Thread(reader, conversation_id)
    kept.catches_up()
    assert sorted(kept.messages) == list(range(1, len(kept.messages) + 1))
    said = {(one["sender"]["person_id"], one["id"]): one for seq, one in kept.messages.items() if seq > 1}
    assert len(said) == len(kept.messages) - 1, "a message stands there twice"
    for talker in talkers:
        mine = {name: one["seq"] for (person, name), one in said.items() if person == talker.device.person_id}
        assert talker.acknowledged.items() <= mine.items()


def sleeps_for_two_days(hospital: HospitalProcess) -> None:
    """Killed, and opened again when two days have passed on the hospital's clock."""
    hospital.kill()
    before, hospital.arguments = hospital.arguments, (*hospital.arguments, "--clock", "+2d")
    hospital.start()
    hospital.arguments = before
