"""What the small HIS of the demo holds: the demo's hospital as its other system sees it, a little ahead and a little
careless, so that a first run adds, changes and lists bad records; and the files of the demo's patients."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from . import words

Row = dict[str, Any]
_CARDIOLOGY = {"code": "I10.x00", "name": "高血压病"}
_PAST: tuple[tuple[int, str, str, tuple[Row, ...]], ...] = (
    (40, "心血管内科", "李文静", (_CARDIOLOGY,)),
    (190, "内分泌科", "王建国", ({"code": "E11.900", "name": "2 型糖尿病"}, _CARDIOLOGY)),
    (800, "眼科", "", ()),
    (2100, "呼吸内科", "陈晓兰", ({"code": "J20.900", "name": "急性支气管炎"},)),
)
"""Days ago, department, doctor, diagnoses."""


def rows_of_the_demo() -> dict[str, list[Row]]:
    """Organisations, departments and staff. Three of them cannot be taken over as they stand."""
    hospital = words.ORGANISATIONS[0]
    place = {"organisation_code": hospital.mark}
    east = f"{hospital.mark}-east"
    return {
        "organisations": [
            {"code": hospital.mark, "name": hospital.name, "address": hospital.address, "phone": hospital.phone},
            {"code": east, "name": "云诊第一医院东院", "parent_code": hospital.mark, "phone": "0790-6600180"},
            {"code": "lost", "name": "已撤销的分院", "parent_code": "unknown"},
        ],
        "departments": [
            {"code": "d02", "name": "内分泌代谢科", **place},
            {"code": "k31", "name": "康复医学科", "introduction": "术后与卒中后的康复训练。", **place},
            {"code": "k32", "name": "疼痛门诊", **place},
            {"code": "k33", "name": "", **place},
            {"code": "k41", "name": "东院全科", "organisation_code": east},
        ],
        "staff": [
            _member("8001", "罗清", "doctor", "主治医师", "k31", place),
            _member("8002", "邓雨桐", "nurse", "护师", "k31", place),
            _member("8003", "曹文博", "pharmacist", "主管药师", "", place),
            _member("8004", "夏岚", "doctor", "副主任医师", "k32", place),
            _member("8005", "唐立", "cook", "", "", place),
            _member("8006", "白芷", "doctor", "住院医师", "k41", {"organisation_code": east}),
        ],
    }


def files_of_the_demo(patients: list[Mapping[str, Any]], now: datetime) -> Iterator[Row]:
    """The demo's patients as the HIS knows them: all have been there, the first four times."""
    for number, patient in enumerate(one for one in patients if one.get("id_number")):
        own = {"id_number": patient["id_number"], "name": patient["name"], "phone": patient["phone"]}
        yield own | {"visits": [_visit(number, *past, now) for past in _PAST[: max(1, len(_PAST) - number)]]}


def _member(code: str, name: str, role: str, title: str, department: str, place: Row) -> Row:
    return {"code": code, "name": name, "role": role, "title": title, "department_code": department, **place}


def _visit(patient: int, days: int, department: str, doctor: str, diagnoses: tuple[Row, ...], now: datetime) -> Row:
    at = (now - timedelta(days=days)).replace(hour=1 + patient % 8, minute=30, second=0, microsecond=0)
    return {
        "number": f"J{at:%y%m%d}{patient + 1:02d}",
        "at": at.isoformat(),
        "department_name": department,
        "doctor_name": doctor,
        "diagnoses": list(diagnoses),
    }
