"""The people of the journeys: what they do, through REST alone, as their pages would.

    clinic = Clinic.founded(hospital)          # an organisation of its own for each test
    patient, doctor = Patient.new(hospital), clinic.doctor()
    visit = patient.applies_to(doctor)
    doctor.accepts(visit["id"])

`ok` answers the JSON of what went well and fails with the refusal otherwise; `refused` is its opposite.
"""

from __future__ import annotations

import json
import random
import re
import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import requests

from tests.journeys.hospital import HospitalProcess, eventually

Json = dict[str, Any]


class Device:
    """One browser: its own cookies, and the access token that its page holds in memory."""

    def __init__(self, hospital: HospitalProcess, name: str = "journey") -> None:
        self.hospital = hospital
        self.token: str | None = None
        self.me: Json = {}
        self.browser = requests.Session()
        self.browser.headers["User-Agent"] = name

    @property
    def person_id(self) -> str:
        """Who is signed in here."""
        return str(self.me["person_id"])

    def ask(self, method: str, path: str, body: Any = None, *, key: str | None = None, **headers: str) -> Answer:
        """One request to `/api<path>`, as whoever is signed in here; `key` is an idempotency key, bytes go as they
        stand."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token is not None:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        if key is not None:
            sent["Idempotency-Key"] = key
        if body is not None:
            sent.setdefault("Content-Type", "application/json")
        address = f"{self.hospital.origin}/api{path}"
        text = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        response = self.browser.request(method, address, data=text, headers=sent, timeout=40, allow_redirects=False)
        return Answer(f"{method} {path}", response.status_code, response.text)

    def ok(self, method: str, path: str, body: Any = None, *, key: str | None = None) -> Any:
        """The JSON of an answer in the two hundreds; None when it has no body."""
        answer = self.ask(method, path, body, key=key)
        assert 200 <= answer.status < 300, answer
        return answer.json if answer.text else None

    def refused(self, status: int, code: str, method: str, path: str, body: Any = None, **more: Any) -> Json:
        """The facts of a refusal, which must be this one."""
        answer = self.ask(method, path, body, **more)
        assert (answer.status, answer.json.get("code")) == (status, code), answer
        facts: Json = answer.json["facts"]
        return facts

    def refreshes(self, audience: str) -> Answer:
        """Asks for a new access token by the cookie, and holds it if there is one."""
        answer = self.ask("POST", "/identity/sessions/refresh", {"audience": audience}, Authorization="")
        if answer.status == 200:
            self._holds(answer.json)
        return answer

    def _holds(self, opened: Json) -> None:
        self.token, self.me = opened["access_token"], opened["me"]

    def through_wechat(self, address: str, nick: str) -> Json:
        """To the small WeChat and back, as somebody who calls themselves that: `{state, code}`."""
        back = self.browser.post(address, data={"nick": nick}, timeout=40, allow_redirects=False)
        assert back.status_code == 303, back.text
        return {name: values[0] for name, values in parse_qs(urlsplit(back.headers["Location"]).query).items()}

    # -- what patients and staff do alike -------------------------------------------------------------------------

    def sees_visit(self, visit_id: str) -> Json:
        """The visit, as it is shown to whoever is signed in here."""
        visit: Json = self.ok("GET", f"/consultation/visits/{visit_id}")
        return visit

    def sees_conversation(self, conversation_id: str) -> Json:
        """The conversation, likewise."""
        conversation: Json = self.ok("GET", f"/messaging/conversations/{conversation_id}")
        return conversation

    def reads_messages(self, conversation_id: str, query: str = "") -> Json:
        """A page of messages; `query` such as `after=3&limit=10`."""
        page: Json = self.ok("GET", f"/messaging/conversations/{conversation_id}/messages?{query}")
        return page


@dataclass(frozen=True)
class Answer:
    """What came back, in words that a failed assertion can show."""

    asked: str
    status: int
    text: str

    @property
    def json(self) -> Any:
        """The body."""
        return json.loads(self.text)


class Patient(Device):
    """Signs in by phone, with the code from the SMS inbox."""

    phone: str
    name: str
    number: str = ""

    @classmethod
    def new(cls, hospital: HospitalProcess, name: str = "王小明", *, verified: bool = True) -> Self:
        """A person nobody knows yet, signed in, who has shown who they are (or not yet)."""
        patient = cls(hospital, "phone of a patient")
        patient.phone, patient.name = a_phone(), name
        patient.signs_in()
        if verified:
            patient.shows_who_they_are()
        return patient

    def shows_who_they_are(self) -> str:
        """Is somebody whom the register knows, and says so; the number."""
        self.number = an_id_number()
        self.hospital.knows_person(self.name, self.number)
        self.ok("POST", "/identity/real-name", {"name": self.name, "id_number": self.number}, key=a_key())
        self.me |= {"name": self.name, "verified": True}
        return self.number

    def shows_who_they_are_at(self, staff: Device) -> Json:
        """At a counter, with the card on it: the check, confirmed."""
        number = self.number or an_id_number()
        code = self.ok("POST", "/identity/counter-codes", key=a_key())["code"]
        check = staff.ok("POST", "/identity/counter-checks", {"code": code}, key=a_key())
        card = {"name": self.name, "id_number": number}
        confirmed: Json = staff.ok("POST", f"/identity/counter-checks/{check['id']}/confirm", card, key=a_key())
        self.number = number
        return confirmed

    def on_another_device(self) -> Self:
        """The same person, signed in on a second device."""
        other = type(self)(self.hospital, "tablet of a patient")
        other.phone, other.name, other.number = self.phone, self.name, self.number
        other.signs_in()
        return other

    def signs_in(self) -> None:
        """Asks for a code, reads it from the phone, types it in."""
        self.ok("POST", "/identity/codes", {"phone": self.phone})
        self._holds(self.ok("POST", "/identity/patient-sessions", {"phone": self.phone, "code": self.code()}))

    def code(self) -> str:
        """The newest code that came to the phone."""
        found = re.search(r"\b\d{6}\b", self.hospital.messages_to(self.phone)[0]["text"])
        assert found is not None
        return found.group()

    def application(self, doctor: Doctor, complaint: str = "咳嗽三天，夜里加重。") -> Json:
        """What the page sends when the patient has read the notice and described the complaint."""
        notice = doctor.clinic.notice
        return {
            "doctor_id": doctor.role_id,
            "complaint": complaint,
            "notice_id": notice["id"],
            "notice_version": notice["version"],
        }

    def applies_to(self, doctor: Doctor, complaint: str = "咳嗽三天，夜里加重。") -> Json:
        """The visit, applied for."""
        visit: Json = self.ok("POST", "/consultation/visits", self.application(doctor, complaint), key=a_key())
        return visit


class Staff(Device):
    """A member of staff, signed in by account and password."""

    def __init__(self, hospital: HospitalProcess, account: Json, clinic: Clinic | None = None) -> None:
        super().__init__(hospital, f"desk of a {account['role']}")
        self.account = account
        self._clinic = clinic
        self.signs_in()

    @property
    def clinic(self) -> Clinic:
        """Where they work; operators and partners work nowhere."""
        assert self._clinic is not None
        return self._clinic

    @property
    def role_id(self) -> str:
        """The id of their role, by which patients know a doctor."""
        return str(self.account["practitioner_role_id"])

    def signs_in(self) -> None:
        """With the password, and a code of the authenticator app."""
        told = {"account": self.account["account"], "password": self.account["password"]}
        asked = self.ok("POST", "/identity/staff-sessions", told)
        shown = {"step_token": asked["step_token"], "code": self.hospital.second_factor(self.account["account"])}
        self._holds(self.ok("POST", "/identity/staff-sessions/second-step", shown))


class Doctor(Staff):
    """Answers, talks, finishes."""

    def sees_queue(self) -> list[Json]:
        """Who waits, longest first."""
        items: list[Json] = self.ok("GET", "/consultation/queue")["items"]
        return items

    def accepts(self, visit_id: str) -> Json:
        """Takes an application."""
        visit: Json = self.ok("POST", f"/consultation/visits/{visit_id}/accept", {}, key=a_key())
        return visit

    def finishes(self, visit_id: str, conclusion: str = "上呼吸道感染", advice: str = "多喝水，注意休息。") -> Json:
        """Ends the consultation with a summary."""
        summary = {"conclusion": conclusion, "advice": advice}
        visit: Json = self.ok("POST", f"/consultation/visits/{visit_id}/finish", summary, key=a_key())
        return visit


@dataclass(frozen=True)
class Clinic:
    """An organisation with staff, a notice and reasons for refusing."""

    hospital: HospitalProcess
    organisation_id: str
    notice: Json
    reasons: list[Json]
    staff: list[Json]

    @classmethod
    def founded(cls, hospital: HospitalProcess, name: str | None = None) -> Self:
        """A new one, so that no test sees what another did; `name` when a patient has to tell it from others."""
        answer = hospital.post("/sandbox/api/organisations", {"name": name} if name else {})
        assert answer.status_code == 201, answer.text
        found = answer.json()
        return cls(hospital, found["organisation_id"], found["notice"], found["reasons"], found["staff"])

    def accounts(self, role: str) -> list[Json]:
        """Those of a role."""
        return [account for account in self.staff if account["role"] == role]

    def doctor(self, number: int = 0) -> Doctor:
        """One of the doctors, signed in."""
        return Doctor(self.hospital, self.accounts("doctor")[number], self)

    def one(self, role: str) -> Staff:
        """Somebody of another role, signed in."""
        return Staff(self.hospital, self.accounts(role)[0], self)


def of_the_platform(hospital: HospitalProcess, role: str) -> Staff:
    """The platform's operator or the partner of the demo accounts, signed in."""
    accounts = [account for account in hospital.accounts()["staff"] if account["role"] == role]
    return Staff(hospital, accounts[0])


def in_progress(patient: Patient, doctor: Doctor) -> tuple[str, str]:
    """A visit that was applied for and accepted, and whose conversation has opened: both ids."""
    visit_id = patient.applies_to(doctor)["id"]
    doctor.accepts(visit_id)
    return visit_id, conversation_of(patient, visit_id)


def conversation_of(device: Device, visit_id: str) -> str:
    """The conversation of an accepted visit, once it is open."""
    opened = eventually(lambda: device.sees_visit(visit_id)["conversation_id"], seconds=15)
    assert opened, "the conversation did not open"
    return str(opened)


def a_phone() -> str:
    """A mobile number that nobody in this hospital has."""
    return f"139{random.SystemRandom().randrange(10**8):08d}"


def an_id_number(born: date | None = None) -> str:
    """An ID number that nobody in this hospital has: of no county, so nobody's anywhere."""
    draw = random.SystemRandom()
    born = born or date(1950, 1, 1) + timedelta(days=draw.randrange(18_000))
    first = f"{draw.choice((11, 31, 44, 51))}{draw.randrange(1, 100):02d}00{born:%Y%m%d}{draw.randrange(1000):03d}"
    # GB 11643-1999, by hand: who asks through REST alone imports nothing of the hospital.
    return first + "10X98765432"[sum(int(digit) << 17 - place for place, digit in enumerate(first)) % 11]


def a_key() -> str:
    """A fresh idempotency key or message id."""
    return uuid.uuid4().hex
