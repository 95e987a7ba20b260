"""What happened in the demo hospital's last half year, drawn from a seed. Pure: same seed and day, same plan."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml

from . import words
from .admission import made_up_number
from .names import Sex, name_of, phone_of

Outcome = Literal["finished", "refused", "expired", "talking", "waiting"]
ANSWER_WITHIN = timedelta(hours=24)

_HOURS = (0, 0, 0, 0, 0, 0, 1, 3, 6, 9, 10, 8, 5, 6, 8, 8, 7, 6, 6, 9, 10, 8, 4, 1)
"""How many of a day's applications fall into each hour, in Beijing."""
_BEIJING_OFFSET = timedelta(hours=8)
_TITLES = ("主任医师", "副主任医师", "主治医师", "住院医师")
_THANKS = (
    "好的，谢谢医生。",
    "明白了，谢谢您。",
    "谢谢医生，我按您说的做。",
    "好的，我过两天去医院检查。",
    "放心多了，谢谢。",
)


@dataclass(frozen=True)
class Size:
    """How much of it."""

    doctors: int = 80
    patients: int = 2000
    visits: int = 1200
    days: int = 182


@dataclass(frozen=True)
class PlannedPatient:
    """Somebody who signs in by phone, and has shown who they are."""

    number: int
    name: str
    phone: str
    sex: Sex
    age: int
    joined_at: datetime

    @property
    def id_number(self) -> str:
        """A made-up number that fits sex and age."""
        return made_up_number(self.number, self.joined_at.year - self.age, self.sex)


@dataclass(frozen=True)
class PlannedVisit:
    """One application and what came of it. `turns` are (who, text, when); the doctor speaks first."""

    patient: int
    doctor: int
    complaint: str
    applied_at: datetime
    outcome: Outcome
    answered_at: datetime | None = None
    turns: tuple[tuple[str, str, datetime], ...] = ()
    ended_at: datetime | None = None
    conclusion: str = ""
    advice: str = ""
    reason: int = 0


@dataclass
class Plan:
    """Everything to be written."""

    doctors: list[words.Doctor]
    patients: list[PlannedPatient] = field(default_factory=list)
    visits: list[PlannedVisit] = field(default_factory=list)


def plan_history(seed: int, now: datetime, size: Size | None = None) -> Plan:
    """The half year before `now`."""
    size = size or Size()
    draw = random.Random(seed)
    plan = Plan(_doctors(draw, size.doctors))
    plan.patients = _patients(draw, size, now)
    _Visits(draw, plan, now, size).draw_all()
    return plan


@lru_cache(maxsize=1)
def departments() -> list[dict[str, Any]]:
    """Departments with what their doctors are good at and what people come with (`cases.yaml`)."""
    read: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("cases.yaml").read_text(encoding="utf-8"))
    return read


def _doctors(draw: random.Random, count: int) -> list[words.Doctor]:
    """The five whom every demo has, then department by department until there are enough."""
    known = words.ORGANISATIONS[0].doctors
    doctors = list(known)
    named = {doctor.name for doctor in doctors}
    for rank in range(len(_TITLES)):
        for department in departments():
            if any(one.department == department["name"] and one.title == _TITLES[rank] for one in known):
                continue
            name = _fresh_name(draw, draw.choice(("female", "male")), draw.randrange(1962, 1996), named)
            skill = f"擅长{department['skills'][rank]}"
            doctors.append(words.Doctor(f"doctor{len(doctors) + 1}", name, _TITLES[rank], department["name"], skill))
    return doctors[:count]


def _fresh_name(draw: random.Random, sex: Sex, born: int, named: set[str]) -> str:
    while (name := name_of(draw, sex, born)) in named:
        pass
    named.add(name)
    return name


def _patients(draw: random.Random, size: Size, now: datetime) -> list[PlannedPatient]:
    patients = []
    taken = {phone for phone, _ in words.PATIENTS}
    for number in range(size.patients):
        age = min(88, max(18, round(draw.gauss(47, 17))))
        sex: Sex = "female" if draw.random() < 0.55 else "male"
        if number < len(words.PATIENTS):
            phone, name = words.PATIENTS[number]
            sex, age = ("male", 52) if number == 0 else ("female", 34 + 30 * (number - 1))
        else:
            phone, name = phone_of(draw, taken), name_of(draw, sex, now.year - age)
        joined = now - timedelta(days=size.days + draw.uniform(0, 30))
        patients.append(PlannedPatient(number, name, phone, sex, age, _whole(joined)))
    return patients


class _Visits:
    """Draws visit after visit; nobody has two open ones with one doctor."""

    def __init__(self, draw: random.Random, plan: Plan, now: datetime, size: Size) -> None:
        self._draw, self._plan, self._now, self._size = draw, plan, now, size
        self._over: dict[tuple[int, int], list[tuple[datetime, datetime]]] = {}
        self._by_department: dict[str, list[int]] = {}
        self._turns: dict[int, int] = {}
        for number, doctor in enumerate(plan.doctors):
            self._by_department.setdefault(doctor.department, []).append(number)
        # Some come every month, most once.
        self._weights = [draw.paretovariate(2.4) for _ in plan.patients]

    def draw_all(self) -> None:
        """Half a year, then today: so that queues and conversations stand open when the hospital does."""
        for _ in range(self._size.visits):
            self._draw_one(self._moment())
        for _ in range(max(4, self._size.visits // 40)):
            self._draw_one(self._now - timedelta(minutes=self._draw.uniform(2, 26 * 60)))
        self._day_of_the_known()
        self._plan.visits.sort(key=lambda visit: visit.applied_at)

    def _day_of_the_known(self) -> None:
        """The first patient and the first doctor, whom everybody signs in as, have something of everything."""
        for days, minutes in ((160, 0), (97, 30), (41, 12), (12, 5)):
            self._draw_one(self._now - timedelta(days=days, minutes=minutes), patient=0, doctor=0)
        for minutes in (12, 27, 41, 66, 95):
            self._draw_one(self._now - timedelta(minutes=minutes), doctor=0, outcome="waiting")
        for hours in (2, 3, 5):
            self._draw_one(self._now - timedelta(hours=hours), doctor=0, outcome="talking")
        self._draw_one(self._now - timedelta(hours=1), patient=0, doctor=0, outcome="talking")
        if len(self._plan.doctors) > 1:
            self._draw_one(self._now - timedelta(minutes=50), patient=0, doctor=1, outcome="waiting")

    def _moment(self) -> datetime:
        draw, days = self._draw, self._size.days
        while True:
            # More come as it becomes known, fewer on Sundays.
            day = self._now - timedelta(days=days * (1 - draw.random() ** 0.75))
            local = day + _BEIJING_OFFSET
            hour = draw.choices(range(24), _HOURS)[0]
            at = local.replace(hour=hour, minute=draw.randrange(60), second=draw.randrange(60)) - _BEIJING_OFFSET
            if at < self._now - timedelta(minutes=5) and not (local.weekday() == 6 and draw.random() < 0.5):
                return at

    def _draw_one(
        self, at: datetime, *, patient: int | None = None, doctor: int | None = None, outcome: Outcome | None = None
    ) -> None:
        """One visit, unless nobody is free for it."""
        at = _whole(at)
        doctor = self._a_doctor() if doctor is None else doctor
        department = next(one for one in departments() if one["name"] == self._plan.doctors[doctor].department)
        case = self._next_case(doctor, department["cases"])
        who = self._somebody(department, case, doctor, at) if patient is None else self._plan.patients[patient]
        if who is None or not self._is_free(who.number, doctor, at):
            return
        facts = self._facts(department, case, who)
        visit = self._story(case, facts, who.number, doctor, at, outcome or self._outcome(at))
        self._plan.visits.append(visit)
        over = visit.ended_at or self._now + timedelta(days=400)
        self._over.setdefault((who.number, doctor), []).append((at, over + timedelta(minutes=2)))

    def _next_case(self, doctor: int, cases: list[dict[str, Any]]) -> dict[str, Any]:
        """In turn, so that a queue does not say the same thing five times."""
        turn = self._turns[doctor] = self._turns.get(doctor, self._draw.randrange(len(cases))) + 1
        return cases[turn % len(cases)]

    def _a_doctor(self) -> int:
        department = self._draw.choice(list(self._by_department.values()))
        return self._draw.choices(department, [4 / (1 + place) for place in range(len(department))])[0]

    def _outcome(self, at: datetime) -> Outcome:
        age, luck = self._now - at, self._draw.random()
        if age < timedelta(hours=20):
            return "waiting" if luck < 0.45 else "talking" if luck < 0.75 else "finished" if luck < 0.95 else "refused"
        if age < ANSWER_WITHIN + timedelta(hours=4):
            return "finished" if luck < 0.9 else "refused"
        return "finished" if luck < 0.86 else "refused" if luck < 0.94 else "expired"

    def _somebody(
        self, department: dict[str, Any], case: dict[str, Any], doctor: int, at: datetime
    ) -> PlannedPatient | None:
        for _ in range(60):
            who = self._draw.choices(self._plan.patients, self._weights)[0]
            is_parent = case.get("parent", department.get("parent", False))
            low, high = (24, 48) if is_parent else case.get("ages", department["ages"])
            fits = max(low, 18) <= who.age <= high and department.get("sex", who.sex) == who.sex
            if fits and self._is_free(who.number, doctor, at):
                return who
        return None

    def _is_free(self, patient: int, doctor: int, at: datetime) -> bool:
        # What comes of a visit takes up to five days; another one before or after does not touch it.
        taken = self._over.get((patient, doctor), ())
        return all(at > over or at < begun - timedelta(days=5) for begun, over in taken)

    def _facts(self, department: dict[str, Any], case: dict[str, Any], who: PlannedPatient) -> dict[str, int]:
        draw = self._draw
        is_parent = case.get("parent", department.get("parent", False))
        low, high = case.get("ages", department["ages"])
        age = draw.randint(low, high) if is_parent else who.age
        return {
            "age": age,
            "days": draw.randint(2, 6),
            "weeks": draw.randint(2, 8),
            "months": draw.randint(2, 10),
            "years": min(draw.randint(1, 12), max(1, age - 15)),
        }

    def _story(
        self, case: dict[str, Any], facts: dict[str, int], patient: int, doctor: int, at: datetime, outcome: Outcome
    ) -> PlannedVisit:
        draw, complaint = self._draw, str(case["complaint"]).format(**facts)
        if outcome == "waiting":
            return PlannedVisit(patient, doctor, complaint, at, outcome)
        if outcome == "expired":
            return PlannedVisit(patient, doctor, complaint, at, outcome, ended_at=at + ANSWER_WITHIN)
        longest = max(120.0, (self._now - at).total_seconds())
        answered = _whole(at + timedelta(seconds=min(longest / 4, 60 + draw.expovariate(1 / 5400))))
        if outcome == "refused":
            return PlannedVisit(
                patient, doctor, complaint, at, outcome, answered, (), answered, reason=draw.randrange(4)
            )
        said = [(("doctor", "patient")[n % 2], text.format(**facts)) for n, text in enumerate(case["talk"])]
        if outcome == "talking":
            said = said[: draw.randint(1, len(said))]
        elif said[-1][0] == "doctor":
            said.append(("patient", draw.choice(_THANKS)))
        turns, ended = self._spoken(said, answered)
        if outcome == "talking":
            return PlannedVisit(patient, doctor, complaint, at, outcome, answered, turns)
        conclusion, advice = (str(case[part]).format(**facts) for part in ("conclusion", "advice"))
        return PlannedVisit(patient, doctor, complaint, at, outcome, answered, turns, ended, conclusion, advice)

    def _spoken(self, said: list[tuple[str, str]], answered: datetime) -> tuple[Any, datetime]:
        """When each was said, and when the doctor closed; all of it in the past."""
        moment = answered + timedelta(seconds=5)
        left = (self._now - moment).total_seconds() / (len(said) + 2)
        turns = []
        for who, text in said:
            moment = _whole(moment + timedelta(seconds=min(left, 20 + self._draw.expovariate(1 / 240))))
            turns.append((who, text, moment))
        return tuple(turns), _whole(moment + timedelta(seconds=min(left, 60 + self._draw.expovariate(1 / 300))))


def _whole(moment: datetime) -> datetime:
    """To the millisecond, as the hospital's clock tells time."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
