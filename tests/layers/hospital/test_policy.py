"""Who may: each policy against each role."""

from __future__ import annotations

import typing

import pytest

from hospital.caller import Asked, Role, nobody, system
from hospital.errors import Forbidden, Unauthenticated
from hospital.policy import GRANTABLE, PERMISSIONS, Allow, anyone, can, permissions_of, signed_in
from tests.builders.people import caller

pytestmark = pytest.mark.unit

ROLES: tuple[Role, ...] = typing.get_args(Role)
NOBODY = nobody(Asked(request_id="req"))
# Written by hand from the clinic's roles: what each may do at all.
RIGHTS: dict[str, set[Role]] = {
    "access:keep": {"org_admin", "operator"},
    "account:keep": set(ROLES),
    "blacklist:appeal": {"patient"},
    "blacklist:keep": {"org_admin"},
    "call:hold": {"patient", "doctor", "nurse", "pharmacist"},
    "call:read_quality": {"doctor", "nurse", "pharmacist"},
    "card:keep": {"patient"},
    "consent:keep": {"patient"},
    "data_copy:ask": {"patient"},
    "consent_text:write": {"org_admin", "operator"},
    "conversation:audit": {"auditor"},
    "conversation:export": {"doctor", "auditor"},
    "conversation:open": {"doctor", "nurse", "pharmacist"},
    "conversation:take_part": {"patient", "doctor", "nurse", "pharmacist"},
    "identity:check": {"org_admin"},
    "identity:prove": {"patient"},
    "family:keep": {"patient"},
    "emergency:see_own": {"patient"},
    "house:inspect": {"operator"},
    "log:read": {"org_admin", "operator"},
    "log:verify": {"operator"},
    "sms:read": {"org_admin", "operator"},
    "sms:write": {"org_admin", "operator"},
    "sms:connect": {"operator"},
    "organisation:write": {"org_admin", "operator"},
    "past_visit:read": {"patient"},
    "patient:keep": {"org_admin"},
    "reference:read": {"doctor", "nurse", "pharmacist", "org_admin", "operator"},
    "reference:write": {"org_admin", "operator"},
    "reference:write_platform": {"operator"},
    "registration:keep": {"doctor", "nurse", "pharmacist"},
    "sign_in_method:keep": {"patient"},
    "sign_up:configure": {"org_admin", "operator"},
    "staff:read": {"org_admin", "operator"},
    "staff:review": {"org_admin", "operator"},
    "staff:write": {"org_admin", "operator"},
    "visit:answer": {"doctor"},
    "visit:apply": {"patient"},
    "visit:finish": {"doctor"},
    "visit:read": {"patient", "doctor"},
    "visit:read_earlier": {"doctor"},
}


def test_every_role_has_its_rights_and_no_others():
    assert set(PERMISSIONS) == set(ROLES)
    assert {right for held in PERMISSIONS.values() for right in held} == set(RIGHTS)


@pytest.mark.parametrize("permission", RIGHTS)
@pytest.mark.parametrize("role", ROLES)
def test_a_role_gets_in_where_it_holds_the_right(role, permission):
    who = caller("per_1", role)
    if role in RIGHTS[permission]:
        can(permission).check(who)
    else:
        with pytest.raises(Forbidden) as refusal:
            can(permission).check(who)
        assert refusal.value.facts == {"permission": permission}


@pytest.mark.parametrize("role", ROLES)
def test_whoever_is_signed_in(role):
    signed_in.check(caller("per_1", role))
    anyone.check(caller("per_1", role))


def test_nobody_gets_in_only_where_anyone_may():
    anyone.check(NOBODY)
    for allow in (signed_in, can("account:keep")):
        with pytest.raises(Unauthenticated):
            allow.check(NOBODY)


def test_a_function_of_the_hospital_does_not_get_in_by_a_route():
    with pytest.raises(Unauthenticated):
        signed_in.check(system("house.sweep_due"))


def test_a_duty_adds_what_may_be_granted_to_the_role_and_nothing_else():
    assert permissions_of("clerk", ["log:read", "reference:write"]) == {"account:keep", "log:read", "reference:write"}
    for right in RIGHTS.keys() - GRANTABLE.keys():
        assert permissions_of("clerk", [right]) == PERMISSIONS["clerk"], f"{right} came by a duty"
    for role in ("patient", "operator", "partner", "auditor"):
        assert permissions_of(role, GRANTABLE) == PERMISSIONS[role]


def test_emergencies_are_for_doctors_and_judged_by_the_office():
    """Rule BREAK-GLASS: whoever reads does not judge, and no admin, auditor or operator reads by it."""
    for role in ROLES:
        gained = permissions_of(role, ["emergency:read", "emergency:review"]) - PERMISSIONS[role]
        expected = {"doctor": {"emergency:read"}, "clerk": {"emergency:review"}, "org_admin": {"emergency:review"}}
        assert gained == expected.get(role, set())


def test_nothing_that_treats_or_reads_what_was_said_can_be_granted():
    assert not [right for right in GRANTABLE if right.startswith(("visit:", "conversation:"))]


def test_a_right_that_no_role_holds_cannot_be_asked_for():
    with pytest.raises(ValueError, match="visit:delete"):
        can("visit:delete")


def test_a_policy_says_itself_for_the_documents():
    assert [str(allow) for allow in (anyone, signed_in, can("visit:apply"), Allow())] == [
        "anyone",
        "signed in",
        "visit:apply",
        "signed in",
    ]


def test_who_acts_is_stated_without_anything_else():
    assert caller("per_1", "patient").stated() == {"person_id": "per_1", "role": "patient"}
    assert caller("per_1", "doctor", "org_1", "prr_1").stated() == {
        "person_id": "per_1",
        "role": "doctor",
        "organisation_id": "org_1",
    }
    assert system("on_visit_accepted", because="evt_1").stated() == {"system": "on_visit_accepted"}
    assert nobody(Asked(request_id="req", route="POST /codes")).stated() == {"system": "POST /codes"}


def test_an_organisation_is_ones_own_only_if_one_has_one():
    assert caller("per_1", "doctor", "org_1").of_organisation("org_1")
    assert not caller("per_1", "doctor", "org_1").of_organisation("org_2")
    assert not caller("per_1", "patient").of_organisation("")
