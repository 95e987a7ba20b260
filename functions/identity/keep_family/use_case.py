"""Keeping the list of one's family, and answering those who would act for one."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from adapters import id_check
from hospital.caller import Caller
from hospital.consents.errors import ConsentMissing
from hospital.consents.store import decide, read, require
from hospital.errors import ChangedMeanwhile
from hospital.families.errors import FamilyFull, MemberNotFound, NotOneself, ProofNeeded, TooManyMembers
from hospital.families.events import MemberChanged, MemberJoined
from hospital.families.model import (
    MOST,
    GuardianPaper,
    Member,
    Relation,
    person_id_of,
    require_guardian,
    stage_of,
)
from hospital.families.store import (
    families_with,
    family_of,
    get_member,
    let_go,
    member_with,
    members,
    take_in,
)
from hospital.limits import Limit
from hospital.listings import DAY_ZONE
from hospital.people.keys import person_key
from hospital.people.model import Person
from hospital.people.store import persons
from hospital.verifications.errors import IdentityMismatch
from hospital.verifications.id_number import IdNumber, clean_name, parse_id_number
from hospital.verifications.model import Identity, Proven
from hospital.verifications.store import (
    get_identity,
    identities,
    number_hash,
    owner_of_number,
    require_verified,
)
from hospital.work import Work, decided_again
from identity.keep_family.answers import FamilyView, HelperView, MemberView

TRIES = Limit("family_members", most=20, window=timedelta(days=1), refusal=TooManyMembers)
"""Nobody finds out by trying which name a number belongs to."""


def view_family(*, by: Caller, now: datetime) -> FamilyView:
    """Both directions. Who never showed who they are stands on no list that they could see."""
    today = _day(now)
    mine = [_view(one) for one in family_of(by.person_id, today)]
    identity = get_identity(by.person_id)
    with_me = families_with(number_hash(identity.id_number), today) if identity else []
    adults = [one for one in with_me if one.stage == "adult" and one.owner_id != by.person_id]
    return FamilyView(members=mine, helpers=[_helper(one) for one in adults])


def view_member(member_id: str, *, by: Caller, now: datetime) -> MemberView:
    """One of one's own."""
    return _view(get_member(by.person_id, member_id, _day(now)))


def add_member(
    name: str, id_number: str, relation: Relation, paper: GuardianPaper | None, *, by: Caller, now: datetime
) -> MemberView:
    """Somebody whom the authority knows by that name and number comes on the caller's list, pending."""
    today = _day(now)
    guardian = require_verified(by.person_id)
    name, number = clean_name(name), parse_id_number(id_number, today)
    if number.text == guardian.id_number:
        raise NotOneself
    if stage_of(number.birth_date, today) == "child":
        require_guardian(guardian.birth_date, number.birth_date, today)
        if paper is None:
            raise ProofNeeded
    else:
        paper = None
    if len(family_of(by.person_id, today)) >= MOST:
        raise FamilyFull(most=MOST)
    TRIES.take(by.person_id)
    found = id_check.checker().check(name, number.text)
    if found.result != "match":
        raise IdentityMismatch
    proven = Proven(name, number, level="authority", method="number", reference=found.reference)
    return decided_again(lambda: _added(proven, relation, paper, by, now))


def change_member(
    member_id: str, version: int, relation: Relation, called: str | None, *, by: Caller, now: datetime
) -> MemberView:
    """They are called otherwise, or are another relation. Name and number are what the authority says."""
    member = get_member(by.person_id, member_id, _day(now))
    if member.version != version:
        raise ChangedMeanwhile
    with Work(by=by) as work:
        changed = work.change(members, member, member.having(relation=relation, called=called))
        work.emit(MemberChanged.of(changed))
        return work.answer(_view(changed))


def remove_member(member_id: str, *, by: Caller, now: datetime) -> None:
    """The one who keeps the list ends it."""
    decided_again(lambda: _removed(member_id, by, now))


def agree(member_id: str, text_version: int, *, by: Caller, now: datetime) -> HelperView:
    """The caller, verified in their own account, lets the one on whose list they stand act for them."""
    return decided_again(lambda: _agreed(member_id, text_version, by, now))


def leave(member_id: str, *, by: Caller, now: datetime) -> None:
    """The caller stands on that list no more, whether they had agreed or not."""
    decided_again(lambda: _left(member_id, by, now))


def _added(proven: Proven, relation: Relation, paper: GuardianPaper | None, by: Caller, now: datetime) -> MemberView:
    number: IdNumber = proven.number
    hashed = number_hash(number.text)
    person_id = owner_of_number(number.text) or person_id_of(hashed)
    member = Member.add(
        owner_id=by.person_id,
        person_id=person_id,
        relation=relation,
        name=proven.name,
        id_number=number.text,
        birth_date=number.birth_date,
        number_hash=hashed,
        paper=paper,
        now=now,
        today=_day(now),
    )
    with Work(by=by, doing="person.write_down") as work:
        if persons.get(person_key(person_id)) is None:
            _write_down(work, person_id, proven, now)
        stored = take_in(work, member)
        return work.answer(_view(stored))


def _write_down(work: Work, person_id: str, proven: Proven, now: datetime) -> None:
    """Somebody without an account. The number stays free: it is claimed by whoever shows that it is theirs."""
    person = Person(id=person_id, name=proven.name, joined_at=now)
    work.add(persons, person.verified_as(proven.name, now))
    work.add(identities, Identity.of(person_id, proven, now))


def _removed(member_id: str, by: Caller, now: datetime) -> None:
    member = get_member(by.person_id, member_id, _day(now))
    with Work(by=by) as work:
        let_go(work, member, member.ended("owner", now))


def _agreed(member_id: str, text_version: int, by: Caller, now: datetime) -> HelperView:
    today = _day(now)
    member = member_with(_own_hash(by), member_id, today)
    consent, text = read("family_help", by.person_id)
    with Work(by=by) as work:
        agreed = work.change(members, member, member.agreed(by.person_id, "account", now, today))
        work.emit(MemberJoined.of(agreed))
        if not consent.holds(text):
            decide(work, "give", consent, text, text_version, by.person_id, now)
        return work.answer(_helper(agreed))


def _left(member_id: str, by: Caller, now: datetime) -> None:
    member = member_with(_own_hash(by), member_id, _day(now))
    if member.stage != "adult":
        raise MemberNotFound
    with Work(by=by) as work:
        let_go(work, member, member.ended("member", now))


def _own_hash(by: Caller) -> str:
    return number_hash(require_verified(by.person_id).id_number)


def _view(member: Member) -> MemberView:
    return MemberView.of(member, consents=member.stage == "adult" and member.state == "full" and _agrees(member))


def _agrees(member: Member) -> bool:
    try:
        require("family_help", member.person_id)
    except ConsentMissing:
        return False
    return True


def _helper(member: Member) -> HelperView:
    owner = get_identity(member.owner_id)
    return HelperView.of(member, owner.name if owner else "")


def _day(now: datetime) -> date:
    return now.astimezone(DAY_ZONE).date()
