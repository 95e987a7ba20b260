"""Patients of the demo: an account, and who they are, shown when they joined. Their ID numbers are nobody's: they begin
with a province's own code (110000), under which nobody is born."""

from __future__ import annotations

from datetime import date, timedelta

from hospital import clock, ids, secret_keys
from hospital.caller import system
from hospital.people.model import Person, PhoneClaim
from hospital.people.store import persons, phones
from hospital.verifications.id_number import check_digit, parse_id_number
from hospital.verifications.model import Proven
from hospital.verifications.recording import record
from hospital.work import Work

from .names import Sex

_REGION = "110000"
_DAYS = 365
_RESIDENTS: tuple[tuple[str, int, Sex], ...] = (
    ("赵小满", 1991, "female"),
    ("买买提·吐尔逊", 1983, "male"),
    ("㐂田", 1975, "male"),
    ("𠮷野美", 2001, "female"),
)
"""Made-up people who have no account yet: for trying what it is to be asked who one is. Their numbers follow those of
the patients."""


def made_up_number(count: int, born: int, sex: Sex) -> str:
    """The number of the demo's person of that count: another one for each, whatever year and sex."""
    day = date(born, 1, 1) + timedelta(days=count % _DAYS)
    order = 2 * (count // _DAYS) + (1 if sex == "male" else 2)
    first = f"{_REGION}{day:%Y%m%d}{order:03d}"
    return first + check_digit(first)


def admit(phone: str, name: str, id_number: str) -> Person:
    """Somebody joins now, and shows who they are."""
    now = clock.now()
    with Work(by=system("demo"), doing="demo.found") as work:
        person = work.add(persons, Person(id=ids.new_id("per"), phone=phone, joined_at=now).verified_as(name, now))
        work.add(phones, PhoneClaim(id=secret_keys.lookup_hash("phone", phone), person_id=person.id))
        number = parse_id_number(id_number, now.date())
        record(work, person.id, Proven(name, number, "authority", "number", "demo"), now)
    return person


def residents() -> list[tuple[str, str]]:
    """(name, number) of those who have no account."""
    return [(name, made_up_number(9_000 + count, born, sex)) for count, (name, born, sex) in enumerate(_RESIDENTS)]
