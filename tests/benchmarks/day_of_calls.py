"""The part of the day in which people call each other, and a relay reports."""

from __future__ import annotations

import time

from tests.builders.relay import Relay
from tests.journeys.people import Clinic, Doctor, Patient, a_key
from tests.journeys.relays import relay_of

DESK, PHONE = {"device": "device-desk1"}, {"device": "device-phone"}


def call_each_other(doctor: Doctor, patient: Patient, clinic: Clinic, conversation: str, file: int) -> None:
    """One call is declined, one given up, one held with a third, measured and left, with the `file` of a message shown;
    the patient calls back."""
    relay = relay_of(doctor.hospital)
    relay.report()
    body = {"conversation_id": conversation, "media": "video"}

    def rings(who: Doctor | Patient) -> str:
        return f"/calling/calls/{who.ok('POST', '/calling/calls', body, key=a_key())['id']}"

    patient.ok("POST", f"{rings(doctor)}/decline", {"reason": "busy"}, key=a_key())
    doctor.ok("POST", f"{rings(doctor)}/cancel", {}, key=a_key())
    path = rings(doctor)
    for who in (patient, doctor):
        who.ok("GET", "/calling/calls/current")
    patient.ok("POST", f"{path}/ringing", PHONE, key=a_key())
    patient.ok("POST", f"{path}/answer", {**PHONE, "media": "video"}, key=a_key())
    for seq in (file, None):
        patient.ok("PUT", f"{path}/showing", {"seq": seq})
    holds(relay, path, doctor, patient, clinic)
    doctor.ok("POST", f"{path}/end", {}, key=a_key())
    relay.report()
    doctor.hospital.post("/sandbox/api/schedules/run", {"function": "CallingKeepFleet"})
    doctor.ok("GET", f"{path}/samples")
    patient.ok("GET", path)
    doctor.ok("GET", f"/calling/conversations/{conversation}/calls")
    doctor.ok("POST", f"{rings(patient)}/decline", {}, key=a_key())
    doctor.ok("POST", f"{rings(doctor)}/joins", DESK, key=a_key())  # it ends with the visit


def holds(relay: Relay, path: str, doctor: Doctor, patient: Patient, clinic: Clinic) -> None:
    """Both come into the room, a third is asked, and one goes."""
    room = path.rpartition("/")[2]
    for who, device in ((doctor, DESK), (patient, PHONE)):
        who.ok("POST", f"{path}/joins", device, key=a_key())
        for kind in ("joined", "flowing"):
            relay.fact(kind, room, who.person_id, f"s-{who.person_id}")
    relay.report()
    third = clinic.accounts("doctor")[1]["practitioner_role_id"]
    doctor.ok("POST", f"{path}/invitations", {"people": [third]}, key=a_key())
    sample = {"at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "up_loss": 0.01, "set_up_ms": 600}
    for _ in range(2):
        patient.ok("POST", f"{path}/samples", {"items": [sample]}, key=a_key())
    patient.ok("POST", f"{path}/leave", {}, key=a_key())
    relay.fact("left", room, patient.person_id, f"s-{patient.person_id}")
    relay.report()
