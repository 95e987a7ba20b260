"""Checks at a counter."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from pydantic import BaseModel

from hospital import ids, secret_keys
from hospital.caller import Caller
from hospital.families.events import MemberJoined
from hospital.families.model import GuardianPaper, Member, Relation, State
from hospital.families.store import family_of, get_member, members
from hospital.limits import Limit
from hospital.listings import DAY_ZONE
from hospital.people.model import Person
from hospital.people.store import get_person, persons
from hospital.verifications.errors import CounterCheckNotFound, CounterCheckOver, CounterCodeWrong, TooManyVerifications
from hospital.verifications.events import CounterCheckConfirmed
from hospital.verifications.id_number import clean_name, masked_number, parse_id_number
from hospital.verifications.keys import counter_check_key, counter_code_key
from hospital.verifications.model import COUNTER_LIFE, CounterCheck, Proven
from hospital.verifications.recording import record
from hospital.verifications.store import counter_checks, counter_codes
from hospital.work import Work, decided_again

WRONG_PER_STAFF = Limit("counter_code_of_staff", most=20, window=timedelta(minutes=15), refusal=TooManyVerifications)


class CounterCheckView(BaseModel):
    """Whose account it is, so that staff see that it is not somebody else's phone; what was typed in the end."""

    id: str
    phone_masked: str | None
    said_name: str | None
    expires_at: datetime
    confirmed_at: datetime | None

    @classmethod
    def of(cls, check: CounterCheck, person: Person) -> CounterCheckView:
        """As staff see it."""
        return cls(
            id=check.id,
            phone_masked=person.phone_masked,
            said_name=person.name,
            expires_at=check.expires_at,
            confirmed_at=check.confirmed_at,
        )


class WaitingChild(BaseModel):
    """A child, and the paper that staff compare."""

    id: str
    name: str
    id_number_masked: str
    birth_date: date
    relation: Relation
    paper: GuardianPaper | None
    state: State

    @classmethod
    def of(cls, member: Member) -> WaitingChild:
        """As staff see it."""
        shown = member.model_dump(include=set(cls.model_fields))
        return cls(id_number_masked=masked_number(member.id_number), **shown)


class WaitingChildren(BaseModel):
    """Those of whoever stands at the counter."""

    items: list[WaitingChild]


def begin_check(code: str, *, by: Caller, now: datetime) -> CounterCheckView:
    """The check of whoever shows the code, which nobody can show again."""
    WRONG_PER_STAFF.take(by.person_id)
    shown = counter_codes.get(counter_code_key(secret_keys.lookup_hash("counter_code", code)))
    if shown is None or now >= shown.expires_at:
        raise CounterCodeWrong
    WRONG_PER_STAFF.give_back(by.person_id)
    check = CounterCheck(
        id=ids.new_id("chk"),
        person_id=shown.person_id,
        organisation_id=by.organisation_id,
        practitioner_role_id=by.practitioner_role_id,
        begun_at=now,
        expires_at=now + COUNTER_LIFE,
    )
    with Work(by=by, doing="counter_check.begin") as work:
        work.remove(counter_codes, shown, otherwise=CounterCodeWrong())
        stored = work.add(counter_checks, check)
        return work.answer(CounterCheckView.of(stored, get_person(shown.person_id)))


def view_children(check_id: str, *, by: Caller, now: datetime) -> WaitingChildren:
    """The children for whom the person at the counter says to be guardian, with the paper that they said to show."""
    check = _open_check(check_id, by, now)
    waiting = [one for one in family_of(check.person_id, _day(now)) if one.stage == "child" and one.state == "pending"]
    return WaitingChildren(items=[WaitingChild.of(one) for one in waiting])


def confirm_child(check_id: str, member_id: str, *, by: Caller, now: datetime) -> WaitingChild:
    """The paper was seen, and names both."""
    return decided_again(lambda: _confirmed_child(check_id, member_id, by, now))


def _confirmed_child(check_id: str, member_id: str, by: Caller, now: datetime) -> WaitingChild:
    check = _open_check(check_id, by, now)
    member = get_member(check.person_id, member_id, _day(now))
    with Work(by=by) as work:
        joined = work.change(members, member, member.seen_by_staff(by.practitioner_role_id, now, _day(now)))
        work.emit(MemberJoined.of(joined))
        return work.answer(WaitingChild.of(joined))


def _open_check(check_id: str, by: Caller, now: datetime) -> CounterCheck:
    check = counter_checks.get(counter_check_key(check_id))
    if check is None or check.practitioner_role_id != by.practitioner_role_id:
        raise CounterCheckNotFound
    if now >= check.expires_at:
        raise CounterCheckOver
    return check


def _day(now: datetime) -> date:
    return now.astimezone(DAY_ZONE).date()


def confirm_check(check_id: str, typed_name: str, typed_number: str, *, by: Caller, now: datetime) -> CounterCheckView:
    """The person at the counter is whom the card names."""
    name = clean_name(typed_name)
    number = parse_id_number(typed_number, now.astimezone(DAY_ZONE).date())
    proven = Proven(name, number, level="manual", method="counter", reference=check_id)
    return decided_again(lambda: _confirmed(check_id, proven, by, now))


def _confirmed(check_id: str, proven: Proven, by: Caller, now: datetime) -> CounterCheckView:
    check = counter_checks.get(counter_check_key(check_id))
    if check is None or check.practitioner_role_id != by.practitioner_role_id:
        raise CounterCheckNotFound
    person = get_person(check.person_id)
    with Work(by=by, doing="person.verify") as work:
        confirmed = work.change(counter_checks, check, check.confirm(now))
        work.emit(CounterCheckConfirmed.of(confirmed))
        record(work, person.id, proven, now)
        changed = work.change(persons, person, person.verified_as(proven.name, now))
        return work.answer(CounterCheckView.of(confirmed, changed))
