"""Who lost the phone they sign in by gets another number at a counter; what they had signs nobody in any more."""

from __future__ import annotations

import pytest

from hospital.people.store import get_person
from hospital.verifications.store import get_identity
from identity.replace_lost_phone.app import app
from tests.builders.cloud import Cloud
from tests.builders.delivery import Delivery
from tests.builders.gateway import Answer, call
from tests.builders.inbox import Inbox
from tests.builders.moments import Time
from tests.builders.numbers import an_id_number
from tests.builders.people import Clinic, PatientOf, Staff, found_clinic, new_patient
from tests.builders.sign_in import patient_device
from tests.builders.visits import applied
from tests.builders.wechat import Peer, added

pytestmark = pytest.mark.store

NEW = "13987650001"


@pytest.fixture
def known(clinic: Clinic, inbox: Inbox) -> PatientOf:
    """Somebody whom the clinic has a file of."""
    who = new_patient("王芳")
    applied(clinic, who)
    return who


def begins(staff: Staff, who: PatientOf, phone: str = NEW, **wrong: str) -> Answer:
    identity = get_identity(who.person.id)
    assert identity is not None
    card = {"name": identity.name, "id_number": identity.id_number, "phone": phone}
    return call(app, "POST", "/lost-phones", {**card, **wrong}, who=staff.caller)


def finishes(staff: Staff, change_id: str, code: str) -> Answer:
    return call(app, "POST", f"/lost-phones/{change_id}/confirm", {"code": code}, who=staff.caller)


def test_the_new_number_signs_in_and_nothing_else_does_and_the_old_one_is_told(
    clinic: Clinic, known: PatientOf, inbox: Inbox, small_wechat: Peer, deliver: Delivery, cloud: Cloud
):
    lost = patient_device(known, inbox)
    added(known, inbox, small_wechat).ok()
    change = begins(clinic.admin, known).ok(201)
    assert (change["old_phone_masked"], change["done_at"]) == (f"{known.phone[:3]}****{known.phone[-4:]}", None)
    assert get_person(known.person.id).phone == known.phone, "a card alone changes nothing"
    done = finishes(clinic.admin, change["id"], inbox.code(NEW)).ok()
    assert (done["phone_masked"], done["done_at"] is not None) == ("139****0001", True)
    assert get_person(known.person.id).phone == NEW
    lost.refresh().refused(401, "session.over")
    deliver()
    told = [text["text"] for text in inbox.texts if text["phone"] == known.phone]
    assert "改用新的手机号" in told[-1]
    assert NEW not in told[-1]
    assert not [row for row in cloud.rows("people", "record") if "openid_hash" in row], (
        "WeChat may be on the lost phone"
    )
    acts = {act for row in cloud.rows("people", "audit") for act in row.get("acts", [])}
    assert {"lost_phone.begin", "lost_phone.change"} <= acts
    lines = [row for row in cloud.rows("people", "audit") if row["kind"] == "LostPhone"]
    assert [line["organisation_id"] for line in lines] == [clinic.id, clinic.id]
    assert not [line for line in lines if NEW in str(line) or known.phone in str(line)]
    finishes(clinic.admin, change["id"], "000000").refused(410, "lost_phone.over")


def test_nobody_is_told_of_whom_the_house_does_not_know(clinic: Clinic, known: PatientOf):
    """Another name, another number, no file here, nobody at all: one answer."""
    elsewhere = found_clinic().admin
    for staff, wrong in (
        (clinic.admin, {"name": "李四"}),
        (clinic.admin, {"id_number": an_id_number()}),
        (elsewhere, {}),
    ):
        begins(staff, known, **wrong).refused(404, "lost_phone.not_found")
    begins(clinic.admin, new_patient("王芳")).refused(404, "lost_phone.not_found")
    begins(clinic.admin, known, id_number="110101199003070000").refused(400, "identity.id_number_refused")
    for staff in (clinic.doctor, clinic.clerk):
        begins(staff, known).refused(403, "policy.refused")
    for _ in range(7):
        begins(clinic.admin, known, name="李四").refused(404, "lost_phone.not_found")
    begins(clinic.admin, known).refused(429, "lost_phone.too_many")


def test_the_new_phone_must_be_there_in_time_and_be_nobodys(clinic: Clinic, known: PatientOf, inbox: Inbox, time: Time):
    begins(clinic.admin, known, known.phone).refused(409, "sign_in_method.phone_is_own")
    change = begins(clinic.admin, known).ok(201)
    code = inbox.code(NEW)
    wrong = "000000" if code != "000000" else "000001"
    finishes(clinic.admin, change["id"], wrong).refused(400, "sign_in_method.code_wrong")
    finishes(found_clinic().admin, change["id"], code).refused(404, "lost_phone.not_found")
    time.passes(minutes=10)
    finishes(clinic.admin, change["id"], code).refused(410, "lost_phone.over")
    assert get_person(known.person.id).phone == known.phone
    other = new_patient("赵别人")
    taken = begins(clinic.admin, known, other.phone).ok(201)
    finishes(clinic.admin, taken["id"], inbox.code(other.phone)).refused(409, "sign_in_method.phone_taken")
