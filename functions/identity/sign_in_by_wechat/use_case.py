"""From being sent to WeChat to a session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hospital import ids, secret_keys
from hospital.caller import Caller
from hospital.errors import ChangedMeanwhile
from hospital.people.keys import person_key, phone_key
from hospital.people.model import Person, PhoneClaim
from hospital.people.store import claim_phone, persons, phones
from hospital.sessions import codes
from hospital.sessions.model import Session
from hospital.sessions.opening import log_sign_in, new_session
from hospital.sessions.store import sessions
from hospital.sign_in_methods.errors import AttemptOver
from hospital.sign_in_methods.model import WechatAttempt
from hospital.sign_in_methods.store import attempts, bind, find_claim, get_attempt, note_use
from hospital.sign_up.store import flow_at
from hospital.terminals import Terminal
from hospital.work import Work
from identity.answers import Me, me_of_patient
from identity.showing_phone import proven_code
from identity.showing_wechat import begin, browser_hash_of, exchange, require_offered, state_hash_of


@dataclass(frozen=True)
class Shown:
    """Who came back from WeChat: with a session where the identity is somebody's."""

    nick: str | None
    session: Session | None = None
    me: Me | None = None


def begin_attempt(browser: str, place: tuple[Terminal, str], *, by: Caller, now: datetime) -> str:
    """Where to send the browser, which alone holds `browser`."""
    terminal, organisation_id = place
    party = require_offered(organisation_id, terminal)
    with Work(by=by) as work:
        return begin(work, party, "/patient/sign-in/wechat", browser, place, by=by, now=now)


def show_identity(state: str, code: str, browser: str, *, by: Caller, now: datetime) -> Shown:
    """Sign in whoever the identity belongs to; keep it with the attempt where it is nobody's yet."""
    attempt, identity = exchange(state, code, browser, by=by, now=now)
    claim = find_claim(identity.openid_hash)
    if claim is None:
        with Work(by=by) as work:
            work.change(attempts, attempt, attempt.told(identity), otherwise=AttemptOver())
        return Shown(identity.nick)
    person = persons.need(person_key(claim.person_id))
    with Work(by=by, doing="session.open") as work:
        work.remove(attempts, attempt, otherwise=AttemptOver())
        note_use(work, claim, now)
        session = work.add(sessions, new_session(person.id, "patient", "patient", by.asked, now))
        log_sign_in(work, person.id, "wechat", "succeeded", by.asked, now, role="patient")
    return Shown(identity.nick, session, me_of_patient(person))


def show_phone(
    state: str, browser: str, phone: str, code: str, name: str | None, *, by: Caller, now: datetime
) -> tuple[Session, Me]:
    """A session for whoever holds the phone, who owns the identity from here on. All of it, or nothing."""
    attempt = get_attempt(state_hash_of(state)).require("exchanged", browser_hash_of(browser), "", now)
    identity = attempt.identity
    phone_hash = secret_keys.lookup_hash("phone", phone)
    proven = proven_code(phone_hash, code, by, now)
    known = phones.get(phone_key(phone_hash))
    with Work(by=by, doing="session.open") as work:
        codes.use_up(work, proven)
        work.remove(attempts, attempt, otherwise=AttemptOver())
        if known is None:
            person = _signed_up(work, attempt, phone, name, now)
        else:
            person = persons.need(person_key(known.person_id))
        bind(work, person.id, identity, now)
        session = work.add(sessions, new_session(person.id, "patient", "patient", by.asked, now))
        log_sign_in(work, person.id, "code", "succeeded", by.asked, now, role="patient")
    return session, me_of_patient(person)


def _signed_up(work: Work, attempt: WechatAttempt, phone: str, name: str | None, now: datetime) -> Person:
    """A new account, through what the terminal asks: only who holds the phone learns that it had none."""
    flow_at(attempt.organisation_id, attempt.terminal).require_name(name)
    new = Person(id=ids.new_id("per"), phone=phone, name=name, joined_at=now, joined_through=attempt.terminal)
    person = work.add(persons, new)
    claim = PhoneClaim(id=secret_keys.lookup_hash("phone", phone), person_id=person.id)
    claim_phone(work, claim, otherwise=ChangedMeanwhile())
    return person
