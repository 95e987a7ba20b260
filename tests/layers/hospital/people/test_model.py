"""Persons, roles and their keys: pure."""

from __future__ import annotations

import pytest

from hospital.people import keys
from hospital.people.model import Person, PractitionerRole
from tests.builders.moments import START

pytestmark = pytest.mark.unit


def test_a_phone_is_shown_masked():
    assert Person(id="per_1", phone="13812345678", joined_at=START).phone_masked == "138****5678"
    assert Person(id="per_1", joined_at=START).phone_masked is None


@pytest.mark.parametrize(
    ("role", "active", "standing", "seen"),
    [
        ("doctor", True, "approved", True),
        ("doctor", True, "pending", False),
        ("doctor", True, "suspended", False),
        ("doctor", False, "approved", False),
        ("nurse", True, "approved", False),
        ("org_admin", True, "approved", False),
    ],
)
def test_patients_see_active_approved_doctors_only(role, active: bool, standing, seen: bool):
    held = PractitionerRole(
        id="prr_1",
        person_id="per_1",
        organisation_id="org_1",
        role=role,
        name="李明",
        active=active,
        standing=standing,
    )
    assert held.sees_patients is seen


def test_a_person_has_one_file_at_an_organisation():
    assert keys.patient_id_of("per_1", "org_1") == keys.patient_id_of("per_1", "org_1")
    assert (
        len({keys.patient_id_of(*pair) for pair in (("per_1", "org_1"), ("per_1", "org_2"), ("per_2", "org_1"))}) == 3
    )


def test_the_case_of_an_account_name_does_not_matter():
    assert keys.account_key("Li.Ming") == keys.account_key("li.ming")
