"""API Gateway's authorizer: who stands behind a token at this moment."""

from __future__ import annotations

from typing import Any

import pytest

from hospital.access.model import Duty, OrganisationAccess
from hospital.access.store import accesses
from hospital.people.keys import role_key
from hospital.people.store import roles
from hospital.records import Key
from hospital.work import Work
from identity.authorize.app import app
from tests.builders.cloud import Cloud
from tests.builders.gateway import METHOD_ARN
from tests.builders.inbox import Inbox
from tests.builders.moments import Time
from tests.builders.notes import doctor as somebody
from tests.builders.people import Clinic, PatientOf, found_clinic, hire
from tests.builders.sign_in import patient_device, staff_device

pytestmark = pytest.mark.store


def authorize(value: str | None, name: str = "Authorization") -> dict[str, Any]:
    headers = None if value is None else {name: value}
    return app({"methodArn": METHOD_ARN, "headers": headers}, None)


def refuses(value: str | None) -> bool:
    """Whether the gateway will answer 401: it does to exactly this text."""
    with pytest.raises(Exception, match=r"^Unauthorized$") as refusal:
        authorize(value)
    return type(refusal.value) is Exception


def change_role(role_id: str, **changes: object) -> None:
    with Work(by=somebody(), doing="test.write") as work:
        role = roles.need(role_key(role_id))
        work.change(roles, role, role.having(**changes))


def test_a_patient_is_let_in_to_what_they_asked_for(patient: PatientOf, inbox: Inbox):
    device = patient_device(patient, inbox)
    answer = authorize(f"Bearer {device.token}")
    assert answer["principalId"] == patient.person.id
    assert answer["policyDocument"]["Statement"] == [
        {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": METHOD_ARN}
    ]
    assert answer["context"] == {
        "person_id": patient.person.id,
        "role": "patient",
        "session_id": device.session_id,
        "organisation_id": "",
        "practitioner_role_id": "",
        "granted": "",
        "department_id": "",
        "scope": "own",
        "password_due": "",
    }


def test_staff_come_with_role_and_organisation(clinic: Clinic):
    context = authorize(f"Bearer {staff_device(clinic.nurse).token}")["context"]
    assert (context["role"], context["organisation_id"], context["practitioner_role_id"]) == (
        "nurse",
        clinic.id,
        clinic.nurse.role.id,
    )


def test_the_context_holds_nothing_but_texts(clinic: Clinic):
    """API Gateway takes no other values."""
    for staff in (clinic.doctor, hire("operator")):
        context = authorize(f"Bearer {staff_device(staff).token}")["context"]
        assert all(isinstance(value, str) for value in context.values())


def test_the_scheme_and_the_headers_name_in_any_case(clinic: Clinic):
    token = staff_device(clinic.doctor).token
    for value, name in ((f"bearer {token}", "authorization"), (f"BEARER  {token} ", "AUTHORIZATION")):
        assert authorize(value, name)["principalId"] == clinic.doctor.caller.person_id


@pytest.mark.parametrize(
    "value", [None, "", "Bearer", "Bearer ", "Basic dXNlcjpwYXNz", "Bearer a.b.c", "Bearer x y", "须", "Bearer \ud800"]
)
def test_what_is_no_token_is_refused(cloud: Cloud, value: str | None):
    assert refuses(value)
    assert cloud.metrics[-1][0] == "unauthenticated"


def test_a_token_without_its_scheme_is_refused(clinic: Clinic):
    token = staff_device(clinic.doctor).token
    assert refuses(token)
    assert refuses(f"Token {token}")


def test_a_token_past_its_ten_minutes_is_refused(clinic: Clinic, time: Time):
    token = staff_device(clinic.doctor).token
    time.passes(minutes=10)
    assert refuses(f"Bearer {token}")


def test_a_withdrawn_role_is_gone_with_the_next_request(clinic: Clinic):
    token = staff_device(clinic.doctor).token
    authorize(f"Bearer {token}")
    change_role(clinic.doctor.role.id, active=False)
    assert refuses(f"Bearer {token}")


def test_a_changed_role_counts_from_the_next_request_on(clinic: Clinic):
    token = staff_device(clinic.doctor).token
    change_role(clinic.doctor.role.id, role="nurse")
    assert authorize(f"Bearer {token}")["context"]["role"] == "nurse"


def test_a_session_that_is_gone_altogether(clinic: Clinic, cloud: Cloud):
    token = staff_device(clinic.doctor).token
    (row,) = [row for row in cloud.rows("people", "record") if row["kind"] == "Session"]
    roles.table.remove(Key(row["pk"], row["sk"]))
    assert refuses(f"Bearer {token}")


def test_it_takes_one_read(clinic: Clinic):
    token = staff_device(clinic.doctor).token
    authorize(f"Bearer {token}")
    calls: list[str] = []
    events = roles.table.connection.client.meta.events
    events.register("before-call.dynamodb", lambda model, **_: calls.append(model.name), unique_id="calls")
    authorize(f"Bearer {token}")
    events.unregister("before-call.dynamodb", unique_id="calls")
    assert calls == ["BatchGetItem"]


def test_a_duty_given_and_taken_counts_from_the_next_request_on(clinic: Clinic):
    token = staff_device(clinic.clerk).token
    assert authorize(f"Bearer {token}")["context"]["granted"] == ""
    with Work(by=somebody(), doing="test.write") as work:
        duty = Duty(name="日志查询员", permissions=("log:read", "visit:read"))
        work.add(accesses, OrganisationAccess(id=clinic.id, duties={"log_reader": duty}))
    change_role(clinic.clerk.role.id, duties=("log_reader", "gone"), scope="department", department_id="dep_1")
    context = authorize(f"Bearer {token}")["context"]
    assert context["granted"] == "log:read", "what may not be granted does not come, whatever stands in the table"
    assert (context["scope"], context["department_id"]) == ("department", "dep_1")
    change_role(clinic.clerk.role.id, duties=())
    assert authorize(f"Bearer {token}")["context"]["granted"] == ""


def test_a_duty_of_one_organisation_is_worth_nothing_at_another(clinic: Clinic):
    elsewhere = found_clinic()
    with Work(by=somebody(), doing="test.write") as work:
        access = OrganisationAccess(id=elsewhere.id, duties={"reader": Duty(name="查询员", permissions=("log:read",))})
        work.add(accesses, access)
    change_role(clinic.clerk.role.id, duties=("reader",))
    assert authorize(f"Bearer {staff_device(clinic.clerk).token}")["context"]["granted"] == ""


def test_a_token_of_an_organisation_that_one_left_is_refused(clinic: Clinic):
    token = staff_device(clinic.clerk).token
    change_role(clinic.clerk.role.id, organisation_id=found_clinic().id)
    assert refuses(f"Bearer {token}")
