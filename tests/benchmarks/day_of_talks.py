"""The part of the day in which people talk beside what a visit needs: colleagues, groups, cards, what is taken back,
searched, audited, taken away, and opened at the next visit."""

from __future__ import annotations

from tests.journeys.hospital import eventually
from tests.journeys.people import Clinic, Device, Doctor, Patient, a_key, conversation_of
from tests.journeys.sockets import Socket

CONVERSATIONS = "/messaging/conversations"


def keeps_groups(doctor: Doctor, clinic: Clinic) -> None:
    """A colleague is asked, a group opened, joined, named, headed, silenced and left."""
    doctor.ok("GET", "/messaging/colleagues?q=%E6%8A%A4")
    colleague, nurse = clinic.accounts("doctor")[1], clinic.one("nurse")
    direct = {"type": "direct", "practitioner_role_id": colleague["practitioner_role_id"]}
    doctor.ok("POST", CONVERSATIONS, direct, key=a_key())
    body = {"type": "group", "name": "会诊", "practitioner_role_ids": [colleague["practitioner_role_id"]]}
    group = f"{CONVERSATIONS}/{doctor.ok('POST', CONVERSATIONS, body, key=a_key())['id']}"
    doctor.ok("POST", f"{group}/members", {"practitioner_role_ids": [nurse.role_id]}, key=a_key())
    doctor.ok("PUT", f"{group}/name", {"name": "心内科会诊"}, key=a_key())
    doctor.ok("PUT", f"{group}/notice", {"text": "明早八点查房"}, key=a_key())
    doctor.ok("PUT", f"{group}/muted", {"muted": True}, key=a_key())
    doctor.ok("DELETE", f"{group}/members/{nurse.person_id}", key=a_key())


def shows_and_takes_back(patient: Patient, doctor: Doctor, socket: Socket, visit: str, conversation: str) -> None:
    """A card is sent, opened and taken back; what was said is searched."""
    name = a_key()
    card = {"card": {"type": "visit", "id": visit}}
    socket.say(action="send", id=name, conversation_id=conversation, type="card", content=card)
    seq = socket.hears("ack", id=name)["seq"]
    doctor.ok("GET", f"{CONVERSATIONS}/{conversation}/cards/{seq}")
    name = a_key()
    socket.say(action="recall", id=name, conversation_id=conversation, seq=seq)
    socket.hears("ack", id=name)
    patient.ok("GET", "/messaging/messages?words=%E6%82%A8%E5%A5%BD")
    doctor.reads_messages(conversation)


def is_looked_into(doctor: Doctor, clinic: Clinic, conversation: str) -> None:
    """The auditor reads it, the doctor takes it away."""
    auditor = clinic.one("auditor")
    auditor.ok("GET", f"/messaging/audit/conversations/{conversation}/messages")
    auditor.ok("GET", "/messaging/audit/flags")
    for who in (doctor, auditor):
        exports = f"{CONVERSATIONS}/{conversation}/exports"
        path = f"{exports}/{who.ok('POST', exports, key=a_key())['id']}"
        assert eventually(lambda path=path, who=who: who.ok("GET", path)["state"] == "ready", 60)
        fetches(who, who.ok("GET", path)["url"])


def comes_again(patient: Patient, doctor: Doctor, earlier: str) -> None:
    """At the next visit the doctor opens the one before."""
    visit = patient.applies_to(doctor)["id"]
    doctor.accepts(visit)
    conversation_of(patient, visit)
    doctor.ok("GET", f"/consultation/visits/{visit}/earlier")
    doctor.ok("GET", f"/consultation/visits/{visit}/earlier/{earlier}/messages")
    found = doctor.ok("GET", f"/consultation/visits/{visit}/earlier/{earlier}/messages?limit=100")["items"]
    for seq in [message["seq"] for message in found if message["type"] == "file"]:
        fetches(doctor, doctor.ok("GET", f"/consultation/visits/{visit}/earlier/{earlier}/files/{seq}")["url"])
    doctor.finishes(visit)


def fetches(device: Device, url: str) -> None:
    """What lies at an address of five minutes: it acts as the function that signed it."""
    address = url if url.startswith("http") else f"{device.hospital.origin}{url}"
    assert device.browser.get(address, timeout=20).status_code == 200
