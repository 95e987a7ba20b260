"""The part of the day in which people agree to things, and others word what they agree to."""

from __future__ import annotations

from datetime import date

from tests.builders.numbers import an_id_number
from tests.journeys.people import Clinic, Device, Patient, a_key


def keeps_consents(patient: Patient, admin: Device, clinic: Clinic) -> None:
    """A text is written, signed, looked at and withdrawn."""
    text = next(one for one in admin.ok("GET", "/directory/consent-texts")["items"] if one["purpose"] == "recording")
    words = {"title": text["title"], "text": text["text"], "own_version": text["own_version"]}
    written = admin.ok("PUT", "/directory/consent-texts", {"purpose": "recording", **words}, key=a_key())
    house = {"purpose": "recording", "organisation_id": clinic.organisation_id}
    patient.ok("GET", f"/identity/consents?organisation_id={clinic.organisation_id}")
    signed = {**house, "act": "give", "text_version": written["text_version"]}
    patient.ok("POST", "/identity/consents", signed, key=a_key())
    query = f"purpose=recording&organisation_id={clinic.organisation_id}"
    patient.ok("GET", f"/identity/consents/history?{query}")
    patient.ok("POST", "/identity/consents", {**house, "act": "withdraw"}, key=a_key())


def keeps_family(patient: Patient, admin: Device) -> None:
    """A child is added, shown at the counter and let go; an adult agrees by phone and in person, and leaves again."""
    number, grown = an_id_number(born=date(2020, 5, 4)), an_id_number()
    other = Patient.new(patient.hospital, verified=False)
    for name, known in (("王小宝", number), ("李秀英", grown)):
        patient.hospital.knows_person(name, known)
    paper = {"kind": "birth_certificate", "number": "R320001234"}
    body = {"name": "王小宝", "id_number": number, "relation": "child", "paper": paper}
    child = patient.ok("POST", "/identity/family", body, key=a_key())["id"]
    code = patient.ok("POST", "/identity/counter-codes")["code"]
    check = f"/identity/counter-checks/{admin.ok('POST', '/identity/counter-checks', {'code': code})['id']}"
    admin.ok("GET", f"{check}/children")
    admin.ok("POST", f"{check}/children/{child}/confirm", key=a_key())
    patient.ok("GET", f"/identity/family/{child}")
    patient.ok("PUT", f"/identity/family/{child}", {"version": 2, "relation": "ward"}, key=a_key())
    signed = {"purpose": "face_recognition", "act": "give", "text_version": 1, "family_member_id": child}
    patient.ok("POST", "/identity/consents", signed, key=a_key())
    patient.ok("DELETE", f"/identity/family/{child}", key=a_key())
    body = {"name": "李秀英", "id_number": grown, "relation": "parent"}
    adult = patient.ok("POST", "/identity/family", body, key=a_key())["id"]
    other.ok("POST", "/identity/real-name", {"name": "李秀英", "id_number": grown})
    other.ok("POST", "/identity/his-file", key=a_key())
    patient.ok("POST", f"/identity/family/{adult}/code", key=a_key())
    told = {"code": other.code(), "text_version": 1}
    patient.ok("POST", f"/identity/family/{adult}/join", told, key=a_key())
    other.ok("DELETE", f"/identity/family-helpers/{adult}", key=a_key())
    adult = patient.ok("POST", "/identity/family", body, key=a_key())["id"]
    other.ok("GET", "/identity/family")
    other.ok("POST", f"/identity/family-helpers/{adult}/agree", {"text_version": 1}, key=a_key())
    patient.ok("GET", "/identity/family")
    other.ok("DELETE", f"/identity/family-helpers/{adult}", key=a_key())
