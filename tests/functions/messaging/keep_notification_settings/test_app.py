"""How a person is reminded, and on which browsers."""

from __future__ import annotations

from typing import Any

import pytest

from hospital.reminders.store import MOST_BROWSERS
from messaging.keep_notification_settings.app import app
from tests.builders.cloud import Cloud
from tests.builders.gateway import Answer, call
from tests.builders.notices import Browser
from tests.builders.people import Clinic, PatientOf, new_patient
from tests.builders.sockets import signed_in

pytestmark = pytest.mark.store

QUIET = {"on": True, "begins": "22:00", "ends": "07:00"}
CHOSEN = {"push": False, "sms": True, "quiet": {"on": False, "begins": "12:00", "ends": "13:30"}, "names": True}


def choose(who: PatientOf, body: Any, **more: str) -> Answer:
    return call(app, "PUT", "/notification-settings", body, who=who.caller, **more)


def register(who: Any, endpoint: str = "https://push.example/1", **changes: str) -> Answer:
    device = Browser(endpoint).device
    body = {"endpoint": endpoint, "key": device.key, "secret": device.secret} | changes
    return call(app, "PUT", "/push-subscription", body, who=who)


def browsers(cloud: Cloud) -> list[dict[str, Any]]:
    return [row for row in cloud.rows("people") if row.get("kind") == "Browser"]


@pytest.fixture(autouse=True)
def _sandbox(cloud: Cloud) -> None:
    """Pushes go to the sandbox's inbox, unless a test says otherwise."""
    cloud.turn(NOTIFICATION_ADAPTER="inbox")


def test_who_chose_nothing_gets_pushes_by_day_without_names(patient: PatientOf):
    assert call(app, "GET", "/notification-settings", who=patient.caller).ok() == {
        "push": True,
        "sms": False,
        "quiet": QUIET,
        "names": False,
        "phone_masked": patient.person.phone_masked,
        "push_key": None,
    }


def test_what_was_chosen_stays_and_leaves_a_line(patient: PatientOf, cloud: Cloud):
    for body in (CHOSEN, CHOSEN | {"names": False}, CHOSEN):
        assert choose(patient, body).ok() == body | {"phone_masked": patient.person.phone_masked, "push_key": None}
    assert call(app, "GET", "/notification-settings", who=patient.caller).ok()["quiet"] == CHOSEN["quiet"]
    lines = [row for row in cloud.rows("people", "audit") if row["acts"] == ["notification.choose"]]
    assert len(lines) == 3
    other = call(app, "GET", "/notification-settings", who=new_patient().caller).ok()
    assert other["quiet"] == QUIET, "one's own alone"


@pytest.mark.parametrize(
    "changes",
    [
        {"push": "yes"},
        {"push": None},
        {"more": 1},
        {"quiet": {"on": True, "begins": "25:00", "ends": "07:00"}},
        {"quiet": {"on": True, "begins": "07:00", "ends": "07:00"}},
        {"quiet": {"on": True}, "names": 1},
        {"quiet": {"on": True, "begins": "22:00", "ends": "07:00", "zone": "UTC"}},
    ],
)
def test_what_are_no_settings(patient: PatientOf, changes: dict[str, Any]):
    choose(patient, CHOSEN | changes).refused(400, "request.schema_broken")


def test_who_has_no_phone_gets_no_texts(clinic: Clinic):
    call(app, "PUT", "/notification-settings", CHOSEN, who=clinic.doctor.caller).refused(409, "notification.no_phone")
    without = CHOSEN | {"sms": False}
    assert call(app, "PUT", "/notification-settings", without, who=clinic.doctor.caller).ok()["phone_masked"] is None


def test_where_pushes_go_to_browsers_they_learn_the_key(patient: PatientOf, cloud: Cloud):
    cloud.turn(NOTIFICATION_ADAPTER="web_push")
    key = call(app, "GET", "/notification-settings", who=patient.caller).ok()["push_key"]
    assert len(key) == 87


def test_a_browser_is_registered_sealed_and_once(patient: PatientOf, cloud: Cloud):
    cloud.turn(PUSH_SERVICES="push.example")
    who = signed_in(patient.caller)
    for _ in range(2):
        assert register(who).status == 204
    (kept,) = browsers(cloud)
    assert "push.example" not in str(kept)
    assert (kept["person_id"], kept["session_id"], kept["audience"]) == (patient.person.id, who.session_id, "patient")


def test_a_browser_belongs_to_whoever_signed_in_last(patient: PatientOf, cloud: Cloud):
    cloud.turn(PUSH_SERVICES="push.example")
    register(signed_in(patient.caller))
    other = signed_in(new_patient().caller)
    register(other)
    assert [row["person_id"] for row in browsers(cloud)] == [other.person_id]


def test_turning_it_off_forgets_this_browser_alone(patient: PatientOf, cloud: Cloud):
    cloud.turn(PUSH_SERVICES="push.example")
    phone, tablet = signed_in(patient.caller), signed_in(patient.caller)
    register(phone)
    register(tablet, "https://push.example/2")
    for _ in range(2):
        assert call(app, "DELETE", "/push-subscription", who=phone).status == 204
    assert [row["session_id"] for row in browsers(cloud)] == [tablet.session_id]


def test_a_person_has_only_so_many_browsers(patient: PatientOf, cloud: Cloud, time):
    cloud.turn(PUSH_SERVICES="push.example")
    who = signed_in(patient.caller)
    for number in range(MOST_BROWSERS + 2):
        time.passes(seconds=1)
        register(who, f"https://push.example/{number}")
    kept = sorted(row["registered_at"] for row in browsers(cloud))
    assert len(kept) == MOST_BROWSERS


@pytest.mark.parametrize(
    "changes",
    [
        {"endpoint": "https://evil.example/1"},
        {"endpoint": "http://169.254.169.254/latest"},
        {"endpoint": "https://push.example@evil.example/"},
        {"key": "AAAA"},
        {"secret": "AAAA"},
    ],
)
def test_only_real_browsers_at_named_services(patient: PatientOf, cloud: Cloud, changes: dict[str, str]):
    cloud.turn(PUSH_SERVICES="push.example")
    register(signed_in(patient.caller), **changes).refused(400, "notification.browser_refused")
    assert browsers(cloud) == []
