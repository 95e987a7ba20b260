"""Where families are kept."""

from __future__ import annotations

from datetime import date

from pynamodb.expressions.operand import Path

from hospital import ids
from hospital.families import keys
from hospital.families.errors import MemberNotFound, MemberTaken
from hospital.families.events import MemberAdded, MemberLeft
from hospital.families.model import Member, Place
from hospital.records import Key
from hospital.table import Collection
from hospital.work import Work

members = Collection(
    Member,
    "people",
    key=lambda one: keys.member_key(one.owner_id, one.id),
    lists={
        "of_owner": lambda one: None if one.state == "ended" else Key(keys.family_key(one.owner_id), one.id),
        "of_number": lambda one: (
            None if one.state == "ended" else Key(keys.families_of_key(one.number_hash), f"{one.owner_id}#{one.id}")
        ),
    },
)
places = Collection(
    Place,
    "people",
    key=lambda one: keys.place_key(one.owner_id, one.number_hash),
    audited=False,  # says nothing that the member's own line does not
)


def get_member(owner_id: str, member_id: str, today: date) -> Member:
    """A member of that person's family as they stand today, pending or full; `MemberNotFound` for any other's."""
    found = members.get(keys.member_key(owner_id, member_id)) if ids.is_id(member_id) else None
    if found is None or found.state == "ended":
        raise MemberNotFound
    return found.as_of(today)


def family_of(owner_id: str, today: date) -> list[Member]:
    """Everybody in that person's family, as they stand today, in the order in which they came."""
    page = members.page("of_owner", keys.family_key(owner_id), limit=100)
    return [one.as_of(today) for one in page.items]


def families_with(number_hash: str, today: date) -> list[Member]:
    """Where the person with that number stands on somebody's list."""
    page = members.page("of_number", keys.families_of_key(number_hash), limit=100)
    return [one.as_of(today) for one in page.items]


def member_with(number_hash: str, member_id: str, today: date) -> Member:
    """One of those, as it was written last; `MemberNotFound`."""
    found = next((one for one in families_with(number_hash, today) if one.id == member_id), None)
    if found is None:
        raise MemberNotFound
    return get_member(found.owner_id, member_id, today)


# -- writing, within a transaction ------------------------------------------------------------------------------------


def take_in(work: Work, member: Member) -> Member:
    """The member as it is stored with `work`; `MemberTaken` when somebody with that number is in the family."""
    held = places.get(keys.place_key(member.owner_id, member.number_hash))
    if held is not None:
        raise MemberTaken(member_id=held.member_id)
    stored = work.add(members, member)
    work.add(places, Place.of(stored), otherwise=MemberTaken())
    work.emit(MemberAdded.of(stored))
    return stored


def let_go(work: Work, member: Member, ended: Member) -> Member:
    """The end as it is stored with `work`: the place is free again."""
    stored = work.change(members, member, ended)
    place = Place.of(member)
    work.remove(places, place, when=Path("member_id") == member.id)
    work.emit(MemberLeft.of(stored))
    return stored
