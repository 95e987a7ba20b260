"""One's own password, changed."""

from __future__ import annotations

import pytest

from directory.maintain_reference.app import app as maintain_reference
from hospital.people.keys import account_key
from hospital.people.store import accounts
from identity.change_password.app import app
from identity.view_profile.app import app as view_profile
from messaging.open_socket.app import app as open_socket
from tests.builders.cloud import Cloud
from tests.builders.gateway import Answer, call
from tests.builders.moments import Time
from tests.builders.people import PASSWORD, Clinic, PatientOf
from tests.builders.sign_in import Device, signed_in_as, staff_device, staff_signs_in
from tests.builders.staffing import taken_on

pytestmark = pytest.mark.store

NEW = "rain on the river"


def change(device: Device, password: str = NEW, current: str = PASSWORD) -> Answer:
    return call(app, "POST", "/password", {"current": current, "password": password}, token=device.token)


def test_the_new_one_counts_and_other_devices_are_signed_out(clinic: Clinic, time: Time, cloud: Cloud):
    elsewhere = staff_device(clinic.doctor)
    time.passes(minutes=1)
    here = staff_device(clinic.doctor)
    assert change(here).ok() == {"sessions_ended": 1}
    call(view_profile, "GET", "/me", token=here.token).ok()
    elsewhere.refresh().refused(401, "session.over")
    here.refresh().ok()
    staff_signs_in(clinic.doctor.account, PASSWORD).refused(401, "sign_in.refused")
    time.passes(minutes=1)
    staff_signs_in(clinic.doctor.account, NEW).ok()
    line = [row for row in cloud.rows("people", "audit") if row["acts"] == ["account.change_password"]]
    assert [row["fields"] for row in line] == [["password_hash"]]
    assert NEW not in str(cloud.rows("people", "record")) + str(line)


def test_whoever_was_taken_on_first_chooses_their_own(clinic: Clinic, time: Time):
    """Nothing else works until then, also after the page was loaded anew; from then on it all does."""
    made = taken_on(clinic).ok(201)
    first = signed_in_as(made["account"], made["password"])
    assert first.me["password_due"]
    call(view_profile, "GET", "/me", token=first.token).refused(403, "password.own_due")
    call(view_profile, "PATCH", "/me", {"name": "吴"}, token=first.token).refused(403, "password.own_due")
    call(maintain_reference, "GET", "/reference", token=first.token).refused(403, "password.own_due")
    call(open_socket, "POST", "/tickets", token=first.token).refused(403, "password.own_due")
    assert first.refresh().ok()["me"]["password_due"]
    change(first, current="not this one").refused(400, "password.wrong")
    change(first, password=made["password"], current=made["password"]).refused(400, "password.refused")
    call(view_profile, "GET", "/me", token=first.token).refused(403, "password.own_due")
    change(first, current=made["password"]).ok()
    assert not call(view_profile, "GET", "/me", token=first.token).ok()["password_due"]
    assert not first.refresh().ok()["me"]["password_due"]
    time.passes(minutes=1)
    assert not signed_in_as(made["account"], NEW).me["password_due"]


def test_a_step_begun_with_the_old_one_leads_nowhere(clinic: Clinic):
    account = accounts.need(account_key(clinic.doctor.account))
    change(staff_device(clinic.doctor)).ok()
    assert accounts.need(account_key(clinic.doctor.account)).version == account.version + 1  # what step tokens name


@pytest.mark.parametrize(
    ("password", "problem"), [(PASSWORD, "unchanged"), ("aaaaaabbbbbb", "too_plain"), ("", "holds_account")]
)
def test_what_is_easily_guessed_is_refused(clinic: Clinic, password: str, problem: str):
    typed = password or f"i am {clinic.doctor.account.upper()}"
    assert change(staff_device(clinic.doctor), typed).refused(400, "password.refused") == {"problem": problem}


def test_a_short_one_and_a_wrong_one_change_nothing(clinic: Clinic, time: Time):
    device = staff_device(clinic.doctor)
    change(device, "short").refused(400, "request.schema_broken")
    for _ in range(10):
        change(device, current="not this one").refused(400, "password.wrong")
    change(device).refused(429, "sign_in.too_many_tries")
    time.passes(minutes=16)
    device.refresh()
    change(device).ok()


def test_a_patient_has_none(patient: PatientOf):
    body = {"current": "anything", "password": NEW}
    call(app, "POST", "/password", body, who=patient.caller).refused(403, "password.none")
