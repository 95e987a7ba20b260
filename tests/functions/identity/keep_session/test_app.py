"""Staying signed in: refresh, sign out, list and revoke sessions."""

from __future__ import annotations

import pytest

from hospital.people.keys import role_key
from hospital.people.store import roles
from hospital.records import Key
from hospital.sessions.keys import session_key
from hospital.sessions.store import sessions
from hospital.table import Collection
from hospital.work import Work
from identity.keep_session.app import app
from identity.view_profile.app import app as view_profile
from tests.builders.cloud import Cloud, together
from tests.builders.delivery import Delivery
from tests.builders.gateway import Answer, call
from tests.builders.inbox import Inbox
from tests.builders.moments import Time
from tests.builders.notes import doctor as somebody
from tests.builders.people import Clinic, PatientOf
from tests.builders.sign_in import Device, patient_device, staff_device

pytestmark = pytest.mark.store


@pytest.fixture
def device(patient: PatientOf, inbox: Inbox) -> Device:
    """A phone on which the patient is signed in."""
    return patient_device(patient, inbox, user_agent="a phone")


def me(device: Device) -> Answer:
    return call(view_profile, "GET", "/me", token=device.token)


def sign_out(device: Device) -> Answer:
    return call(app, "POST", "/sign-out", token=device.token)


def revoke(device: Device, session_id: str) -> Answer:
    return call(app, "DELETE", f"/sessions/{session_id}", token=device.token)


def listed(device: Device, query: str = "") -> list[dict]:
    return call(app, "GET", f"/sessions{query}", token=device.token).ok()["items"]


# -- refresh ------------------------------------------------------------------------------------------------------


def test_a_session_goes_on_under_a_new_cookie(device: Device, time: Time):
    old = device.cookie
    time.passes(minutes=10)
    assert me(device).status == 401
    answer = device.refresh()
    assert answer.ok()["me"] == device.me
    assert device.cookie != old
    assert me(device).status == 200


def test_it_goes_on_until_its_thirty_days_are_over_and_no_longer(device: Device, time: Time):
    for _ in range(30):
        device.refresh().ok()
        time.passes(hours=23, minutes=59)
    time.passes(minutes=30)
    device.refresh().refused(401, "session.over")


def test_the_cookie_before_is_forgiven_for_thirty_seconds(device: Device, time: Time):
    """A page reloaded while the answer was on its way never saw the new cookie."""
    lost = device.cookie
    device.refresh().ok()
    time.passes(seconds=30)
    assert device.refresh(lost).status == 200
    assert me(device).status == 200
    assert device.refresh().status == 200


def test_a_cookie_shown_again_later_ends_the_session_for_thief_and_owner(device: Device, time: Time, deliver: Delivery):
    stolen = device.cookie
    device.refresh().ok()
    time.passes(seconds=31)
    thief = Device("patient", "", stolen, {})
    thief.refresh().refused(401, "session.over")
    device.refresh().refused(401, "session.over")
    assert me(device).status == 401
    deliver()
    (envelope,) = deliver.told("session.revoked.v1")
    assert envelope["data"]["why"] == "token_replayed"


def test_a_cookie_two_numbers_old_ends_the_session_at_once(device: Device):
    stolen = device.cookie
    device.refresh().ok()
    device.refresh().ok()
    device.refresh(stolen).refused(401, "session.over")
    assert me(device).status == 401


def test_eight_tabs_that_refresh_at_once_all_go_on(device: Device, cloud: Cloud):
    session_id, cookie = device.session_id, device.cookie
    answers = together(8, lambda _: Device("patient", "", cookie, {}).refresh())
    assert [answer.status for answer in answers] == [200] * 8
    assert len({answer.cookies["refresh_patient"] for answer in answers}) == 1
    assert sessions.need(session_key(session_id)).refresh_number == 2


@pytest.mark.parametrize("cookie", ["", "x", "a.b.c.d", "....", "须"])
def test_what_is_no_cookie_of_ours_opens_nothing(device: Device, cookie: str):
    device.refresh(cookie).refused(401, "session.over")
    assert me(device).status == 200


def test_without_any_cookie(cloud: Cloud):
    call(app, "POST", "/sessions/refresh", {"audience": "patient"}).refused(401, "session.over")


def test_a_cookie_is_good_for_its_own_audience(clinic: Clinic, device: Device):
    staff = staff_device(clinic.doctor)
    for audience, cookie in (("staff", device.cookie), ("patient", staff.cookie)):
        shown = {f"refresh_{audience}": cookie}
        call(app, "POST", "/sessions/refresh", {"audience": audience}, cookies=shown).refused(401, "session.over")


def test_patient_and_staff_of_one_browser_do_not_disturb_each_other(clinic: Clinic, device: Device):
    staff = staff_device(clinic.doctor)
    both = {"refresh_patient": device.cookie, "refresh_staff": staff.cookie}
    for audience, role in (("patient", "patient"), ("staff", "doctor")):
        answer = call(app, "POST", "/sessions/refresh", {"audience": audience}, cookies=both)
        assert answer.ok()["me"]["role"] == role
        assert set(answer.cookies) == {f"refresh_{audience}"}


def test_another_sites_page_cannot_refresh(device: Device):
    device.refresh(origin="https://evil.test").refused(403, "session.origin_refused")
    device.refresh().ok()


def test_an_unknown_audience_is_invalid(metrics):
    call(app, "POST", "/sessions/refresh", {"audience": "partner"}).refused(400, "request.schema_broken")


def test_a_withdrawn_role_is_not_refreshed(clinic: Clinic):
    device = staff_device(clinic.doctor)
    with Work(by=somebody(), doing="test.write") as work:
        role = roles.need(role_key(clinic.doctor.role.id))
        work.change(roles, role, role.having(active=False))
    device.refresh().refused(401, "session.over")


# -- sign out, list, revoke ---------------------------------------------------------------------------------------


def test_signing_out_ends_the_session_and_clears_the_cookie(device: Device, deliver: Delivery):
    answer = sign_out(device)
    assert (answer.status, answer.text) == (204, "")
    assert answer.cookies == {"refresh_patient": "; Path=/; Max-Age=0; HttpOnly; SameSite=Strict; Secure"}
    assert me(device).status == 401
    device.refresh().refused(401, "session.over")
    deliver()
    (envelope,) = deliver.told("session.revoked.v1")
    assert (envelope["data"]["why"], envelope["actor"]["role"]) == ("signed_out", "patient")


def test_signing_out_takes_an_idempotency_key_for_nothing(device: Device):
    assert call(app, "POST", "/sign-out", token=device.token, key="a-key-of-the-page").status == 204


def test_sessions_are_listed_newest_first_with_where_and_when(
    device: Device, patient: PatientOf, inbox: Inbox, time: Time
):
    time.passes(minutes=5)
    second = patient_device(patient, inbox, user_agent="a tablet", x_address="198.51.100.2")
    assert [(one["device"], one["ip"], one["current"]) for one in listed(second)] == [
        ("a tablet", "198.51.100.2", True),
        ("a phone", "203.0.113.7", False),
    ]
    assert [one["current"] for one in listed(device)] == [False, True]
    time.passes(minutes=1)
    device.refresh().ok()
    first = listed(device)[1]
    assert (first["opened_at"], first["last_used_at"]) == ("2026-11-21T06:30:00Z", "2026-11-21T06:36:00Z")


def test_a_session_on_another_device_is_ended_from_here(
    device: Device, patient: PatientOf, inbox: Inbox, time: Time, deliver: Delivery
):
    time.passes(minutes=5)
    lost = patient_device(patient, inbox, user_agent="a lost phone")
    assert revoke(device, lost.session_id).status == 204
    assert me(lost).status == 401
    lost.refresh().refused(401, "session.over")
    assert [one["device"] for one in listed(device)] == ["a phone"]
    deliver()
    assert [envelope["data"]["why"] for envelope in deliver.told("session.revoked.v1")] == ["revoked"]


def test_ending_a_session_twice_is_harmless(device: Device, patient: PatientOf, inbox: Inbox, time: Time, deliver):
    time.passes(minutes=5)
    lost = patient_device(patient, inbox).session_id
    assert [revoke(device, lost).status for _ in range(2)] == [204, 204]
    deliver()
    assert len(deliver.told("session.revoked.v1")) == 1


def test_a_session_of_somebody_else_is_not_found(device: Device, clinic: Clinic):
    staff = staff_device(clinic.doctor)
    for session_id in (staff.session_id, "ses_unknown", "per_1", "x"):
        assert revoke(device, session_id).status == 404
    revoke(device, staff.session_id).refused(404, "session.not_found")
    assert me(staff).status == 200


@pytest.mark.parametrize("end", ["revoke", "sign out"])
def test_a_session_is_ended_even_while_it_is_being_refreshed(
    device: Device, patient: PatientOf, inbox: Inbox, time: Time, monkeypatch: pytest.MonkeyPatch, end: str
):
    """Whoever ends a session has ended it, whatever it was doing at that moment."""
    time.passes(minutes=5)
    lost = patient_device(patient, inbox)
    lost_id = lost.session_id
    read, refreshes = Collection.get, iter([lost.refresh])

    def read_before_a_refresh(self: Collection, key: Key, **asked: bool) -> object:
        record = read(self, key, **asked)
        if key == session_key(lost_id):
            next(refreshes, lambda: None)()
        return record

    monkeypatch.setattr(Collection, "get", read_before_a_refresh)
    assert (revoke(device, lost_id) if end == "revoke" else sign_out(lost)).status == 204
    assert me(lost).status == 401
    lost.refresh().refused(401, "session.over")


def test_a_session_past_its_time_is_not_listed(device: Device, clinic: Clinic, time: Time):
    first = staff_device(clinic.doctor)
    time.passes(hours=11)
    second = staff_device(clinic.doctor)
    assert len(listed(second)) == 2
    time.passes(hours=1)
    second.refresh().ok()
    assert [one["current"] for one in listed(second)] == [True]
    assert me(first).status == 401


def test_lists_come_in_pages(device: Device, patient: PatientOf, inbox: Inbox, time: Time):
    for number in range(4):
        time.passes(minutes=1)
        patient_device(patient, inbox, user_agent=f"device {number}")
    for path, name in (("/sessions", "device"), ("/sign-ins", "device")):
        first = call(app, "GET", f"{path}?limit=3", token=device.token).ok()
        second = call(app, "GET", f"{path}?limit=3&cursor={first['cursor']}", token=device.token).ok()
        found = [one[name] for one in first["items"] + second["items"]]
        assert found == ["device 3", "device 2", "device 1", "device 0", "a phone"]
        assert second["cursor"] is None
        call(app, "GET", f"{path}?cursor=nonsense", token=device.token).refused(400, "request.cursor_unknown")


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/sessions"), ("GET", "/sign-ins"), ("POST", "/sign-out"), ("DELETE", "/sessions/ses_1")],
)
def test_nobody_gets_in_without_a_session(metrics, method: str, path: str):
    call(app, method, path).refused(401, "identity.missing")
