"""The client kit's own example, as a page of somebody else's making would use it: against a running hospital."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from tests.journeys.hospital import HospitalProcess
from tests.journeys.people import Clinic, Patient, an_id_number, in_progress
from tests.journeys.sending import KIT, SendingSystem, kit_asks, wish
from tests.journeys.sockets import online

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example with the kit in one file, as a page is built."""
    folder = tmp_path_factory.mktemp("example")
    command = ["npx", "--no-install", "vite", "build", "--ssr", "examples/talk.mjs", "--outDir", str(folder)]
    built = subprocess.run(command, cwd=KIT, capture_output=True, text=True, timeout=120, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    return folder / "talk.js"


@pytest.mark.req("IM-16", "IM-19")
@pytest.mark.parametrize(
    ("sockets", "transport"),
    [
        pytest.param("--experimental-websocket", "socket", id="where sockets pass"),
        pytest.param("--no-experimental-websocket", "poll", id="where there are none"),
    ],
)
def test_signs_in_lists_sends_and_receives(
    hospital: HospitalProcess, example: Path, sockets: str, transport: str
) -> None:
    """Last message and unread count are listed, one call sends and says `delivered`, the answer arrives: over a socket,
    and by long polls where the program has no sockets at all."""
    patient, doctor = Patient.new(hospital), Clinic.founded(hospital).doctor()
    _, conversation_id = in_progress(patient, doctor)
    patient.ok("POST", "/identity/codes", {"phone": patient.phone})
    node = shutil.which("node")
    assert node is not None
    with online(doctor) as (at_doctor,):
        asked = at_doctor.sends(conversation_id, "哪里不舒服?")
        unread = patient.sees_conversation(conversation_id)["unread"]
        assert unread >= 1
        command = [node, sockets, str(example), f"{hospital.origin}/api", patient.phone, patient.code(), "咳嗽三天了。"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
            try:
                sent = at_doctor.hears_message(text="咳嗽三天了。", seconds=60)
                at_doctor.sends(conversation_id, "有没有发烧?")
                said, complained = running.communicate(timeout=60)
            finally:
                running.kill()
    assert running.returncode == 0, said + complained
    assert sent["seq"] == asked["seq"] + 1
    assert sent["sender"]["person_id"] == patient.person_id
    lines = [line for line in said.splitlines() if line]
    assert re.sub(r"\s+", " ", lines[0]) == f"listed {conversation_id} {unread} 哪里不舒服?"
    assert lines[1:] == [f"delivered by {transport}", "received 有没有发烧?"]


def test_says_so_when_the_hospital_refuses(hospital: HospitalProcess, example: Path) -> None:
    """A wrong code: the program ends with the hospital's own word, and nothing was listed."""
    patient = Patient.new(hospital)
    patient.ok("POST", "/identity/codes", {"phone": patient.phone})
    wrong = "000000" if patient.code() != "000000" else "111111"
    command = ["node", str(example), f"{hospital.origin}/api", patient.phone, wrong, "您好"]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode != 0
    assert "ApiError: sign_in." in run.stderr
    assert "listed" not in run.stdout


def test_another_systems_server_asks_for_a_face_with_the_kit(hospital: HospitalProcess, tmp_path: Path) -> None:
    """ID-09 in part: it gets the link that its person opens, and with a wrong key nothing."""
    system = SendingSystem.let_in(Clinic.founded(hospital).one("org_admin"), "医保平台")
    whom = wish("王小明", an_id_number())
    with kit_asks(system, whom, tmp_path) as (link, _):
        assert link == system.asks("POST", "/system-face-requests", whom, area="identity").json["link"]
    with kit_asks(replace(system, key="of nobody"), whom, tmp_path) as (link, _):
        assert link == ""
