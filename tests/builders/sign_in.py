"""Signing in through the routes, as pages do: a device with its token and its cookie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from identity.keep_session.app import app as keep_session
from identity.sign_in_patient.app import app as sign_in_patient
from identity.sign_in_staff.app import app as sign_in_staff
from infra.local.demo.second_factors import usable_code
from tests.builders.cloud import SITE
from tests.builders.gateway import Answer, call
from tests.builders.inbox import Inbox
from tests.builders.people import PASSWORD, PatientOf, Staff


@dataclass
class Device:
    """A browser on which somebody is signed in."""

    audience: str
    token: str
    cookie: str
    me: dict[str, Any]

    @property
    def session_id(self) -> str:
        """The session, as its own list of sessions names it."""
        items = call(keep_session, "GET", "/sessions", token=self.token).ok()["items"]
        current: str = next(item["id"] for item in items if item["current"])
        return current

    def refresh(self, cookie: str | None = None, *, origin: str = SITE) -> Answer:
        """Ask for a new token by the cookie, and take what comes."""
        shown = {f"refresh_{self.audience}": self.cookie if cookie is None else cookie}
        answer = call(
            keep_session, "POST", "/sessions/refresh", {"audience": self.audience}, cookies=shown, origin=origin
        )
        if answer.status == 200:
            self.token, self.cookie = answer.json["access_token"], _cookie(answer, self.audience)
        return answer


def patient_device(patient: PatientOf, inbox: Inbox, **headers: str) -> Device:
    """The patient, signed in by code."""
    call(sign_in_patient, "POST", "/codes", {"phone": patient.phone}).ok(202)
    body = {"phone": patient.phone, "code": inbox.code(patient.phone)}
    return _device("patient", call(sign_in_patient, "POST", "/patient-sessions", body, **headers))


def staff_device(staff: Staff, **headers: str) -> Device:
    """The member of staff, signed in by password and second factor."""
    return _device("staff", staff_signs_in(staff.account, **headers))


def signed_in_as(account: str, password: str) -> Device:
    """Likewise, by the name of the account."""
    return _device("staff", staff_signs_in(account, password))


def staff_signs_in(account: str, password: str = PASSWORD, **headers: str) -> Answer:
    """Both steps of an account's sign-in, with a code that works now: what the second answered, or the first when it
    refused."""
    answer = call(sign_in_staff, "POST", "/staff-sessions", {"account": account, "password": password}, **headers)
    if answer.status != 200:
        return answer
    return second_step(answer.json["step_token"], code_of(account), **headers)


def second_step(step_token: str, code: str, **headers: str) -> Answer:
    """The second step alone."""
    body = {"step_token": step_token, "code": code}
    return call(sign_in_staff, "POST", "/staff-sessions/second-step", body, **headers)


def code_of(account: str) -> str:
    """A code for the account that works now; it has a second factor."""
    code = usable_code(account)
    assert code is not None, f"{account} has no second factor"
    return code


def _device(audience: str, answer: Answer) -> Device:
    opened = answer.ok()
    return Device(audience, opened["access_token"], _cookie(answer, audience), opened["me"])


def _cookie(answer: Answer, audience: str) -> str:
    return answer.cookies[f"refresh_{audience}"].split(";")[0]
