"""What every HIS adapter does, whatever its HIS speaks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from adapters.his import (
    Diagnosis,
    His,
    HisAnsweredAnother,
    HisCard,
    HisOrganisation,
    HisRefused,
    HisStaff,
    HisUnavailable,
    Presented,
    calling,
)
from tests.builders.his import LI, WANG, fill, told, who
from tests.builders.moments import Time
from tests.layers.adapters.his.conftest import Far

pytestmark = pytest.mark.store

SINCE = date(2026, 1, 1)
CALLS: tuple[Callable[[His], object], ...] = (
    lambda his: his.organisations(),
    lambda his: his.staff(),
    lambda his: his.find_file(who(LI)),
    lambda his: his.open_file(LI, key="wish-1"),
    lambda his: his.cards(Presented("P00000001")),
    lambda his: his.past_visits(Presented("P00000001"), SINCE),
)


def test_organisations_are_read_ended_ones_too(far: Far):
    fill(far.records)
    page = far.his.organisations()
    assert page.unreadable == ()
    assert page.cursor is None
    assert page.items == (
        HisOrganisation("H1", "云诊第一医院", address="西安路 1 号", phone="029-1"),
        HisOrganisation("H2", "云诊第一医院东院", parent_code="H1", active=False),
    )


def test_departments_are_read_page_by_page(far: Far):
    fill(far.records)
    seen, cursor, pages = [], None, 0
    while pages == 0 or cursor:
        page = far.his.departments(cursor=cursor)
        seen += page.items
        cursor, pages = page.cursor, pages + 1
    assert pages == 2
    assert [one.code for one in seen] == [f"D{number:02d}" for number in range(60)]
    assert (seen[7].name, seen[7].organisation_code, seen[7].introduction) == ("第7科", "H1", "看病")


def test_staff_are_read_with_their_roles(far: Far):
    fill(far.records)
    found = {one.code: one for one in far.his.staff().items}
    assert found["S0"] == HisStaff("S0", "赵0", "doctor", "H1", "D01", "主任医师", "擅长")
    assert [found[code].role for code in ("S0", "S1", "S2")] == ["doctor", "nurse", "pharmacist"]
    assert [found[code].active for code in ("S0", "S1", "S2")] == [True, True, False]


def test_only_what_changed_since_then_is_read(far: Far):
    fill(far.records)
    far.records.put(
        "staff", {"code": "S9", "name": "钱九", "role": "nurse", "organisation_code": "H1"}, "2026-11-21T08:00:00.000Z"
    )
    page = far.his.staff(datetime(2026, 11, 21, 7, 0, tzinfo=UTC))
    assert [one.code for one in page.items] == ["S9"]


def test_a_bad_record_is_named_and_the_others_are_read(far: Far):
    fill(far.records)
    far.records.put("staff", {"code": "S8", "name": "", "role": "doctor", "organisation_code": "H1"}, "2026-11-20")
    far.records.put("staff", {"code": "S9", "name": "孙九", "role": "cook", "organisation_code": "H1"}, "2026-11-20")
    page = far.his.staff()
    assert [one.code for one in page.items] == ["S0", "S1", "S2"]
    assert {one.code for one in page.unreadable} == {"S8", "S9"}
    assert all(one.reason and "孙九" not in one.reason for one in page.unreadable)


def test_a_file_is_found_by_number_and_name(far: Far):
    assert far.his.find_file(who(WANG)) is None
    number = far.records.open(told(WANG), "")["patient_number"]
    found = far.his.find_file(who(WANG))
    assert found is not None
    assert (found.patient_number, found.id_number, found.name) == (number, WANG.id_number, WANG.name)


def test_a_file_is_opened_once(far: Far):
    first = far.his.open_file(LI, key="wish-1")
    assert (first.id_number, first.name, first.phone) == (LI.id_number, LI.name, LI.phone)
    assert far.his.open_file(LI, key="wish-1") == first
    assert far.his.open_file(LI, key="wish-2").patient_number == first.patient_number
    assert far.records.count_files() == 1
    assert far.his.find_file(who(LI)) == first


def test_who_has_a_file_keeps_its_number(far: Far):
    number = far.records.open(told(LI), "")["patient_number"]
    assert far.his.open_file(LI, key="wish-1").patient_number == number


def test_cards_are_those_of_the_file(far: Far):
    cards = [
        {"kind": "visit", "number": "V77", "scannable": True},
        {"kind": "insurance", "number": "6101-77", "scannable": False},
        {"kind": "record", "number": "MR77", "scannable": True, "active": False},
    ]
    number = far.records.open(told(LI, cards=cards), "")["patient_number"]
    found = far.his.cards(Presented(number))
    assert found.patient_number == number
    assert set(found.cards) == {
        HisCard("visit", "V77", scannable=True),
        HisCard("insurance", "6101-77"),
        HisCard("record", "MR77", scannable=True, active=False),
    }


def test_past_visits_are_read_newest_first(far: Far):
    visits = [
        {"number": "J1", "at": "2025-12-31T09:00:00+08:00", "department_name": "内科", "diagnoses": []},
        {
            "number": "J2",
            "at": "2026-03-01T09:30:00+08:00",
            "department_name": "心内科",
            "department_code": "D02",
            "doctor_name": "赵0",
            "diagnoses": [{"code": "I10", "name": "高血压"}],
        },
        {"number": "J3", "at": "2026-05-01T09:30:00+08:00", "department_name": "内科", "diagnoses": []},
    ]
    number = far.records.open(told(LI, visits=visits), "")["patient_number"]
    found = far.his.past_visits(Presented(number), SINCE)
    assert found.patient_number == number
    assert [one.number for one in found.visits] == ["J3", "J2"]
    visit = found.visits[1]
    assert (visit.department_code, visit.department_name, visit.doctor_name) == ("D02", "心内科", "赵0")
    assert visit.at == datetime(2026, 3, 1, 1, 30, tzinfo=UTC)
    assert visit.diagnoses == (Diagnosis("I10", "高血压"),)


def test_the_card_that_was_shown_comes_to_the_his(far: Far):
    number = far.records.open(told(LI), "")["patient_number"]
    card = next(one.number for one in far.his.cards(Presented(number)).cards if one.kind == "visit")
    far.his.past_visits(Presented(number, card), SINCE)
    assert card in {call["card"] for call in far.records.calls()}


def test_a_file_that_is_not_there_is_refused(far: Far):
    for ask in (lambda his: his.cards(Presented("P00000404")), lambda his: his.past_visits(Presented("P404"), SINCE)):
        with pytest.raises(HisRefused) as refusal:
            ask(far.his)
        assert refusal.value.facts["reason"] == "unknown_patient"


@pytest.mark.parametrize("mode", ["down", "busy", "garbage"])
def test_a_his_that_does_not_answer_is_unavailable(far: Far, mode: str):
    far.records.open(told(LI), "")
    for call in CALLS:
        far.meets(mode)
        with pytest.raises(HisUnavailable):
            call(far.his)
        far.meets("none")
        call(far.his)


def test_a_his_that_is_too_slow_is_unavailable(far: Far, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(calling, "TIMEOUT_SECONDS", 0.3)
    far.meets("slow", seconds=30)
    with pytest.raises(HisUnavailable):
        far.his.organisations()


def test_what_the_his_refuses_is_told_as_refused(far: Far):
    far.meets("refuses")
    with pytest.raises(HisRefused):
        far.his.open_file(LI, key="wish-1")


def test_an_answer_about_another_patient_is_refused(far: Far):
    far.records.open(told(WANG), "")
    number = far.records.open(told(LI), "")["patient_number"]
    far.meets("other_patient")
    for ask in (
        lambda his: his.find_file(who(LI)),
        lambda his: his.open_file(LI, key="wish-1"),
        lambda his: his.cards(Presented(number)),
        lambda his: his.past_visits(Presented(number), SINCE),
    ):
        with pytest.raises(HisAnsweredAnother):
            ask(far.his)


def test_somebody_with_the_same_number_and_another_name_is_another(far: Far):
    far.records.open(told(LI), "")
    with pytest.raises(HisAnsweredAnother):
        far.his.open_file(replace(LI, name="张三"), key="wish-1")


def test_who_does_not_answer_is_left_alone_for_a_while(far: Far, time: Time):
    far.meets("down")
    for _ in range(5):
        with pytest.raises(HisUnavailable):
            far.his.organisations()
    far.meets("none")
    calls = len(far.records.calls())
    with pytest.raises(HisUnavailable) as resting:
        far.his.organisations()
    assert resting.value.facts["reason"] == "resting"
    assert len(far.records.calls()) == calls
    time.passes(minutes=2)
    far.his.organisations()
