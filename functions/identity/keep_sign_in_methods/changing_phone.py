"""Another phone number: shown by a code to it, and allowed by a code to the one before."""

from __future__ import annotations

from datetime import datetime

from hospital import secret_keys
from hospital.caller import Caller
from hospital.people.events import PhoneChanged
from hospital.people.keys import phone_key
from hospital.people.model import PhoneClaim, masked_phone
from hospital.people.store import claim_phone, get_person, persons, phones
from hospital.sessions import codes
from hospital.sign_in_methods.errors import PhoneIsOwn, PhoneOfAnother
from hospital.work import Work
from identity.keep_sign_in_methods.answers import SignInMethods
from identity.keep_sign_in_methods.use_case import shown_code, view_methods


def change_phone(phone: str, digits: str, own_digits: str, *, by: Caller, now: datetime) -> SignInMethods:
    """The account's number from here on. Whether it is another's is told after the code to it was shown: to its holder.

    The number before is free again: whoever holds it may sign up with it.
    """
    person = get_person(by.person_id)
    if phone == person.phone:
        raise PhoneIsOwn
    own = shown_code(by.person_id, person.phone, own_digits, now)
    new = shown_code(by.person_id, phone, digits, now, "new")
    claim = PhoneClaim(id=secret_keys.lookup_hash("phone", phone), person_id=person.id, since=now)
    if phones.get(phone_key(claim.id)) is not None:
        raise PhoneOfAnother
    before = phones.get(phone_key(secret_keys.lookup_hash("phone", person.phone))) if person.phone else None
    view = view_methods(by.person_id)
    with Work(by=by, doing="person.change_phone") as work:
        codes.use_up(work, own)
        codes.use_up(work, new)
        if before is not None:
            work.remove(phones, before)
        claim_phone(work, claim, otherwise=PhoneOfAnother())
        work.emit(PhoneChanged.of(work.change(persons, person, person.having(phone=phone))))
        after = {"phone_masked": masked_phone(phone), "phone_since": now, "phone_last_used_at": None}
        return work.answer(view.model_copy(update=after))
