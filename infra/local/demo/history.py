"""Makes a plan happen: each act goes through its use case, at its own time, as the person who did it.

What consumers of events would have done is done by them, too. So the tables hold what half a year of work would have
left in them, audit lines included; what expires (events, answers kept for a retry) is gone by the end.
"""

from __future__ import annotations

import heapq
import itertools
import json
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from hospital import clock, ids
from hospital.caller import Asked, Caller, Role, system
from hospital.conversations.keys import conversation_id_of_visit
from hospital.conversations.sending import store_message
from hospital.conversations.store import get_tail
from hospital.records import from_attributes
from hospital.sessions.opening import log_sign_in, new_session
from hospital.sessions.store import sessions
from hospital.work import Work

from ..store.seams import Patch, Seam
from . import words
from .admission import admit
from .manuscript import Item, Manuscript
from .plan import Plan, PlannedPatient, PlannedVisit

Act = Callable[[], None]

_PHONE = "Mozilla/5.0 (Linux; Android 14; zh-cn) AppleWebKit/537.36 MicroMessenger/8.0"
_DESK = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0"
_STAFF_SIGN_INS = timedelta(days=30)


@contextmanager
def ids_drawn(seed: int) -> Iterator[None]:
    """Within the block ids follow from the seed: the same seed and day, the same ids."""
    patch = Patch([Seam(ids, "secrets", None, lambda _own: _Drawn(random.Random(seed)))])
    try:
        yield
    finally:
        patch.remove()


class _Drawn:
    """Stands in for `secrets`."""

    def __init__(self, draw: random.Random) -> None:
        self._draw = draw

    def randbits(self, bits: int) -> int:
        return self._draw.getrandbits(bits)

    def token_urlsafe(self, bytes_: int) -> str:
        return self._draw.randbytes(bytes_).hex()


class History:
    """Writes one plan for one organisation, founded by `found_organisation`: `founded` is what that answered."""

    def __init__(self, plan: Plan, founded: dict[str, Any], manuscript: Manuscript, seed: int) -> None:
        self._plan, self._founded = plan, founded
        self._draw = random.Random(seed)
        self._count = itertools.count()
        self._acts: list[tuple[datetime, int, Act]] = []
        self._doctors = [one for one in founded["staff"] if one["role"] == "doctor"]
        self._persons: dict[int, str] = {}
        self._visit_ids: dict[int, str] = {}
        manuscript.told = self._hear

    def write(self, now: datetime) -> None:
        """All of it, up to `now`."""
        for patient in self._plan.patients:
            self._at(patient.joined_at, partial(self._join, patient))
        for number, visit in enumerate(self._plan.visits):
            self._schedule(number, visit, now)
        while self._acts and self._acts[0][0] <= now:
            at, _, act = heapq.heappop(self._acts)
            with clock.standing(at):
                act()

    # -- when what happens -----------------------------------------------------------------------------------------

    def _at(self, moment: datetime, act: Act) -> None:
        heapq.heappush(self._acts, (moment, next(self._count), act))

    def _schedule(self, number: int, visit: PlannedVisit, now: datetime) -> None:
        self._at(visit.applied_at - timedelta(seconds=40), lambda: self._patient_signs_in(visit))
        self._at(visit.applied_at, lambda: self._apply(number, visit))
        if visit.answered_at is None:
            return
        if now - visit.answered_at < _STAFF_SIGN_INS:
            self._at(visit.answered_at - timedelta(minutes=3), lambda: self._doctor_signs_in(visit))
        if visit.outcome == "refused":
            self._at(visit.answered_at, lambda: self._refuse(number, visit))
            return
        self._at(visit.answered_at, lambda: self._accept(number, visit))
        for turn in visit.turns:
            self._at(turn[2], partial(self._say, number, visit, turn))
        if visit.ended_at is not None:
            self._at(visit.ended_at, lambda: self._finish(number, visit))
            self._at(visit.ended_at + timedelta(seconds=30), lambda: self._read(number, visit))

    def _hear(self, _table: str, item: Item) -> None:
        """An outbox row, or one of the due-list, that was written just now: consumers come a moment later."""
        row = item.get("row", {}).get("S")
        if row == "event":
            told = json.loads(item["envelope"]["S"])
            if told["type"] == "visit.accepted.v1":
                self._at(clock.now() + timedelta(seconds=1), lambda: self._open_conversation(told))
        elif row == "due":
            entry = from_attributes(item)
            due = clock.moment(entry["sk"].partition("#")[0])
            self._at(due + timedelta(seconds=20), lambda: self._fall_due(entry))

    # -- what happens ----------------------------------------------------------------------------------------------

    def _join(self, patient: PlannedPatient) -> None:
        person = admit(patient.phone, patient.name, patient.id_number)
        self._persons[patient.number] = person.id

    def _patient_signs_in(self, visit: PlannedVisit) -> None:
        by = self._patient(visit, "POST /patient-sessions")
        self._sign_in(by, "patient", "code")

    def _doctor_signs_in(self, visit: PlannedVisit) -> None:
        self._sign_in(self._doctor(visit, "POST /staff-sessions"), "doctor", "password")

    def _sign_in(self, by: Caller, role: Role, method: Any) -> None:
        """As the use cases do it, once somebody has proved who they are."""
        audience: Any = "patient" if role == "patient" else "staff"
        now = clock.now()
        with Work(by=by, doing="session.open") as work:
            opened = new_session(
                by.person_id, audience, role, by.asked, now, by.practitioner_role_id, by.organisation_id
            )
            work.add(sessions, opened)
            log_sign_in(
                work,
                by.person_id,
                method,
                "succeeded",
                by.asked,
                now,
                role=role,
                organisation_id=by.organisation_id,
                practitioner_role_id=by.practitioner_role_id,
            )

    def _apply(self, number: int, visit: PlannedVisit) -> None:
        from consultation.apply_for_visit.use_case import ApplyForVisit, apply_for_visit

        notice = self._founded["notice"]
        command = ApplyForVisit(
            doctor_id=self._doctors[visit.doctor]["practitioner_role_id"],
            complaint=visit.complaint,
            notice_id=notice["id"],
            notice_version=notice["version"],
        )
        by = self._patient(visit, "POST /visits")
        self._visit_ids[number] = apply_for_visit(command, by=by, now=clock.now()).id

    def _accept(self, number: int, visit: PlannedVisit) -> None:
        from consultation.answer_visit.use_case import accept_visit

        accept_visit(self._visit_ids[number], by=self._doctor(visit, "POST /visits/{visit_id}/accept"), now=clock.now())

    def _refuse(self, number: int, visit: PlannedVisit) -> None:
        from consultation.answer_visit.use_case import refuse_visit

        reason = self._founded["reasons"][visit.reason]
        by = self._doctor(visit, "POST /visits/{visit_id}/refuse")
        refuse_visit(self._visit_ids[number], reason["id"], "", by=by, now=clock.now())

    def _open_conversation(self, told: dict[str, Any]) -> None:
        from consultation.on_visit_accepted_open_conversation.use_case import on_visit_accepted_open_conversation

        on_visit_accepted_open_conversation(told, system("on_visit_accepted_open_conversation", because=told["id"]))

    def _fall_due(self, entry: dict[str, Any]) -> None:
        from consultation.on_visit_answer_due_expire_visit.use_case import on_visit_answer_due_expire_visit
        from hospital.records import Key
        from hospital.table import Table

        told = json.loads(entry["envelope"])
        Table("clinical").remove(Key(entry["pk"], entry["sk"]))
        on_visit_answer_due_expire_visit(told, system("on_visit_answer_due_expire_visit", because=told["id"]))

    def _say(self, number: int, visit: PlannedVisit, turn: tuple[str, str, datetime]) -> None:
        who, text, at = turn
        by = self._doctor(visit) if who == "doctor" else self._patient(visit)
        client_id = f"{self._draw.getrandbits(96):024x}"
        conversation_id = conversation_id_of_visit(self._visit_ids[number])
        store_message(conversation_id, by, client_id, "text", {"text": text}, at)

    def _finish(self, number: int, visit: PlannedVisit) -> None:
        from consultation.finish_visit.use_case import finish_visit

        by = self._doctor(visit, "POST /visits/{visit_id}/finish")
        finish_visit(self._visit_ids[number], visit.conclusion, visit.advice, by=by, now=clock.now())

    def _read(self, number: int, visit: PlannedVisit) -> None:
        from messaging.reading import raise_own_mark

        conversation_id = conversation_id_of_visit(self._visit_ids[number])
        last = get_tail(conversation_id).last_seq
        for by in (self._doctor(visit), self._patient(visit)):
            raise_own_mark(conversation_id, "read_seq", last, by=by)

    # -- who -------------------------------------------------------------------------------------------------------

    def _patient(self, visit: PlannedVisit, route: str = "socket") -> Caller:
        asked = self._asked(route, _PHONE, 1000 + visit.patient)
        return Caller(person_id=self._persons[visit.patient], role="patient", asked=asked)

    def _doctor(self, visit: PlannedVisit, route: str = "socket") -> Caller:
        doctor = self._doctors[visit.doctor]
        return Caller(
            person_id=doctor["person_id"],
            role="doctor",
            asked=self._asked(route, _DESK, visit.doctor),
            organisation_id=self._founded["organisation_id"],
            practitioner_role_id=doctor["practitioner_role_id"],
        )

    def _asked(self, route: str, device: str, place: int) -> Asked:
        """An address of the ranges for documentation (RFC 5737), always the same for one person."""
        network = ("203.0.113", "198.51.100")[place % 2]
        request_id = f"{self._draw.getrandbits(128):032x}"
        return Asked(request_id=request_id, route=route, ip=f"{network}.{place % 250 + 1}", device=device)


def patients_shown(plan: Plan) -> list[dict[str, str]]:
    """The demo's own patients, then those with most to look at, as the sandbox offers them."""
    visits: dict[int, int] = {}
    for visit in plan.visits:
        visits[visit.patient] = visits.get(visit.patient, 0) + 1
    own = plan.patients[: len(words.PATIENTS)]
    most = sorted(plan.patients[len(own) :], key=lambda one: (-visits.get(one.number, 0), one.number))[:9]
    return [{"phone": one.phone, "name": one.name, "id_number": one.id_number} for one in [*own, *most]]
