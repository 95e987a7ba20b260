"""What the hospital keeps of one person, section by section, as plain JSON values.

Only what is theirs: visits that somebody applied for on behalf of another stand in that other's copy, whatever became
of the family since; files that a house merged are followed nowhere, for a merge may be wrong and be undone; of others
stands here what the person themselves wrote down or could read. No picture of a face or a card: they are kept while a
check goes on only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from hospital import clock
from hospital.break_glass.keys import person_key as emergencies_key
from hospital.break_glass.model import EmergencyReading
from hospital.break_glass.store import readings
from hospital.consents.store import decided_by
from hospital.conversations.errors import ConversationNotFound
from hospital.conversations.history import MessageSearch, Span, as_readers_see, read_page
from hospital.conversations.store import get_tail, seen_conversation
from hospital.data_copies.model import Section
from hospital.families.keys import family_key
from hospital.families.store import members
from hospital.health_cards.store import cards_of
from hospital.his_files.store import get_link, get_order
from hospital.people.keys import patient_id_of, person_key, phone_key
from hospital.people.model import Person
from hospital.people.store import persons, phones
from hospital.sessions.keys import sign_ins_of_key
from hospital.sessions.store import sign_ins
from hospital.sign_in_methods.store import claims_of
from hospital.sms.keys import texts_key
from hospital.sms.store import phone_hash, sms_messages
from hospital.table import Collection
from hospital.verifications.id_number import masked_number
from hospital.verifications.store import get_identity
from hospital.visits.keys import person_visits_key
from hospital.visits.model import Visit
from hospital.visits.store import visits

Rows = list[dict[str, Any]]
_PAGE = 100


@dataclass(frozen=True)
class Whose:
    """`person_id` is whose data it is, `account_id` by whose account they apply and talk: their own or a guardian's."""

    person_id: str
    account_id: str

    @property
    def is_own(self) -> bool:
        """Whether who asked is the person."""
        return self.person_id == self.account_id


def gather(section: Section, whose: Whose) -> Rows:
    """One section."""
    return _SECTIONS[section](whose)


def _profile(whose: Whose) -> Rows:
    found: Rows = []
    person, identity = persons.get(person_key(whose.person_id)), get_identity(whose.person_id)
    if person is not None:
        found.append(_told(person, "name", "phone", "joined_at", "joined_through", "preferences"))
    if identity is not None:
        found.append(_told(identity, "name", "id_number", "sex", "birth_date", "level", "method", "verified_at"))
    return found


def _consents(whose: Whose) -> Rows:
    return [_told(one, "purpose", "organisation_id", "state", "decisions") for one in decided_by(whose.person_id)]


def _family(whose: Whose) -> Rows:
    """Whom the person wrote on their list themselves; numbers as they are shown to them."""
    if not whose.is_own:
        return []
    kept = ("name", "called", "relation", "stage", "state", "added_at", "confirmed_at")
    return [
        _told(one, *kept) | {"id_number": masked_number(one.id_number)}
        for one in _all(members, "of_owner", family_key(whose.person_id))
    ]


def _cards(whose: Whose) -> Rows:
    """What is kept here; the cards of the hospital's own system are kept there."""
    found = [
        _told(one, "channel", "state", "number", "reason", "said", "asked_at", "issued_at")
        for one in cards_of(whose.person_id)
    ]
    link, order = get_link(whose.person_id), get_order(whose.person_id)
    if link is not None:
        found.append(_told(link, "state", "patient_number", "asked_at", "opened_at"))
    return found + ([_told(order, "card_ids", "default_id")] if order.version else [])


def _visits(whose: Whose) -> Rows:
    kept = ("id", "state", "complaint", "applied_at", "accepted_at", "ended_at", "refusal", "summary")
    return [
        _told(one, *kept) | {"patient": one.patient.name, "doctor": _told(one.doctor, "name", "title", "department")}
        for one in _theirs(whose)
    ]


def _conversations(whose: Whose) -> Rows:
    """What was said at those visits, as far as the account that talked there may read it."""
    return [
        {"visit": visit.id, "messages": list(_said(visit.conversation_id, whose))}
        for visit in _theirs(whose)
        if visit.conversation_id
    ]


def _said(conversation_id: str, whose: Whose) -> Iterator[dict[str, Any]]:
    try:
        _, place = seen_conversation(conversation_id, whose.account_id)
    except ConversationNotFound:
        return
    span, after = Span.of(place, get_tail(conversation_id)), place.first_seq - 1
    while after < span.last:
        page = read_page(conversation_id, span, MessageSearch(after=after, limit=_PAGE)).messages
        if not page:
            return
        after = page[-1].seq
        for one in as_readers_see(page):
            sender = one.sender.name if one.sender else ""
            yield _told(one, "seq", "sent_at", "type", "content") | {"sender": sender}


def _sign_ins(whose: Whose) -> Rows:
    if not whose.is_own:
        return []
    kept = ("at", "method", "outcome", "device", "ip")
    return [_told(one, *kept) for one in _all(sign_ins, "of_person", sign_ins_of_key(whose.person_id))]


def _openings(whose: Whose) -> Rows:
    """Who opened their record in an emergency, as far as it is their own file that was opened."""
    kept = ("organisation_id", "opened_at", "ends_at", "reason", "words", "verdict", "verdict_words", "reviewed_at")
    return [
        _told(one, *kept) | {"doctor": _told(one.doctor, "name", "title", "department")}
        for one in _all(readings, "of_person", emergencies_key(whose.account_id))
        if _is_of(one, whose)
    ]


def _is_of(reading: EmergencyReading, whose: Whose) -> bool:
    return reading.patient_id == patient_id_of(whose.person_id, reading.organisation_id)


def _theirs(whose: Whose) -> Iterator[Visit]:
    """The visits that are about that person, whoever applied."""
    for visit in _all(visits, "of_person", person_visits_key(whose.account_id)):
        if visit.patient.person_id == whose.person_id:
            yield visit


def _all(collection: Collection[Any], list_name: str, partition: str) -> Iterator[Any]:
    cursor = None
    while True:
        page = collection.page(list_name, partition, cursor=cursor, limit=_PAGE)
        yield from page.items
        if page.cursor is None:
            return
        cursor = page.cursor


def _told(record: BaseModel, *fields: str) -> dict[str, Any]:
    return record.model_dump(mode="json", include=set(fields) & set(type(record).model_fields))


def _sign_in_methods(whose: Whose) -> Rows:
    """The phone and each WeChat identity, as their owner sees them."""
    person = persons.get(person_key(whose.person_id)) if whose.is_own else None
    if person is None:
        return []
    by_phone = [{"method": "phone", "phone": person.phone, "since": clock.text(_since(person))}] if person.phone else []
    kept = ("nick", "bound_at", "last_used_at")
    return by_phone + [{"method": "wechat", **_told(one, *kept)} for one in claims_of(whose.person_id)]


def _texts(whose: Whose) -> Rows:
    """What was sent to the phone since it is theirs; codes in them are kept nowhere."""
    person = persons.get(person_key(whose.person_id)) if whose.is_own else None
    if person is None or not person.phone:
        return []
    since, kept = _since(person), ("occasion", "text", "state", "asked_at")
    sent = _all(sms_messages, "of_phone", texts_key(phone_hash(person.phone)))
    return [_told(one, *kept) for one in sent if one.asked_at >= since]


def _since(person: Person) -> datetime:
    """Since when the phone is theirs."""
    claim = phones.get(phone_key(phone_hash(person.phone))) if person.phone else None
    return (claim.since if claim else None) or person.joined_at


_SECTIONS: Mapping[Section, Callable[[Whose], Rows]] = {
    "profile": _profile,
    "consents": _consents,
    "family": _family,
    "cards": _cards,
    "visits": _visits,
    "conversations": _conversations,
    "sign_ins": _sign_ins,
    "record_openings": _openings,
    "sign_in_methods": _sign_in_methods,
    "texts": _texts,
}
