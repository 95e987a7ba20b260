"""Signing up on purpose, through the flow that the terminal has."""

from __future__ import annotations

from datetime import datetime

from hospital import ids, secret_keys
from hospital.caller import Caller
from hospital.people.keys import phone_key
from hospital.people.model import Person, PhoneClaim
from hospital.people.store import claim_phone, persons, phones
from hospital.sessions import codes
from hospital.sessions.model import Session
from hospital.sessions.opening import log_sign_in, new_session
from hospital.sessions.store import sessions
from hospital.sign_up.errors import PhoneTaken
from hospital.sign_up.store import flow_at
from hospital.terminals import Terminal
from hospital.work import Work
from identity.answers import Me, me_of_patient
from identity.showing_phone import proven_code


def sign_up(
    phone: str,
    code: str,
    name: str | None,
    terminal: Terminal,
    organisation_id: str,
    *,
    by: Caller,
    now: datetime,
) -> tuple[Session, Me]:
    """A new account for whoever holds the phone, and its first session.

    Only they are told that there is an account already, and their code stays good to sign in with.
    """
    flow_at(organisation_id, terminal).require_name(name)
    phone_hash = secret_keys.lookup_hash("phone", phone)
    proven = proven_code(phone_hash, code, by, now)
    if phones.get(phone_key(phone_hash)) is not None:
        raise PhoneTaken
    with Work(by=by, doing="person.sign_up") as work:
        codes.use_up(work, proven)
        new = Person(id=ids.new_id("per"), phone=phone, name=name, joined_at=now, joined_through=terminal)
        person = work.add(persons, new)
        claim_phone(work, PhoneClaim(id=phone_hash, person_id=person.id), otherwise=PhoneTaken())
        session = work.add(sessions, new_session(person.id, "patient", "patient", by.asked, now))
        log_sign_in(work, person.id, "code", "succeeded", by.asked, now, role="patient")
    return session, me_of_patient(person)
