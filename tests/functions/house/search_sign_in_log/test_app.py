"""An administrator finds who signed in or tried to: time, device and address, by doctor and date."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hospital import clock
from house.search_sign_in_log.app import app as search
from identity.sign_in_staff.app import app as sign_in_staff
from tests.builders.delivery import Delivery
from tests.builders.gateway import call
from tests.builders.inbox import Inbox
from tests.builders.moments import Time
from tests.builders.people import Clinic, PatientOf, hire
from tests.builders.sign_in import patient_device, staff_device

pytestmark = pytest.mark.store


def found(who, query: str = "") -> list[dict]:
    return call(search, "GET", f"/sign-ins?limit=50{query}", who=who).ok()["items"]


@pytest.mark.req("DIR-16")
def test_successful_and_failed_sign_ins_of_a_doctor(clinic: Clinic, deliver: Delivery, time: Time):
    staff_device(clinic.doctor, user_agent="Chrome at the desk")
    time.passes(days=2)
    wrong = {"account": clinic.doctor.account, "password": "wrong"}
    call(sign_in_staff, "POST", "/staff-sessions", wrong, user_agent="curl").refused(401, "sign_in.refused")
    staff_device(clinic.colleague)
    deliver(twice=True)
    time.passes(minutes=1)
    admin = clinic.admin.caller
    of_doctor = found(admin, f"&who={clinic.doctor.role.id}")
    assert [(one["outcome"], one["device"], one["who"]["name"]) for one in of_doctor] == [
        ("refused", "curl", "李明"),
        ("succeeded", "Chrome at the desk", "李明"),
    ]
    assert [(bool(one["ip"]), one["method"]) for one in of_doctor] == [(True, "password"), (True, "totp")]
    yesterday = clock.text(time.now - timedelta(days=1))
    assert [one["outcome"] for one in found(admin, f"&who={clinic.doctor.role.id}&since={yesterday}")] == ["refused"]
    assert [one["outcome"] for one in found(admin, f"&who={clinic.doctor.role.id}&until={yesterday}")] == ["succeeded"]
    assert {one["who"]["name"] for one in found(admin, "&outcome=refused")} == {"李明"}
    assert len(found(admin)) == 3
    days = call(search, "GET", "/sign-ins/days?month=2026-11", who=admin).ok()["days"]
    assert days == {"2026-11-21": {"succeeded": 1}, "2026-11-23": {"refused": 1, "succeeded": 1}}


def test_only_those_who_run_the_house_see_it_and_only_their_own(
    clinic: Clinic, patient: PatientOf, inbox: Inbox, deliver: Delivery, time: Time
):
    patient_device(patient, inbox)
    body = {"account": "nobody-at-all", "password": "wrong"}
    call(sign_in_staff, "POST", "/staff-sessions", body).refused(401, "sign_in.refused")
    staff_device(clinic.doctor)
    deliver()
    time.passes(minutes=1)
    assert [one["who"]["role"] for one in found(clinic.admin.caller)] == ["doctor"]
    operator = hire("operator").caller
    seen = found(operator)
    assert sorted((one["who"]["role"] or "", one["outcome"]) for one in seen) == [
        ("", "refused"),
        ("patient", "succeeded"),
    ]
    assert patient.phone not in str(seen) and "王芳" not in str(seen)
    assert [one["who"]["name"] for one in found(operator, f"&organisation_id={clinic.id}")] == ["李明"]
    call(search, "GET", "/sign-ins?organisation_id=org_0", who=clinic.admin.caller).refused(404, "request.not_found")
    call(search, "GET", "/sign-ins?organisation_id=../x", who=operator).refused(404, "request.not_found")
    call(search, "GET", "/sign-ins", who=clinic.doctor.caller).refused(403, "policy.refused")
