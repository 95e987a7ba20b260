"""Dictionaries: entries created, found, changed, retired, deleted; what a page of a search costs."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from directory.keep_dictionaries.app import app
from hospital.caller import Caller
from hospital.dictionaries.declared import DICTIONARIES, Diagnosis
from hospital.dictionaries.errors import EntryUnknown
from hospital.dictionaries.opening import open_table
from hospital.dictionaries.store import count_use, find_codes, need_codes
from hospital.work import Work
from tests.builders.cloud import Cloud
from tests.builders.dictionary_entries import fill_found_rows
from tests.builders.gateway import Answer, call
from tests.builders.people import Clinic, found_clinic

pytestmark = pytest.mark.store

AMOXICILLIN = {
    "code": "D001",
    "name": "阿莫西林胶囊",
    "trade_name": "阿莫仙",
    "strength": "0.25g×24粒",
    "his_code": "H9",
}


def written(who: Caller, dictionary: str = "drugs", **content: Any) -> Answer:
    return call(app, "POST", f"/dictionaries/{dictionary}/entries", {"content": content}, who=who)


def found(who: Caller, query: str, dictionary: str = "drugs") -> list[str]:
    page = call(app, "GET", f"/dictionaries/{dictionary}/entries?{query}", who=who).ok()
    return [one["shown"]["code"] for one in page["items"]]


def on(entry: dict[str, Any], act: str = "", dictionary: str = "drugs") -> str:
    return f"/dictionaries/{dictionary}/entries/{entry['id']}{act}"


def test_a_drug_from_creation_to_deletion(clinic: Clinic):
    """In part DIR-07: drugs, with a code that is taken. What is used in a prescription waits for prescriptions."""
    admin = clinic.admin.caller
    made = written(admin, **AMOXICILLIN).ok(201)
    assert made["content"]["category"] == "western"
    assert call(app, "GET", on(made), who=admin).ok() == made
    assert written(admin, code="d001", name="别的").refused(409, "dictionary.code_taken") == {"field": "code"}
    body = {"version": 1, "content": AMOXICILLIN | {"name": "阿莫西林分散片", "code": "D002"}}
    changed = call(app, "PUT", on(made), body, who=admin).ok()
    assert (changed["version"], changed["content"]["name"]) == (2, "阿莫西林分散片")
    assert call(app, "PUT", on(made), body, who=admin).refused(409, "request.changed_meanwhile") == {"version": 2}
    assert found(admin, "q=分散") == ["D002"]
    assert found(admin, "q=胶囊") == []
    was = call(app, "GET", on(made, "/versions"), who=admin).ok()["items"]
    assert [(one["version"], one["content"]["name"]) for one in was] == [(2, "阿莫西林分散片"), (1, "阿莫西林胶囊")]
    written(admin, code="D001", name="布洛芬").ok(201)
    call(app, "DELETE", on(made), who=admin).ok(204)
    call(app, "GET", on(made), who=admin).refused(404, "dictionary.entry_not_found")
    assert found(admin, "") == ["D001"]
    assert found(admin, "q=amxl") == []


def test_a_company_is_found_by_its_short_name(clinic: Clinic):
    """In part DIR-07: companies."""
    admin = clinic.admin.caller
    company = {"code": "C1", "name": "云山制药有限公司", "short_name": "云制", "credit_code": "91310000MA1FL0000X"}
    written(admin, "drug_companies", **company).ok(201)
    assert found(admin, "q=云制", "drug_companies") == found(admin, "q=yszy", "drug_companies") == ["C1"]
    wrong = written(admin, "drug_companies", code="C2", name="某公司", credit_code="123")
    wrong.refused(400, "request.schema_broken")


@pytest.mark.parametrize(
    ("query", "hits"),
    [
        ("阿莫", True),
        ("莫西林", True),
        ("林胶", True),
        ("胶囊", True),
        ("阿莫仙", True),
        ("amxl", True),
        ("AMXLJN", True),
        ("d001", True),
        ("Ｄ００１", True),
        ("阿 莫", True),
        ("mxl", False),
        ("囊胶", False),
        ("001", False),
        ("()", False),
    ],
)
def test_by_what_an_entry_is_found(clinic: Clinic, query: str, hits: bool):
    written(clinic.admin.caller, **AMOXICILLIN).ok(201)
    assert found(clinic.doctor.caller, f"q={query}") == (["D001"] if hits else [])


def test_initials_that_the_hospital_says_hold(clinic: Clinic):
    written(clinic.admin.caller, code="D3", name="重组人胰岛素", initials="CZRYDS").ok(201)
    assert found(clinic.admin.caller, "q=czr") == ["D3"]
    assert found(clinic.admin.caller, "q=zzr") == []


def test_an_entry_that_answers_twice_is_told_once(clinic: Clinic):
    written(clinic.admin.caller, code="D4", name="维生素B与维生素C片").ok(201)
    assert found(clinic.admin.caller, "q=维生素") == ["D4"]
    assert found(clinic.admin.caller, "q=维生素C") == ["D4"]


def test_by_the_code_of_the_hospitals_own_system(clinic: Clinic):
    """No two entries in use have one; who takes over from a retired entry takes its code too."""
    admin = clinic.admin.caller
    made = written(admin, **AMOXICILLIN).ok(201)
    for query, hits in (("his_code=H9", True), ("q=h9", True), ("his_code=H8", False), ("q=h8", False)):
        assert found(clinic.doctor.caller, query) == (["D001"] if hits else []), query
    other = written(admin, code="D002", name="另一个").ok(201)
    taken = {"field": "his_code"}
    assert written(admin, code="D003", name="又一个", his_code="h9").refused(409, "dictionary.code_taken") == taken
    body = {"version": 1, "content": {"code": "D002", "name": "另一个", "his_code": "H9"}}
    assert call(app, "PUT", on(other), body, who=admin).refused(409, "dictionary.code_taken") == taken
    call(app, "POST", on(made, "/retire"), {"version": 1}, who=admin).ok()
    call(app, "PUT", on(other), body, who=admin).ok()
    assert found(admin, "q=h9") == ["D002"]
    back = call(app, "POST", on(made, "/restore"), {"version": 2}, who=admin)
    assert back.refused(409, "dictionary.code_taken") == taken
    call(app, "DELETE", on(other), who=admin).ok(204)
    call(app, "POST", on(made, "/restore"), {"version": 2}, who=admin).ok()


def test_the_template_is_for_those_who_import(clinic: Clinic):
    template = call(app, "GET", "/dictionaries/drugs/template", who=clinic.admin.caller).ok()
    assert template["filename"] == "药品.xlsx"
    (heading,) = open_table(base64.b64decode(template["content"])).rows
    assert [cell.text for cell in heading.cells][:4] == ["编码", "名称", "拼音码", "HIS 编码"]
    call(app, "GET", "/dictionaries/drugs/template", who=clinic.doctor.caller).refused(403, "policy.refused")


def test_what_is_used_is_retired_and_stays_readable(clinic: Clinic):
    """In part DIR-07 and DIR-09: here the use is counted as a record's use case will count it."""
    admin = clinic.admin.caller
    made = written(admin, **AMOXICILLIN).ok(201)
    drugs = DICTIONARIES["drugs"]
    entry = find_codes(drugs, clinic.id, ["d001"])["d001"]
    with Work(by=admin, doing="test.prescribe") as work:
        count_use(work, entry)
    call(app, "DELETE", on(made), who=admin).refused(409, "dictionary.entry_used")
    retired = call(app, "POST", on(made, "/retire"), {"version": 1}, who=admin).ok()
    assert (retired["retired"], retired["version"]) == (True, 2)
    assert found(clinic.doctor.caller, "q=amxl") == []
    assert found(clinic.doctor.caller, "q=amxl&retired=true") == found(admin, "retired=true") == ["D001"]
    assert call(app, "GET", on(made), who=clinic.doctor.caller).ok()["content"]["name"] == "阿莫西林胶囊"
    with pytest.raises(EntryUnknown), Work(by=admin, doing="test.prescribe") as work:
        count_use(work, entry)
    call(app, "POST", on(made, "/restore"), {"version": 2}, who=admin).ok()
    assert found(admin, "q=amxl") == ["D001"]
    with Work(by=admin, doing="test.prescribe") as work:
        count_use(work, entry, -1)
    call(app, "DELETE", on(made), who=admin).ok(204)


def test_doctors_pick_diagnoses_and_a_record_names_no_other(clinic: Clinic):
    """In part DIR-08: records with diagnoses do not exist yet; this is what they will ask."""
    admin, doctor = clinic.admin.caller, clinic.doctor.caller
    made = written(admin, "diagnoses", code="J45.900", name="支气管哮喘", other_name="哮喘").ok(201)
    for query in ("j45", "哮喘", "zqgx", "气管"):
        assert found(doctor, f"q={query}", "diagnoses") == ["J45.900"]
    assert need_codes("diagnoses", clinic.id, ["J45.900"])["J45.900"].id == made["id"]
    with pytest.raises(EntryUnknown) as refused:
        need_codes("diagnoses", clinic.id, ["J45.900", "J99.999"])
    assert (refused.value.status, refused.value.facts["code"]) == (400, "J99.999")
    call(app, "POST", on(made, "/retire", "diagnoses"), {"version": 1}, who=admin).ok()
    with pytest.raises(EntryUnknown):
        need_codes("diagnoses", clinic.id, ["J45.900"])


def test_another_organisations_entry_does_not_exist(clinic: Clinic):
    made = written(clinic.admin.caller, **AMOXICILLIN).ok(201)
    stranger = found_clinic().admin.caller
    written(stranger, code="D001", name="另一个").ok(201)
    assert found(stranger, "q=阿莫") == []
    body = {"version": 1, "content": AMOXICILLIN}
    for answer in (
        call(app, "GET", on(made), who=stranger),
        call(app, "GET", on(made, "/versions"), who=stranger),
        call(app, "PUT", on(made), body, who=stranger),
        call(app, "POST", on(made, "/retire"), {"version": 1}, who=stranger),
        call(app, "DELETE", on(made), who=stranger),
        call(app, "GET", on(made, dictionary="diagnoses"), who=clinic.admin.caller),
    ):
        answer.refused(404, "dictionary.entry_not_found")
    call(app, "GET", "/dictionaries/nothing/entries", who=stranger).refused(404, "dictionary.unknown")


@pytest.mark.parametrize(
    "wrong", [{"code": ""}, {"code": "a b"}, {"name": ""}, {"category": "magic"}, {"unknown": "1"}]
)
def test_what_cannot_be_written(clinic: Clinic, wrong: dict[str, Any]):
    written(clinic.admin.caller, **AMOXICILLIN | wrong).refused(400, "request.schema_broken")
    written(clinic.doctor.caller, **AMOXICILLIN).refused(403, "policy.refused")
    assert found(clinic.admin.caller, "") == []


def test_a_cursor_goes_on_and_is_of_its_own_query(clinic: Clinic):
    admin = clinic.admin.caller
    fill(clinic.id, 45)
    first = call(app, "GET", "/dictionaries/diagnoses/entries?q=t&limit=20", who=admin).ok()
    second = call(app, "GET", f"/dictionaries/diagnoses/entries?q=t&limit=40&cursor={first['cursor']}", who=admin).ok()
    codes = [one["shown"]["code"] for one in (*first["items"], *second["items"])]
    assert (len(codes), len(set(codes)), second["cursor"]) == (45, 45, None)
    other = call(app, "GET", f"/dictionaries/diagnoses/entries?q=其他&cursor={first['cursor']}", who=admin)
    other.refused(400, "request.cursor_unknown")


def test_a_page_costs_the_same_however_large_the_dictionary_is(clinic: Clinic, cloud: Cloud):
    other = found_clinic()
    fill(clinic.id, 100)
    fill(other.id, 1_000)
    for query in ("t", "T000"):
        few, many = (spent(cloud, one.admin.caller, query) for one in (clinic, other))
        assert few == many == (20, [("Query", 1, 2.0)]), query


def fill(organisation_id: str, count: int) -> None:
    """So many diagnoses, each found by one term alone, so that many are quickly there."""
    fill_found_rows("diagnoses", organisation_id, range(count), _diagnosis)


def _diagnosis(number: int) -> Diagnosis:
    code = f"T{number:05d}"
    return Diagnosis(code=code, name=code, initials=code, his_code=f"{number:05d}")


def spent(cloud: Cloud, who: Caller, query: str) -> tuple[int, list[tuple[str, int, float]]]:
    """(entries on the page, the calls of the table with their read units)."""
    cloud.store.meter.reset()
    rows = found(who, f"q={query}&limit=20", "diagnoses")
    counts = [one for one in cloud.store.meter.counts() if one.table == "test-reference"]
    return len(rows), [(one.operation, one.calls, one.reads) for one in counts]
