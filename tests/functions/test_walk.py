"""Random walks through the use cases on the store, against the pure model and a plain list of what was said.

Whatever people do in whatever order, at whatever time, however late and often events arrive: routes answer what the
model answers, and what is read afterwards is what the model holds.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from consultation.answer_visit.app import app as answer_visit
from consultation.apply_for_visit.app import app as apply_for_visit
from consultation.finish_visit.app import app as finish_visit
from consultation.view_visits.app import app as view_visits
from hospital.conversations.keys import conversation_id_of_visit
from hospital.visits.errors import VisitMovedOn
from hospital.visits.model import OPEN, Refusal, Summary, Visit
from hospital.visits.store import get_visit
from house.sweep_due.app import app as sweep_due
from messaging.view_conversations.app import app as view_conversations
from tests.builders.cloud import Cloud
from tests.builders.delivery import Delivery
from tests.builders.gateway import Answer, call
from tests.builders.moments import Time
from tests.builders.people import Clinic, PatientOf, Staff, new_patient
from tests.builders.sockets import Socket, Sockets
from tests.builders.visits import SUMMARY, application

pytestmark = pytest.mark.store


@dataclass
class Mirror:
    """What should be: each visit as the model moved it, and what was said in its conversation after the greeting."""

    visits: dict[str, Visit] = field(default_factory=dict)
    said: dict[str, list[str]] = field(default_factory=dict)
    overdue: set[str] = field(default_factory=set)

    def put(self, visit: Visit) -> None:
        """The visit was written once more."""
        self.visits[visit.id] = visit.having(version=visit.version + 1)

    def open_between(self, patient: PatientOf, doctor: Staff, now: Any) -> Visit | None:
        """The open visit of the two, as it stands now."""
        for visit in self.visits.values():
            if (visit.person_id, visit.doctor.id) == (patient.person.id, doctor.role.id) and visit.as_of(
                now
            ).state in OPEN:
                return visit
        return None


class Walk:
    """One hospital, some people, and dice."""

    def __init__(self, seed: int, clinic: Clinic, deliver: Delivery, sockets: Sockets, time: Time) -> None:
        self.dice = random.Random(seed)
        self.clinic, self.deliver, self.sockets, self.time = clinic, deliver, sockets, time
        self.patients = [new_patient() for _ in range(3)]
        self.doctors = [clinic.doctor, clinic.colleague]
        self.mirror = Mirror()
        self.sent = 0
        self.done: dict[str, int] = {}

    def step(self) -> None:
        """Somebody does something, or time passes."""
        acts = [self.apply] * 4 + [self.accept] * 4 + [self.refuse] * 2 + [self.finish] * 3 + [self.send] * 4
        act = self.dice.choice([*acts, self.pass_time, self.pass_time, self.carry, self.carry, self.sweep])
        if act() is not False:
            self.done[act.__name__] = self.done.get(act.__name__, 0) + 1

    # -- people ---------------------------------------------------------------------------------------------------

    def apply(self) -> bool:
        """A patient asks a doctor."""
        patient, doctor, now = self.dice.choice(self.patients), self.dice.choice(self.doctors), self.time.now
        answer = call(apply_for_visit, "POST", "/visits", application(self.clinic, doctor), who=patient.caller)
        standing = self.mirror.open_between(patient, doctor, now)
        if standing is not None:
            assert answer.refused(409, "visit.already_open") == {"visit_id": standing.id}
            return False
        made = answer.ok(201)
        for visit in list(self.mirror.visits.values()):  # an older one past its time is written down with it
            if (visit.person_id, visit.doctor.id, visit.state) == (patient.person.id, doctor.role.id, "applied"):
                self.mirror.put(visit.expire(now))
        visit = get_visit(made["id"])
        expected = Visit.apply(
            organisation_id=self.clinic.id,
            patient=visit.patient,
            doctor=visit.doctor,
            complaint=application(self.clinic)["complaint"],
            notice=visit.notice,
            now=now,
            answer_within=timedelta(hours=24),
        )
        self.mirror.put(expected.having(id=made["id"]))
        return True

    def accept(self) -> bool:
        """A doctor accepts, in time or not, their own or not."""
        return self.act("accept", answer_visit, {}, lambda visit: visit.accept(self.time.now))

    def refuse(self) -> bool:
        """A doctor refuses."""
        body = {"reason_id": self.clinic.reasons[0].id, "words": "请来院"}
        refusal = Refusal(reason=self.clinic.reasons[0].content["words"], words="请来院")
        return self.act("refuse", answer_visit, body, lambda visit: visit.refuse(refusal, self.time.now))

    def finish(self) -> bool:
        """A doctor finishes."""
        summary = Summary(**SUMMARY.model_dump())
        return self.act(
            "finish", finish_visit, SUMMARY.model_dump(), lambda visit: visit.finish(summary, self.time.now)
        )

    def act(self, verb: str, app: Any, body: dict[str, Any], move: Any) -> bool:
        """The route and the model are asked the same."""
        if not self.mirror.visits:
            return False
        visit = self.dice.choice(list(self.mirror.visits.values())[-6:])
        doctor = self.dice.choice(self.doctors)
        answer: Answer = call(app, "POST", f"/visits/{visit.id}/{verb}", body, who=doctor.caller)
        if doctor.role.id != visit.doctor.id:
            answer.refused(403, "visit.not_the_doctor")
            return False
        try:
            moved = move(visit)
        except VisitMovedOn as refusal:
            assert answer.refused(409, "visit.moved_on") == refusal.facts
            return False
        answer.ok()
        self.mirror.put(moved)
        return True

    def send(self) -> bool:
        """A member, or somebody else, writes."""
        begun = [visit for visit in self.mirror.visits.values() if visit.conversation_id]
        if not begun:
            return False
        visit = self.dice.choice(begun[-3:])
        who: PatientOf | Staff = self.dice.choice([*self.patients, *self.doctors])
        self.sent += 1
        text = f"第 {self.sent} 句"
        frame = self.page(who).send(visit.conversation_id or "", text, f"client-id-{self.sent:06}")
        if who.caller.person_id not in (visit.person_id, visit.doctor.person_id):
            assert frame["code"] == "conversation.not_found"
            return False
        if visit.state == "finished":
            assert frame["code"] == "conversation.closed"
            return False
        said = self.mirror.said.setdefault(visit.id, [])
        said.append(text)
        assert frame["seq"] == len(said) + 1
        return True

    def page(self, who: PatientOf | Staff) -> Socket:
        """A page of that person; sessions end, so it is a new one each time."""
        page = self.sockets.open(who.caller)
        page.take()
        return page

    # -- what happens by itself -----------------------------------------------------------------------------------

    def pass_time(self) -> None:
        """A moment, or many hours."""
        self.time.passes(seconds=self.dice.choice((1, 60, 3600, 9 * 3600)))

    def carry(self) -> None:
        """Events arrive, once or twice."""
        self.deliver(twice=self.dice.random() < 0.5)
        for visit in list(self.mirror.visits.values()):
            if visit.state == "accepted":
                self.mirror.put(visit.begin(conversation_id_of_visit(visit.id), self.time.now))
            elif visit.id in self.mirror.overdue and visit.state == "applied":
                self.mirror.put(visit.expire(self.time.now))
        self.mirror.overdue.clear()

    def sweep(self) -> None:
        """The minute's sweep, which reports what is due; the reports arrive with the next delivery."""
        sweep_due({}, None)
        due = (visit for visit in self.mirror.visits.values() if visit.answer_by <= self.time.now)
        self.mirror.overdue |= {visit.id for visit in due if visit.state == "applied"}

    # -- what is read ---------------------------------------------------------------------------------------------

    def check(self) -> None:
        """Everything that can be read is what the mirror holds."""
        now = self.time.now
        for visit in self.mirror.visits.values():
            stored = get_visit(visit.id)
            assert stored.model_dump() == visit.model_dump()
        for patient in self.patients:
            mine = [visit.as_of(now) for visit in self.mirror.visits.values() if visit.person_id == patient.person.id]
            read = call(view_visits, "GET", "/visits?limit=100", who=patient.caller).ok()["items"]
            assert {one["id"]: one["state"] for one in read} == {visit.id: visit.state for visit in mine[-100:]}
        for doctor in self.doctors:
            waiting = [
                visit.id
                for visit in self.mirror.visits.values()
                if visit.doctor.id == doctor.role.id and visit.as_of(now).state == "applied"
            ]
            read = call(answer_visit, "GET", "/queue?limit=100", who=doctor.caller).ok()["items"]
            assert sorted(one["id"] for one in read) == sorted(waiting)
        for visit_id, said in self.mirror.said.items():
            visit = self.mirror.visits[visit_id]
            patient = next(one for one in self.patients if one.person.id == visit.person_id)
            path = f"/conversations/{visit.conversation_id}"
            shown = call(view_conversations, "GET", path, who=patient.caller).ok()
            assert (shown["last_seq"], shown["state"] == "closed") == (len(said) + 1, visit.state == "finished")
            read = call(view_conversations, "GET", f"{path}/messages?limit=100", who=patient.caller).ok()["items"]
            assert [one["content"]["text"] for one in read if one["type"] == "text"] == said[-len(read) :][-99:]


def check_numbers(cloud: Cloud) -> None:
    """Each record's audit lines have the versions 1, 2, 3 ... without a gap, and each event stands by its line."""
    for table in ("clinical", "conversations", "people"):
        rows = cloud.rows(table)
        versions: dict[tuple[str, str], list[int]] = {}
        for row in rows:
            if row.get("row") == "audit":
                record = row["sk"].rpartition("#")[0]  # several of a kind may share a partition
                versions.setdefault((row["pk"], record), []).append(row["record_version"])
        for counted in versions.values():
            assert sorted(counted) == list(range(1, len(counted) + 1))


@pytest.fixture
def walk(cloud: Cloud, clinic: Clinic, deliver: Delivery, sockets: Sockets, time: Time) -> Callable[..., Walk]:
    """`walk(seed, steps, every)`: that many steps, a look at everything now and then, at the numbers in the end."""

    def go(seed: int, steps: int, every: int) -> Walk:
        walking = Walk(seed, clinic, deliver, sockets, time)
        for number in range(steps):
            walking.step()
            if number % every == every - 1:
                walking.check()
        walking.carry()
        walking.check()
        check_numbers(cloud)
        return walking

    return go


@pytest.mark.parametrize("seed", range(2))
def test_a_short_walk(walk, seed: int):
    walking = walk(seed, steps=200, every=25)
    assert {"apply", "accept", "refuse", "finish", "send", "carry", "sweep"} <= walking.done.keys(), walking.done


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(100, 106))
def test_a_walk_of_thousands_of_steps(walk, seed: int):
    walking = walk(seed, steps=1_000, every=100)
    assert min(walking.done.values()) > 5, walking.done
