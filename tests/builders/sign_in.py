"""Signing in through the routes, as pages do: a device with its token and its cookie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from identity.keep_session.app import app as keep_session
from identity.sign_in_patient.app import app as sign_in_patient
from identity.sign_in_staff.app import app as sign_in_staff
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
    """The member of staff, signed in by password."""
    body = {"account": staff.account, "password": PASSWORD}
    return _device("staff", call(sign_in_staff, "POST", "/staff-sessions", body, **headers))


def _device(audience: str, answer: Answer) -> Device:
    opened = answer.ok()
    return Device(audience, opened["access_token"], _cookie(answer, audience), opened["me"])


def _cookie(answer: Answer, audience: str) -> str:
    return answer.cookies[f"refresh_{audience}"].split(";")[0]
