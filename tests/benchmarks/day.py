"""A day at the hospital in which every route is called: `python -m tests.benchmarks.day` prints its AWS calls as JSON.

`{"steps": [{"route", "function", "calls": [...]}], "background": [...], "used": [...], "routes": [...]}`: the calls of
each request's own function, those of the functions that nobody waits for, and what the hospital noted as used of the
permissions. A route's first request is cold, its last warm.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from tests.benchmarks.day_of_access import keeps_access
from tests.benchmarks.day_of_calls import call_each_other
from tests.benchmarks.day_of_cards import keeps_cards, takes_a_copy
from tests.benchmarks.day_of_consents import keeps_consents, keeps_family
from tests.benchmarks.day_of_dictionaries import keeps_dictionaries
from tests.benchmarks.day_of_emergencies import opens_in_emergency
from tests.benchmarks.day_of_faces import asks_for_faces, is_asked_for_a_face
from tests.benchmarks.day_of_files import sends_files
from tests.benchmarks.day_of_patients import keeps_patients, sets_terminals, signs_in_otherwise
from tests.benchmarks.day_of_sms import sends_texts
from tests.benchmarks.day_of_talks import comes_again, is_looked_into, keeps_groups, shows_and_takes_back
from tests.benchmarks.day_of_the_house import keeps_staff, keeps_the_house
from tests.benchmarks.recording import OpenHospital, recorded_hospital
from tests.builders.face_figures import face_figures
from tests.builders.id_cards import as_jpeg, drawn_back, drawn_front, made_card, photographed
from tests.journeys.hospital import ROOT, eventually
from tests.journeys.people import (
    Answer,
    Clinic,
    Device,
    Doctor,
    Patient,
    Staff,
    a_key,
    conversation_of,
    of_the_platform,
)
from tests.journeys.sockets import Socket


@dataclass
class Day:
    """Notes which calls belong to which request: requests go one after the other."""

    hospital: OpenHospital
    routes: dict[str, str]  # "GET /api/identity/me" -> IdentityViewProfile
    steps: list[dict[str, Any]] = field(default_factory=list)

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Every request of every device is a step of the day."""
        asking = Device.ask

        def ask(device: Device, method: str, path: str, body: Any = None, **more: Any) -> Answer:
            route = self.route_of(method, f"/api{path.partition('?')[0]}")
            before = self.begin(route)
            answer = asking(device, method, path, body, **more)
            self.note(route if answer.status < 400 else f"{route} (refused)", self.routes[route], before)
            return answer

        with patch.object(Device, "ask", ask):
            yield

    def frame(self, socket: Socket, name: str, answer: str, **frame: Any) -> None:
        """One frame and its answer, as a step."""
        before = self.begin(f"SOCKET {name}")
        socket.say(**frame)
        socket.hears(answer)
        self.hospital.settle()  # the answer is heard before its function has ended
        self.note(f"SOCKET {name}", "MessagingWsMessage", before)

    def begin(self, route: str) -> int:
        """Where its calls will begin. The first request of a route finds nothing kept from another."""
        if route not in {step["route"] for step in self.steps}:
            self.hospital.forget()
        return len(self.hospital.calls)

    def note(self, route: str, function: str, before: int) -> None:
        """What the function called since."""
        own = [call for call in self.hospital.calls[before:] if call.function == function]
        self.steps.append({"route": route, "function": function, "calls": [call.plain() for call in own]})

    def route_of(self, method: str, path: str) -> str:
        """The pattern that a path fits; one without parameters first."""
        asked = path.split("/")
        fitting = [
            route
            for route in self.routes
            if route.startswith(f"{method} ") and _fits(route.partition(" ")[2].split("/"), asked)
        ]
        return min(fitting, key=lambda route: route.count("{"))


def _fits(pattern: list[str], asked: list[str]) -> bool:
    return len(pattern) == len(asked) and all(
        part.startswith("{") or part == given for part, given in zip(pattern, asked, strict=True)
    )


def live(day: Day) -> None:
    """Everybody does everything once."""
    clinic = Clinic.founded(day.hospital)
    patient, doctor, admin = Patient.new(day.hospital), clinic.doctor(), clinic.one("org_admin")
    keeps_sessions(patient, doctor, clinic)
    looks_around(patient, doctor)
    is_reminded(day, patient, doctor, clinic)
    keeps_lists(admin)
    keeps_the_house(admin, patient)
    keeps_staff(admin, doctor)
    keeps_dictionaries(admin, doctor)
    keeps_access(admin, of_the_platform(day.hospital, "operator"), clinic)
    keeps_cards(patient)
    keeps_consents(patient, admin, clinic)
    keeps_family(patient, admin)
    has_it_inspected(of_the_platform(day.hospital, "operator"))
    keeps_patients(admin, doctor, patient)
    sends_texts(admin, of_the_platform(day.hospital, "operator"))
    day_of_visits(day, patient, doctor, clinic)
    sets_terminals(admin)
    signs_in_otherwise(admin)
    looks_after_the_log(admin, of_the_platform(day.hospital, "operator"))


def keeps_sessions(patient: Patient, doctor: Doctor, clinic: Clinic) -> None:
    """One's profile, a session renewed, another one ended."""
    patient.refreshes("patient")
    doctor.refreshes("staff")
    for device in (patient, doctor):
        device.ok("GET", "/identity/me")
    patient.ok("PATCH", "/identity/me", {"preferences": {"large_font": True}}, key=a_key())
    patient.shows_who_they_are_at(clinic.one("org_admin"))
    patient.ok("GET", "/identity/real-name")
    shows_a_card(patient)
    clinic.doctor()  # on a second device
    account = doctor.account["account"]
    doctor.ask("POST", "/identity/staff-sessions", {"account": account, "password": "wrong"}, Authorization="")
    doctor.ok("GET", "/identity/sign-ins")
    pharmacist = clinic.one("pharmacist")
    before, after = pharmacist.account["password"], "rain on the river"
    for current, password in ((before, after), (after, before)):
        pharmacist.ok("POST", "/identity/password", {"current": current, "password": password}, key=a_key())
    others = [one for one in doctor.ok("GET", "/identity/sessions")["items"] if not one["current"]]
    doctor.ok("DELETE", f"/identity/sessions/{others[0]['id']}", key=a_key())


def shows_a_card(patient: Patient) -> None:
    """Photographs of both sides, read, what was cut out of them, and a face that cannot be looked at."""
    card, readings = made_card(1), {}
    for side, drawn in (("front", drawn_front(card)), ("back", drawn_back(card))):
        picture = base64.b64encode(as_jpeg(photographed(drawn, "desk", 1))).decode()
        body = {"side": side, "picture": picture}
        readings[side] = patient.ok("POST", "/identity/id-card-readings", body, key=a_key())["id"]
    patient.ok("GET", f"/identity/id-card-readings/{readings['front']}/pictures")
    agreed = {"purpose": "face_recognition", "act": "give", "text_version": 1}
    patient.ok("POST", "/identity/consents", agreed, key=a_key())
    check = patient.ok("POST", "/identity/face-checks", key=a_key())["id"]
    frames = [base64.b64encode(f"no picture {number} {a_key()}".encode()).decode() for number in range(6)]
    shown = {"frames": frames, "front_reading_id": readings["front"], "back_reading_id": readings["back"]}
    patient.refused(400, "face.frames_refused", "POST", f"/identity/face-checks/{check}/answer", shown)


def looks_around(patient: Patient, doctor: Doctor) -> None:
    """Doctors and reference data, as a patient sees them."""
    patient.ok("GET", "/directory/doctors")
    patient.ok("GET", f"/directory/doctors/{doctor.role_id}")
    patient.ok("GET", "/directory/reference")
    patient.ok("GET", "/directory/reference/faqs/schema")
    patient.ok("GET", f"/directory/reference/faqs?organisation_id={doctor.clinic.organisation_id}")


def is_reminded(day: Day, patient: Patient, doctor: Doctor, clinic: Clinic) -> None:
    """Refused while nobody was there: a line leaves the house; how and where it shall arrive."""
    quiet = {"on": False, "begins": "22:00", "ends": "07:00"}
    chosen = {"push": True, "sms": False, "quiet": quiet, "names": False}
    patient.ok("PUT", "/messaging/notification-settings", chosen, key=a_key())
    patient.ok("GET", "/messaging/notification-settings")
    with day.hospital.environment("NOTIFY_AFTER_SECONDS", "0"):
        visit = patient.applies_to(doctor)["id"]
        doctor.ok("POST", f"/consultation/visits/{visit}/refuse", {"reason_id": clinic.reasons[0]["id"]}, key=a_key())

        def arrived() -> bool:
            day.hospital.post("/sandbox/api/schedules/run", {"function": "HouseSweepDue"})
            told = day.hospital.get("/sandbox/api/notifications").json()["items"]
            return any(one["person_id"] == patient.person_id for one in told)

        eventually(arrived, 60)
    # The keys of the example in RFC 8291; nobody is called there.
    key = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
    browser = {"endpoint": "https://fcm.googleapis.com/fcm/send/1", "key": key, "secret": "BTBZMqHH6r4Tts7J_aSIgg"}
    patient.ok("PUT", "/messaging/push-subscription", browser, key=a_key())
    patient.ok("DELETE", "/messaging/push-subscription", key=a_key())


def keeps_lists(admin: Staff) -> None:
    """One item from its creation to its return."""
    content = {"code": a_key()[:8], "words": "请到线下就诊", "order": 5}
    item = admin.ok("POST", "/directory/reference/refusal_reasons", {"content": content}, key=a_key())
    path = f"/directory/reference/refusal_reasons/{item['id']}"
    admin.ok("GET", path)
    changed = {"version": item["version"], "content": content | {"code": a_key()[:8], "words": "请挂门诊号"}}
    item = admin.ok("PUT", path, changed, key=a_key())
    item = admin.ok("POST", f"{path}/retire", {"version": item["version"]}, key=a_key())
    admin.ok("POST", f"{path}/restore", {"version": item["version"]}, key=a_key())


def has_it_inspected(operator: Staff) -> None:
    """The hospital's own running: asked, followed to the report, taken away."""
    path = f"/house/inspections/{operator.ok('POST', '/house/inspections', {'hours': 1}, key=a_key())['id']}"
    eventually(lambda: operator.ok("GET", path)["state"] == "done", 60)
    operator.ok("GET", "/house/inspections")
    operator.ok("PUT", "/house/face-report", {"figures": face_figures()}, key=a_key())
    operator.ok("GET", "/house/face-report")
    operator.ok("GET", f"{path}/file")


def looks_after_the_log(admin: Staff, operator: Staff) -> None:
    """Who did what and who signed in; the log sealed, anchored, verified by day and by night."""
    hospital, chain = admin.hospital, admin.clinic.organisation_id
    for path in ("/house/operations", "/house/sign-ins"):
        eventually(lambda path=path: admin.ok("GET", path)["items"], 30)  # type: ignore[misc]
        admin.ok("GET", f"{path}/days")
    hospital.post("/sandbox/api/schedules/run", {"function": "HouseAskForSeals"})
    eventually(lambda: [one for one in admin.ok("GET", "/house/seals")["items"] if one["blocks"]], 60)
    hospital.post("/sandbox/api/schedules/run", {"function": "HouseAnchorHeads"})
    eventually(lambda: admin.ok("GET", f"/house/seals/{chain}")["anchors"], 60)
    admin.ok("GET", f"/house/seals/{chain}/blocks")
    operator.ok("POST", f"/house/seals/{chain}/verifications", key=a_key())
    hospital.post("/sandbox/api/schedules/run", {"function": "HouseVerifyDaily"})
    hospital.post("/sandbox/api/schedules/run", {"function": "DirectorySyncHisNightly"})


def day_of_visits(day: Day, patient: Patient, doctor: Doctor, clinic: Clinic) -> None:
    """One visit refused, one from the application to the summary, with both on their sockets."""
    refused = patient.applies_to(doctor)["id"]
    doctor.ok("POST", f"/consultation/visits/{refused}/refuse", {"reason_id": clinic.reasons[0]["id"]}, key=a_key())
    doctor.ok("POST", "/messaging/tickets", key=a_key())
    doctor.ok("GET", "/messaging/entry-points")
    day.hospital.post("/sandbox/api/schedules/run", {"function": "MessagingCheckEntryPoints"})
    sockets = [greeted(day, device) for device in (patient, doctor)]
    visit = patient.applies_to(doctor)["id"]
    doctor.sees_queue()
    patient.ok("GET", "/consultation/visits")
    doctor.accepts(visit)
    conversation = conversation_of(patient, visit)
    say = {"action": "send", "conversation_id": conversation, "type": "text", "content": {"text": "您好"}}
    day.frame(sockets[0], "send", "ack", id=a_key(), **say)
    sockets[1].hears("message", seconds=15)
    day.frame(sockets[1], "read", "read", action="read", conversation_id=conversation, seq=2)
    day.frame(sockets[1], "send", "ack", id=a_key(), **say)
    day.frame(sockets[1], "ping", "pong", action="ping", have={conversation: 1})
    day.frame(sockets[1], "present", "present", action="present", conversation_id=conversation)
    patient.ok("POST", f"/messaging/conversations/{conversation}/read", {"seq": 3}, key=a_key())
    polls(patient, conversation)
    doctor.ok("GET", "/messaging/conversations")
    doctor.ok("PUT", "/messaging/quick-replies", {"texts": ["请按时服药。"]}, key=a_key())
    doctor.ok("GET", "/messaging/quick-replies")
    doctor.sees_conversation(conversation)
    doctor.reads_messages(conversation)
    shows_and_takes_back(patient, doctor, sockets[0], visit, conversation)
    file = sends_files(patient, doctor, sockets[0], conversation)
    keeps_groups(doctor, clinic)
    is_looked_into(doctor, clinic, conversation)
    call_each_other(doctor, patient, clinic, conversation, file)
    doctor.finishes(visit)
    sockets[0].hears("notice", topic="visit.finished.v1", seconds=15)
    comes_again(patient, doctor, visit)
    opens_in_emergency(patient, clinic)
    takes_a_copy(patient)
    asks_for_faces(clinic)
    is_asked_for_a_face(clinic)
    sockets[1].close()
    with day.hospital.environment("VISIT_ANSWER_WITHIN_MINUTES", "0"):
        patient.applies_to(doctor)
    day.hospital.post("/sandbox/api/schedules/run", {"function": "HouseSweepDue"})
    sockets[0].hears("notice", topic="visit.expired.v1", seconds=15)
    patient.ok("POST", "/identity/sign-out")
    sockets[0].is_closed_by_the_hospital(20)


def polls(patient: Patient, conversation: str) -> None:
    """A second device of the patient's, where WebSockets are blocked."""
    begun = patient.ok("POST", "/messaging/polls", {"v": 1, "have": {conversation: 1}}, key=a_key())
    path = f"/messaging/polls/{begun['poll_id']}"
    content = {"type": "text", "content": {"text": "网络不好"}}
    sent = {"action": "send", "id": a_key(), "conversation_id": conversation, **content}
    for frame in (sent, {"action": "delivered", "conversation_id": conversation, "seq": 3}, {"action": "ping"}):
        patient.ok("POST", f"{path}/frames", frame)
    after = 0
    for _ in range(2):
        found = patient.ok("POST", path, {"after": after, "wait_seconds": 10})["frames"]
        after = max(one["n"] for one in found) if found else after


def greeted(day: Day, device: Device) -> Socket:
    """An open socket that said hello."""
    before = day.begin("SOCKET $connect")
    socket = Socket(device, hello=False)
    day.note("SOCKET $connect", "MessagingWsConnect", before)
    day.frame(socket, "hello", "welcome", action="hello", v=1, device="bench")
    return socket


def recorded_day(lives: int = 3) -> dict[str, Any]:
    """The day in a process of its own: the hospital takes the process's AWS for itself."""
    sought = [ROOT, ROOT / "functions", ROOT / "layers/hospital/python", ROOT / "layers/adapters/python"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, sought))}
    command = [sys.executable, "-m", "tests.benchmarks.day", str(lives)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-4000:]
    day: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return day


def main(lives: int) -> None:
    """Live the day so often (in the third all is warm), and print it."""
    document = json.loads((ROOT / "docs/openapi.json").read_text(encoding="utf-8"))
    routes = {
        f"{method.upper()} {path}": operation["x-function"]
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    }
    with recorded_hospital() as hospital:
        day = Day(hospital, routes)
        with day.watched():
            for _ in range(lives):
                live(day)
        hospital.settle(1)
        waited_for = {step["function"] for step in day.steps}
        told = {
            "steps": day.steps,
            "background": [call.plain() for call in hospital.calls if call.function not in waited_for],
            "used": sorted(hospital.inside.permissions.used.known),
            "routes": sorted(routes),
        }
    print(json.dumps(told, ensure_ascii=False))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
