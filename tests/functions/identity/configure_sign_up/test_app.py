"""What terminals ask of new patients is set one by one."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from hospital.terminals import Terminal
from identity.configure_sign_up.app import app
from tests.builders.cloud import Cloud
from tests.builders.gateway import Answer, call
from tests.builders.people import Clinic, Staff, found_clinic, hire

pytestmark = pytest.mark.store

CONTENT = {
    "asks_name": True,
    "real_name": "at_sign_up",
    "ways": ["counter", "face", "counter"],
    "card": "at_sign_up",
    "family": False,
    "wechat": False,
}
CONNECTED = {"wechat_opens": "nowhere"}
UNSET = {
    "version": 0,
    "inherited": True,
    "asks_name": False,
    "real_name": "before_first_visit",
    "ways": ["number", "counter"],
    "card": "before_first_visit",
    "family": True,
}
IN_BROWSERS = ("web", "wechat_official_account")


def unset(terminal: str) -> dict[str, Any]:
    """What counts where nobody set anything: WeChat is offered where a page can ask it."""
    return UNSET | CONNECTED | {"terminal": terminal, "wechat": terminal in IN_BROWSERS}


def read(terminal: str, organisation_id: str = "") -> Answer:
    place = f"&organisation_id={organisation_id}" if organisation_id else ""
    return call(app, "GET", f"/sign-up-flow?terminal={terminal}{place}")


def set_to(staff: Staff, terminal: str, version: int = 0, **changes: Any) -> Answer:
    body = {"terminal": terminal, "version": version} | CONTENT | changes
    return call(app, "PUT", "/sign-up-flow", body, who=staff.caller)


@pytest.mark.req("ID-01")
@pytest.mark.parametrize("chosen", get_args(Terminal))
def test_only_the_terminal_that_was_set_asks_otherwise(clinic: Clinic, cloud: Cloud, chosen: str):
    stored = set_to(clinic.admin, chosen).ok()
    expected = CONTENT | CONNECTED | {"terminal": chosen, "version": 1, "inherited": False, "ways": ["counter", "face"]}
    assert stored == expected
    for terminal in get_args(Terminal):
        told = read(terminal, clinic.id).ok()
        assert told == (expected if terminal == chosen else unset(terminal))
        assert read(terminal, found_clinic().id).ok() == unset(terminal)
    assert "sign_up_flow.changed.v1" in {row["type"] for row in cloud.rows("people", "event")}


@pytest.mark.req("ID-01")
def test_an_unknown_terminal_is_refused(clinic: Clinic):
    for terminal in ("fax", "Web", ""):
        read(terminal).refused(400, "request.schema_broken")
        set_to(clinic.admin, terminal).refused(400, "request.schema_broken")
    call(app, "GET", "/sign-up-flow").refused(400, "request.schema_broken")


def test_the_platform_sets_what_counts_for_those_who_set_nothing(clinic: Clinic):
    set_to(hire("operator"), "web").ok()
    inherited = read("web", clinic.id).ok()
    assert (inherited["asks_name"], inherited["inherited"], inherited["version"]) == (True, True, 0)
    assert read("web").ok()["inherited"] is False
    set_to(clinic.admin, "web", asks_name=False).ok()
    assert read("web", clinic.id).ok()["asks_name"] is False
    assert read("web").ok()["asks_name"] is True


def test_a_change_is_of_the_version_that_was_read(clinic: Clinic):
    set_to(clinic.admin, "web").ok()
    assert set_to(clinic.admin, "web").refused(409, "request.changed_meanwhile") == {"version": 1}
    assert set_to(clinic.admin, "web", 1, family=True).ok()["version"] == 2


def test_a_face_is_never_the_only_way(clinic: Clinic):
    for ways in (["face"], ["card", "face"]):
        assert set_to(clinic.admin, "web", ways=ways).refused(422, "sign_up.face_alone") == {"rule": "FACE-CHOICE"}
    for ways in ([], ["nonsense"]):
        set_to(clinic.admin, "web", ways=ways).refused(400, "request.schema_broken")


def test_only_admins_set_it(clinic: Clinic):
    for staff in (clinic.doctor, clinic.auditor, clinic.clerk):
        set_to(staff, "web").refused(403, "policy.refused")
