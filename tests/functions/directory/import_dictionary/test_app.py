"""A file is brought into a dictionary: sent in parts, read, written step by step, and what was wrong with it told."""

from __future__ import annotations

import base64
from datetime import date
from typing import Any

import pytest

from directory.import_dictionary.app import app
from directory.keep_dictionaries.app import app as keep_dictionaries
from hospital.caller import Caller
from hospital.dictionaries.imports import BATCH, PART_BYTES
from tests.builders.delivery import Delivery
from tests.builders.gateway import Answer, call
from tests.builders.people import Clinic, found_clinic
from tests.builders.workbooks import workbook

pytestmark = pytest.mark.store

DRUGS = "/dictionaries/drugs"


def asked(who: Caller, parts: int = 1) -> str:
    body = {"filename": "药品目录.csv", "parts": parts}
    return f"{DRUGS}/imports/{call(app, 'POST', f'{DRUGS}/imports', body, who=who).ok(201)['id']}"


def sent(who: Caller, place: str, content: bytes, number: int = 1) -> Answer:
    body = {"number": number, "content": base64.b64encode(content).decode()}
    return call(app, "PUT", f"{place}/part", body, who=who)


def brought(who: Caller, deliver: Delivery, file: bytes, *, twice: bool = False) -> tuple[dict[str, Any], list[Any]]:
    """(the import when it is over, its report)."""
    place = asked(who)
    sent(who, place, file).ok(204)
    call(app, "POST", f"{place}/start", who=who).ok(202)
    deliver(twice=twice)
    report = call(app, "GET", f"{place}/report", who=who).ok()["items"]
    return call(app, "GET", place, who=who).ok(), [(one["line"], one["column"], one["problem"]) for one in report]


def counts(over: dict[str, Any]) -> tuple[str, int, int, int, int]:
    return over["state"], over["created"], over["changed"], over["unchanged"], over["wrong"]


def found(who: Caller, query: str) -> list[dict[str, Any]]:
    page = call(keep_dictionaries, "GET", f"{DRUGS}/entries?{query}", who=who).ok()
    return [one["shown"] for one in page["items"]]


def test_good_lines_are_taken_and_bad_ones_told(clinic: Clinic, deliver: Delivery):
    lines = [
        "编码,名称,商品名,类别,规格,备注",
        "D001,阿莫西林胶囊,阿莫仙,西药,0.25g,常用",
        "D002,=A1&B1,,西药,,",
        "d001,又一个,,西药,,",
        ",没有编码,,西药,,",
        "D 5,编码有空格,,魔法,,",
        "",
        "D006,连花清瘟胶囊,,中成药,,,多出来",
        "D007,连花清瘟胶囊,,中成药,0.35g,",
    ]
    over, report = brought(clinic.admin.caller, deliver, "\ufeff".encode() + "\r\n".join(lines).encode())
    assert counts(over) == ("done", 2, 0, 0, 5)
    assert (over["lines"], over["ignored_columns"]) == (7, ["备注"])
    assert report == [
        (3, "名称", "formula"),
        (4, "编码", "twice_in_file"),
        (5, "编码", "missing"),
        (6, "编码", "wrong_value"),
        (6, "类别", "wrong_value"),
        (8, "", "too_many_cells"),
    ]
    assert [one["code"] for one in found(clinic.admin.caller, "")] == ["D001", "D007"]
    assert found(clinic.doctor.caller, "q=lhqw")[0]["strength"] == "0.35g"


def test_the_file_once_more_changes_only_what_changed(clinic: Clinic, deliver: Delivery):
    admin = clinic.admin.caller
    brought(admin, deliver, "编码,名称\nD1,甲片\nD2,乙片\n".encode())
    over, report = brought(admin, deliver, "名称,编码\n甲胶囊,D1\n乙片,D2\n丙片,D3\n".encode("gb18030"))
    assert (counts(over), report) == (("done", 1, 1, 1, 0), [])
    assert [one["name"] for one in found(admin, "")] == ["甲胶囊", "乙片", "丙片"]
    assert found(admin, "q=甲片") == []


def test_steps_that_come_twice_write_once(clinic: Clinic, deliver: Delivery):
    count = BATCH + 10
    file = "编码,名称\n" + "".join(f"D{number},药{number}\n" for number in range(count)) + "D0,重复\n"
    over, report = brought(clinic.admin.caller, deliver, file.encode(), twice=True)
    assert (counts(over), report) == (("done", count, 0, 0, 1), [(count + 2, "编码", "twice_in_file")])
    assert len(deliver.told("dictionary.import_due.v1")) == 3
    assert len(deliver.told("dictionary.changed.v1")) == count


def test_a_file_in_parts_is_one_file(clinic: Clinic, deliver: Delivery):
    admin, file = clinic.admin.caller, "编码,名称\nD1,甲片\n".encode()
    place = asked(admin, parts=3)
    for number, content in ((3, file[20:]), (1, b"broken"), (1, file[:10])):
        sent(admin, place, content, number).ok(204)
    missing = call(app, "POST", f"{place}/start", who=admin).refused(409, "dictionary.parts_missing")
    assert missing == {"parts": [2]}
    sent(admin, place, file[10:20], 2).ok(204)
    call(app, "POST", f"{place}/start", who=admin).ok(202)
    sent(admin, place, b"late").refused(409, "dictionary.import_moved_on")
    deliver()
    assert call(app, "GET", place, who=admin).ok()["created"] == 1
    call(app, "POST", f"{place}/start", who=admin).refused(409, "dictionary.import_moved_on")
    listed = call(app, "GET", f"{DRUGS}/imports", who=admin).ok()["items"]
    assert [one["state"] for one in listed] == ["done"]


def test_parts_larger_than_one_read_are_one_file(clinic: Clinic, deliver: Delivery):
    """Seven full parts are more than a query of a megabyte gives; the second column makes the lines long."""
    admin = clinic.admin.caller
    lines = "".join(f"D{number},药{number},{'长' * 30_000}\n" for number in range(11))
    file = f"编码,名称,说明\n{lines}".encode()
    count = -(-len(file) // PART_BYTES)
    assert count == 7
    place = asked(admin, parts=count)
    for number in range(count, 0, -1):
        sent(admin, place, file[(number - 1) * PART_BYTES : number * PART_BYTES], number).ok(204)
    call(app, "POST", f"{place}/start", who=admin).ok(202)
    deliver()
    assert counts(call(app, "GET", place, who=admin).ok()) == ("done", 11, 0, 0, 0)


@pytest.mark.parametrize(
    ("file", "refusal"),
    [
        (b"", None),
        (b"\xff\xfe\x00\x00", "not_a_table"),
        (b"PK\x03\x04rest", "not_a_table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old_workbook"),
        ("编码,其他\nD1,甲".encode(), "no_columns"),
        (b"\n\n", "no_columns"),
        ('编码,名称\n"D1,甲'.encode(), "not_a_table"),
    ],
)
def test_files_that_are_not_taken(clinic: Clinic, deliver: Delivery, file: bytes, refusal: str | None):
    admin = clinic.admin.caller
    if refusal is None:
        place = asked(admin)
        body = {"number": 1, "content": "===="}
        call(app, "PUT", f"{place}/part", body, who=admin).refused(400, "dictionary.part_broken")
        sent(admin, place, b"x", 2).refused(400, "dictionary.part_broken")
        return
    over, report = brought(admin, deliver, file)
    assert (over["state"], over["refusal"], report) == ("refused", refusal, [])
    assert found(admin, "") == []


def test_a_workbook_is_read_and_what_excel_made_of_it_told(clinic: Clinic, deliver: Delivery):
    """In part DIR-07: the file a hospital sends, with everything that goes wrong in one."""

    def spoil(book: Any, sheet: Any) -> None:
        sheet.merge_cells("B6:B7")
        sheet["A3"].number_format = "000"
        book.create_sheet("说明")

    rows = [
        ("药品目录",),
        ("编码", "名称", "HIS 编码", "备注"),
        (7, "阿莫西林胶囊", "H9", "常用"),
        ("008", "=A3", "", ""),
        (date(2026, 1, 2), "布洛芬", "", ""),
        ("010", "甲片", "", ""),
        ("011", None, "", ""),
        ("012", "乙片", "h9", ""),
        ("013", "丙片", 1234567890123456, ""),
    ]
    over, report = brought(clinic.admin.caller, deliver, workbook(rows, spoil))
    assert (counts(over), over["lines"]) == (("done", 1, 0, 0, 6), 7)
    assert (over["sheet"], over["other_sheets"], over["ignored_columns"]) == ("药品", ["说明"], ["备注"])
    assert report == [
        (4, "名称", "formula"),
        (5, "编码", "date"),
        (6, "名称", "merged"),
        (7, "名称", "merged"),
        (8, "HIS 编码", "his_code_taken"),
        (9, "HIS 编码", "long_number"),
    ]
    assert [one["code"] for one in found(clinic.doctor.caller, "q=amxl")] == ["007"]


def test_a_file_that_is_too_large_is_refused_before_it_is_sent(clinic: Clinic):
    body = {"filename": "药品.xlsx", "parts": 60_000_000 // PART_BYTES}
    refused = call(app, "POST", f"{DRUGS}/imports", body, who=clinic.admin.caller)
    assert refused.refused(413, "dictionary.file_too_large") == {"most_bytes": 12_000_000}


def test_another_organisations_import_does_not_exist(clinic: Clinic):
    place = asked(clinic.admin.caller)
    stranger = found_clinic().admin.caller
    for answer in (
        call(app, "GET", place, who=stranger),
        call(app, "GET", f"{place}/report", who=stranger),
        call(app, "POST", f"{place}/start", who=stranger),
        sent(stranger, place, b"x"),
        call(app, "GET", place.replace("drugs", "diagnoses"), who=clinic.admin.caller),
    ):
        answer.refused(404, "dictionary.import_not_found")
    call(app, "GET", place, who=clinic.doctor.caller).refused(403, "policy.refused")


def test_what_goes_out_comes_in_again(clinic: Clinic, deliver: Delivery):
    admin = clinic.admin.caller
    line = 'D1,"甲片 ""小"",装",,,,中成药,片剂,"\'-5mg",盒,非处方药,,'
    heading = "编码,名称,拼音码,HIS 编码,商品名,类别,剂型,规格,包装单位,处方药,批准文号,药企编码"
    over, _ = brought(admin, deliver, f"{heading}\r\n{line}\r\n".encode())
    assert over["created"] == 1
    assert found(admin, "")[0]["strength"] == "-5mg"
    file = call(keep_dictionaries, "GET", f"{DRUGS}/file", who=admin).ok()
    assert (file["text"].splitlines()[0], file["cursor"]) == (heading, None)
    assert "'-5mg" in file["text"]
    over, report = brought(admin, deliver, file["text"].encode())
    assert (counts(over), report) == (("done", 0, 0, 1, 0), [])
