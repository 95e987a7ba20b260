"""Staying signed in, on which devices, and ending it: at once, everywhere, sockets included."""

from __future__ import annotations

import contextlib

import pytest
from websockets.exceptions import ConnectionClosed

from tests.journeys.hospital import HospitalProcess
from tests.journeys.people import Clinic, Patient
from tests.journeys.sockets import Socket, online

pytestmark = pytest.mark.journey


def cookie(device: Patient, audience: str = "patient") -> str:
    """The refresh token that the browser holds."""
    return str(device.browser.cookies[f"refresh_{audience}"])


def test_the_refresh_token_rotates_in_a_cookie_no_script_reads(hospital: HospitalProcess) -> None:
    """Each refresh gives a new token; patient and staff pages in one browser do not disturb each other."""
    patient = Patient.new(hospital)
    before, token = cookie(patient), patient.token
    (held,) = [one for one in patient.browser.cookies if one.name == "refresh_patient"]
    assert (held.path, held.has_nonstandard_attr("HttpOnly"), held.get_nonstandard_attr("SameSite")) == (
        "/",
        True,
        "Strict",
    )
    assert patient.refreshes("patient").status == 200
    assert cookie(patient) != before
    assert patient.token != token or patient.ok("GET", "/identity/me")
    patient.refused(401, "session.over", "POST", "/identity/sessions/refresh", {"audience": "staff"})
    assert patient.refreshes("patient").status == 200


def test_a_token_that_was_replaced_long_ago_ends_the_session(hospital: HospitalProcess) -> None:
    """Reuse: the last but one token is nobody's honest mistake. Thief and owner are both out, sockets too."""
    patient = Patient.new(hospital)
    at_patient = Socket(patient)
    stolen = cookie(patient)
    for _ in range(2):
        assert patient.refreshes("patient").status == 200
    thief = Patient(hospital)
    thief.browser.cookies.set("refresh_patient", stolen, path="/")
    assert thief.refreshes("patient").status == 401
    patient.refused(401, "session.over", "POST", "/identity/sessions/refresh", {"audience": "patient"})
    assert patient.ask("GET", "/identity/me").status == 401
    at_patient.is_closed_by_the_hospital()


def test_a_reload_during_a_refresh_is_no_theft(hospital: HospitalProcess) -> None:
    """The answer got lost and the page shows the token before once more: within half a minute that is honest."""
    patient = Patient.new(hospital)
    lost = cookie(patient)
    assert patient.refreshes("patient").status == 200
    reloaded = Patient(hospital)
    reloaded.browser.cookies.set("refresh_patient", lost, path="/")
    assert reloaded.refreshes("patient").status == 200
    for device in (patient, reloaded):
        assert device.refreshes("patient").status == 200


def test_a_revoked_session_is_over_at_once(hospital: HospitalProcess) -> None:
    """Revoked from another device: the next request is refused, the socket closes, the cookie opens nothing."""
    phone = Patient.new(hospital)
    tablet = phone.on_another_device()
    with online(phone) as (at_phone,):
        at_tablet = Socket(tablet)
        sessions = phone.ok("GET", "/identity/sessions")["items"]
        assert [(one["device"], one["current"]) for one in sessions] == [
            ("tablet of a patient", False),
            ("phone of a patient", True),
        ]
        phone.ok("DELETE", f"/identity/sessions/{sessions[0]['id']}")
        answer = tablet.ask("GET", "/identity/me")
        assert (answer.status, answer.json["code"]) == (401, "identity.missing")
        assert tablet.refreshes("patient").status == 401
        assert tablet.ask("POST", "/messaging/tickets", {}).status == 401
        at_tablet.is_closed_by_the_hospital()
        at_phone.say(action="ping")
        at_phone.hears("pong")
    assert [one["current"] for one in phone.ok("GET", "/identity/sessions")["items"]] == [True]
    phone.ok("DELETE", f"/identity/sessions/{sessions[0]['id']}")  # over already: stays so


def test_signing_out_ends_this_device_only(hospital: HospitalProcess) -> None:
    """Token, cookie and socket of this device are gone; the other goes on."""
    clinic = Clinic.founded(hospital)
    here, there = clinic.one("nurse"), clinic.one("nurse")
    at_here = Socket(here)
    here.ok("POST", "/identity/sign-out")
    assert "refresh_staff" not in here.browser.cookies
    assert here.ask("GET", "/identity/me").status == 401
    assert here.ask("POST", "/identity/sign-out").status == 401
    at_here.is_closed_by_the_hospital()
    assert there.ok("GET", "/identity/me")["role"] == "nurse"


def test_a_frame_after_the_session_ended_is_refused(hospital: HospitalProcess) -> None:
    """However fast the frame is: the session behind the socket is read for each."""
    phone = Patient.new(hospital)
    tablet = phone.on_another_device()
    at_tablet = Socket(tablet)
    other = next(one for one in phone.ok("GET", "/identity/sessions")["items"] if not one["current"])
    phone.ok("DELETE", f"/identity/sessions/{other['id']}")
    with contextlib.suppress(ConnectionClosed):
        at_tablet.say(action="ping")
    at_tablet.is_closed_by_the_hospital()
    assert "pong" not in [frame["type"] for frame in at_tablet.unread]
