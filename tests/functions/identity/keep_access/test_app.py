"""An organisation's head says who may what: duties, disabled accounts, resets by two."""

from __future__ import annotations

from typing import Any

import pytest

from directory.keep_staff.app import app as keep_staff
from hospital.caller import Caller
from hospital.people.store import get_staff
from house.search_operations_log.app import app as search_operations_log
from identity.keep_access.app import app
from identity.keep_session.app import app as keep_session
from identity.sign_in_staff.app import app as sign_in_staff
from tests.builders.cloud import Cloud
from tests.builders.gateway import call
from tests.builders.moments import Time
from tests.builders.people import PASSWORD, Clinic, Staff, caller, found_clinic, hire
from tests.builders.sign_in import second_step, staff_device, staff_signs_in

pytestmark = pytest.mark.store


def of(staff: Staff) -> str:
    return f"/access/staff/{staff.role.id}"


def written(clinic: Clinic, *permissions: str, code: str = "reader") -> Any:
    version = call(app, "GET", "/access/duties", who=clinic.admin.caller).ok()["version"]
    body = {"name": "查询员", "permissions": list(permissions), "version": version}
    return call(app, "PUT", f"/access/duties/{code}", body, who=clinic.admin.caller)


def given(clinic: Clinic, staff: Staff, *duties: str) -> Any:
    version = call(app, "GET", of(staff), who=clinic.admin.caller).ok()["version"]
    body = {"duties": list(duties), "scope": "own", "version": version}
    return call(app, "PUT", of(staff), body, who=clinic.admin.caller)


@pytest.mark.req("DIR-13")
def test_a_duty_lets_a_clerk_in_with_the_next_request_and_out_again(clinic: Clinic):
    token = staff_device(clinic.clerk).token
    asked = "/operations?from=2026-11-01T00:00:00Z&to=2026-11-30T00:00:00Z"
    facts = call(search_operations_log, "GET", asked, token=token).refused(403, "policy.refused")
    assert facts == {"permission": "log:read"}
    written(clinic, "log:read").ok()
    assert given(clinic, clinic.clerk, "reader").ok()["permissions"] == ["account:keep", "log:read"]
    assert call(search_operations_log, "GET", asked, token=token).status != 403
    written(clinic).ok()
    call(search_operations_log, "GET", asked, token=token).refused(403, "policy.refused")


def test_a_duty_gives_nothing_that_may_not_be_granted(clinic: Clinic):
    for permission in ("visit:read", "conversation:audit", "access:keep", "nonsense"):
        assert written(clinic, "log:read", permission).refused(400, "access.duty_unknown") == {
            "permissions": [permission]
        }
    assert call(app, "GET", "/access/duties", who=clinic.admin.caller).ok()["duties"] == []


def test_duties_are_the_organisations_own_and_of_the_version_that_was_read(clinic: Clinic):
    written(clinic, "log:read").ok()
    stale = {"name": "查询员", "permissions": [], "version": 0}
    call(app, "PUT", "/access/duties/reader", stale, who=clinic.admin.caller).refused(409, "request.changed_meanwhile")
    elsewhere = found_clinic()
    assert call(app, "GET", "/access/duties", who=elsewhere.admin.caller).ok()["duties"] == []
    assert given(elsewhere, elsewhere.clerk, "reader").refused(400, "access.duty_unknown") == {"duties": ["reader"]}


@pytest.mark.req("DIR-12")
def test_a_disabled_account_is_refused_at_once_and_nothing_revives_what_was_open(clinic: Clinic, time: Time):
    device = staff_device(clinic.clerk)
    time.passes(seconds=1)
    assert call(app, "POST", of(clinic.clerk) + "/disable", who=clinic.admin.caller).ok()["disabled"]
    assert call(keep_session, "GET", "/sessions", token=device.token).status == 401
    assert device.refresh().refused(401, "session.over") == {}
    staff_signs_in(clinic.clerk.account).refused(401, "sign_in.refused")
    again = call(app, "POST", of(clinic.clerk) + "/disable", who=clinic.admin.caller)
    again.refused(409, "access.account_moved_on")
    time.passes(minutes=1)
    assert not call(app, "POST", of(clinic.clerk) + "/enable", who=clinic.admin.caller).ok()["disabled"]
    assert call(keep_session, "GET", "/sessions", token=device.token).status == 401
    assert staff_device(clinic.clerk).me["role"] == "clerk"


def test_a_second_step_that_was_begun_before_the_account_was_disabled_opens_nothing(clinic: Clinic):
    staff_device(clinic.clerk)
    body = {"account": clinic.clerk.account, "password": PASSWORD}
    asked = call(sign_in_staff, "POST", "/staff-sessions", body).ok()
    call(app, "POST", of(clinic.clerk) + "/disable", who=clinic.admin.caller).ok()
    second_step(asked["step_token"], "123456").refused(401, "sign_in.second_step_over")


def test_a_reset_password_is_told_once_and_ends_what_is_open(clinic: Clinic, cloud: Cloud, time: Time):
    device = staff_device(clinic.clerk)
    time.passes(seconds=1)
    reset = call(app, "POST", of(clinic.clerk) + "/password-reset", who=clinic.admin.caller).ok()
    assert call(keep_session, "GET", "/sessions", token=device.token).status == 401
    staff_signs_in(clinic.clerk.account).refused(401, "sign_in.refused")
    time.passes(minutes=1)
    assert staff_signs_in(clinic.clerk.account, reset["password"]).ok()["recovery_codes"] == [], "the app still counts"
    assert reset["password"] not in str(cloud.rows("people"))


def test_after_a_reset_only_an_own_password_leads_on(clinic: Clinic, time: Time):
    staff_device(clinic.clerk)
    reset = call(app, "POST", of(clinic.clerk) + "/password-reset", who=clinic.admin.caller).ok()
    time.passes(minutes=1)
    opened = staff_signs_in(clinic.clerk.account, reset["password"]).ok()
    assert opened["me"]["password_due"]
    token = opened["access_token"]
    for path in ("/sessions", "/sign-ins"):
        call(keep_session, "GET", path, token=token).refused(403, "password.own_due")
    call(keep_session, "POST", "/sign-out", token=token).ok(204)


def test_a_second_factor_is_reset_by_two_different_admins(clinic: Clinic, time: Time):
    device = staff_device(clinic.clerk)
    second = hire("org_admin", clinic.id).caller
    path = of(clinic.clerk) + "/second-factor-reset"
    asked = call(app, "POST", path, who=clinic.admin.caller).ok()
    assert (asked["reset_asked"], asked["reset_asked_by_me"], asked["second_factor"]) == (True, True, True)
    call(app, "POST", path, who=clinic.admin.caller).refused(403, "access.another_admin_needed")
    assert call(keep_session, "GET", "/sessions", token=device.token).status == 200, "nothing changed for its owner"
    time.passes(minutes=1)
    assert not call(app, "POST", path, who=second).ok()["second_factor"]
    assert call(keep_session, "GET", "/sessions", token=device.token).status == 401
    time.passes(minutes=1)
    assert len(staff_signs_in(clinic.clerk.account).ok()["recovery_codes"]) == 10


def taken_on(by: Staff, account: str) -> Caller:
    """Another admin of the house, whose first password `by` was told."""
    body = {"name": "方圆", "role": "org_admin", "organisation_id": by.role.organisation_id, "account": account}
    taken = call(keep_staff, "POST", "/staff", body, who=by.caller).ok(201)["staff"]
    role = get_staff(taken["id"])
    return caller(role.person_id, role.role, role.organisation_id, role.id)


def test_one_admin_with_two_accounts_is_not_two(clinic: Clinic):
    staff_device(clinic.clerk)
    path = of(clinic.clerk) + "/second-factor-reset"
    own, another = taken_on(clinic.admin, "fang.one"), taken_on(clinic.admin, "fang.two")
    call(app, "POST", path, who=own).ok()
    for confirmer in (clinic.admin.caller, another):
        call(app, "POST", path, who=confirmer).refused(403, "access.another_admin_needed")
    assert not call(app, "POST", path, who=hire("org_admin", clinic.id).caller).ok()["second_factor"]


def test_whose_password_an_admin_set_does_not_confirm_for_them(clinic: Clinic):
    staff_device(clinic.clerk)
    path, second = of(clinic.clerk) + "/second-factor-reset", hire("org_admin", clinic.id)
    call(app, "POST", of(second) + "/password-reset", who=clinic.admin.caller).ok()
    call(app, "POST", path, who=clinic.admin.caller).ok()
    call(app, "POST", path, who=second.caller).refused(403, "access.another_admin_needed")
    assert not call(app, "POST", path, who=hire("operator").caller).ok()["second_factor"]


def test_whom_the_platform_took_on_is_in_nobodys_hands(clinic: Clinic):
    staff_device(clinic.clerk)
    path, operator = of(clinic.clerk) + "/second-factor-reset", hire("operator")
    for staff in (clinic.admin, second := hire("org_admin", clinic.id)):
        call(app, "POST", of(staff) + "/password-reset", who=operator.caller).ok()
    call(app, "POST", path, who=clinic.admin.caller).ok()
    assert not call(app, "POST", path, who=second.caller).ok()["second_factor"]


def test_a_reset_that_nobody_confirmed_within_a_day_begins_anew(clinic: Clinic, time: Time):
    staff_device(clinic.clerk)
    path = of(clinic.clerk) + "/second-factor-reset"
    call(app, "POST", path, who=clinic.admin.caller).ok()
    time.passes(hours=24)
    late = call(app, "POST", path, who=hire("operator").caller).ok()
    assert late["second_factor"] and late["reset_asked_by_me"], "the operator asked, an admin of the house confirms"
    assert not call(app, "POST", path, who=clinic.admin.caller).ok()["second_factor"]


def test_without_a_second_factor_there_is_nothing_to_reset(clinic: Clinic):
    path = of(clinic.nurse) + "/second-factor-reset"
    call(app, "POST", path, who=clinic.admin.caller).refused(409, "access.account_moved_on")


def test_nobody_acts_on_their_own_account(clinic: Clinic):
    for act in ("disable", "enable", "password-reset", "second-factor-reset"):
        path = f"{of(clinic.admin)}/{act}"
        call(app, "POST", path, who=clinic.admin.caller).refused(403, "access.own_account")
    given(clinic, clinic.admin).refused(403, "access.own_account")


def test_accounts_of_another_organisation_are_not_there(clinic: Clinic):
    stranger = found_clinic().admin.caller
    for act in ("disable", "enable", "password-reset", "second-factor-reset"):
        call(app, "POST", f"{of(clinic.clerk)}/{act}", who=stranger).refused(404, "access.no_account")
    call(app, "GET", of(clinic.clerk), who=stranger).refused(404, "access.no_account")
    for account in (clinic.clerk.account, "nobody.here"):
        found = call(app, "GET", f"/access/staff?account={account}", who=stranger)
        found.refused(404, "access.no_account")
    named = call(app, "GET", f"/access/staff?account={clinic.clerk.account.upper()}", who=clinic.admin.caller).ok()
    assert named["practitioner_role_id"] == clinic.clerk.role.id
    body = {"duties": [], "scope": "own", "version": 1}
    call(app, "PUT", of(clinic.clerk), body, who=stranger).refused(404, "access.no_account")
    call(app, "GET", of(hire("operator")), who=stranger).refused(404, "access.no_account")


@pytest.mark.parametrize("body", [{}, {"duties": ["x"] * 21, "scope": "own", "version": 1}, {"scope": "everything"}])
def test_what_cannot_be_given_is_invalid(clinic: Clinic, body: Any):
    call(app, "PUT", of(clinic.clerk), body, who=clinic.admin.caller).refused(400, "request.schema_broken")
