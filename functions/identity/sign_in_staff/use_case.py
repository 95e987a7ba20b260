"""The two steps of a member of staff's sign-in: the password, and a code of their authenticator app."""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import BaseModel
from pynamodb.expressions.operand import Path

from hospital.caller import Caller
from hospital.limits import Limit
from hospital.people.keys import account_key, person_key, role_key
from hospital.people.model import Account, Person, PractitionerRole
from hospital.people.store import accounts, persons, roles
from hospital.records import Key
from hospital.sessions.errors import SecondFactorUsed, SecondFactorWrong, SecondStepOver, SignInRefused, TooManyTries
from hospital.sessions.keys import second_factor_key
from hospital.sessions.model import SECOND_STEP_LIFE, Method, Outcome, Session
from hospital.sessions.opening import log_sign_in, new_session
from hospital.sessions.passwords import is_password
from hospital.sessions.second_factor import RECOVERY_CODES, Proof, SecondFactor, new_recovery_code
from hospital.sessions.store import second_factors, sessions
from hospital.sessions.tokens import StepClaims, read_step_token, step_token
from hospital.sessions.totp import enrolment_uri
from hospital.work import Work
from identity.answers import Me, me_of_staff

WRONG_PER_ACCOUNT = Limit("password_of_account", most=10, window=timedelta(minutes=15), refusal=TooManyTries)
WRONG_PER_ADDRESS = Limit("password_of_address", most=300, window=timedelta(minutes=15), refusal=TooManyTries)
WRONG_CODES = Limit("second_factor_of_account", most=10, window=timedelta(minutes=15), refusal=TooManyTries)
ISSUER = "云诊"


class Enrolment(BaseModel):
    """What an authenticator app is given, once: `uri` is what the QR code holds, `secret` the same to type in."""

    secret: str
    uri: str


class SecondStepAsked(BaseModel):
    """The password was right. `enrolment` is there for whoever has shown no code of an app yet."""

    step_token: str
    expires_in_seconds: int
    enrolment: Enrolment | None


class Opened(BaseModel):
    """What the second step opened; the recovery codes are there after an enrolment, and never again."""

    session: Session
    me: Me
    recovery_codes: list[str]


def show_password(name: str, password: str, *, by: Caller, now: datetime) -> SecondStepAsked:
    """Ask whoever knows the password for the second step."""
    name = name.lower()
    # Taken before the password is looked at, so that many tries at once get no more than the limit.
    WRONG_PER_ACCOUNT.take(name)
    WRONG_PER_ADDRESS.take(by.asked.ip)
    account = accounts.get(account_key(name))
    right = is_password(password, account.password_hash if account else None)
    role = roles.get(role_key(account.practitioner_role_id)) if account else None
    if account is None or role is None or not right or account.disabled or not role.active:
        _log_refusal(account.person_id if account else f"account:{name}", role, "password", by, now)
        raise SignInRefused
    WRONG_PER_ACCOUNT.give_back(name)
    WRONG_PER_ADDRESS.give_back(by.asked.ip)
    claims = StepClaims(account.id, account.version, role.person_id, role.id)
    return SecondStepAsked(
        step_token=step_token(claims, now),
        expires_in_seconds=int(SECOND_STEP_LIFE.total_seconds()),
        enrolment=_enrolment(account.id, by),
    )


def _enrolment(account: str, by: Caller) -> Enrolment | None:
    """The secret of an account whose app has shown no code yet: the same one until it has."""
    factor = second_factors.get(second_factor_key(account))
    if factor is None:
        with Work(by=by, doing="second_factor.begin") as work:
            factor = work.add(second_factors, SecondFactor.begun(account))
    if factor.confirmed_at is not None:
        return None
    return Enrolment(secret=factor.secret, uri=enrolment_uri(factor.secret, account, ISSUER))


def show_second_factor(token: str, code: str, *, by: Caller, now: datetime) -> Opened:
    """Open a session for whoever showed the password and now shows the second factor."""
    claims = read_step_token(token, now)
    WRONG_CODES.take(claims.account)
    account, role, person, factor = _as_they_stand(claims)
    try:
        proof = factor.proven(code, now)
    except (SecondFactorWrong, SecondFactorUsed):
        _log_refusal(role.person_id, role, "totp", by, now)
        raise
    WRONG_CODES.give_back(claims.account)
    written = [new_recovery_code() for _ in range(RECOVERY_CODES)] if factor.confirmed_at is None else []
    with Work(by=by, doing="session.open") as work:
        # Whoever disables the account or resets its password ends what is open by then: nothing may open behind that.
        unchanged = Path("version") == account.version
        work.check(accounts, account_key(account.id), unchanged, otherwise=SecondStepOver())
        if written:
            work.change(second_factors, factor, factor.confirmed(written, proof, now), otherwise=SecondStepOver())
        else:
            _use_up(work, factor, proof)
        opened = new_session(role.person_id, "staff", role.role, by.asked, now, role.id, role.organisation_id)
        session = work.add(sessions, opened.having(password_due=not account.own_password))
        _add_line(work, role.person_id, role, proof.method, "succeeded", by, now)
    me = me_of_staff(person, role, password_due=session.password_due)
    return Opened(session=session, me=me, recovery_codes=written)


def _as_they_stand(claims: StepClaims) -> tuple[Account, PractitionerRole, Person, SecondFactor]:
    """Account, role, person and factor, in one read; `SecondStepOver` when that password counts no more."""
    places = [
        account_key(claims.account),
        role_key(claims.practitioner_role_id),
        person_key(claims.person_id),
        second_factor_key(claims.account),
    ]
    items = accounts.table.read_all(places)
    if any(place not in items for place in places):
        raise SecondStepOver
    account = accounts.from_item(items[places[0]])
    role = roles.from_item(items[places[1]])
    if account.version != claims.version or account.disabled or not role.active:
        raise SecondStepOver
    return account, role, persons.from_item(items[places[2]]), second_factors.from_item(items[places[3]])


def _use_up(work: Work, factor: SecondFactor, proof: Proof) -> None:
    """The code was used: neither a time-step nor a recovery code is taken twice."""
    place: Key = second_factor_key(factor.id)
    same = second_factors["version"] == factor.version
    if proof.method == "totp":
        actions = [second_factors["last_step"].set(proof.step)]
        fresh = second_factors["last_step"] < proof.step
    else:
        left = [hashed for hashed in factor.recovery_hashes if hashed != proof.recovery_hash]
        actions = [second_factors["recovery_hashes"].set(left)]
        fresh = second_factors["recovery_hashes"] == list(factor.recovery_hashes)
    why = "each use is a line of the sign-in log"
    work.update(second_factors, place, actions, when=same & fresh, otherwise=SecondFactorUsed(), unaudited=why)


def _log_refusal(whose: str, role: PractitionerRole | None, method: Method, by: Caller, now: datetime) -> None:
    """A line for the account's owner; for an account that does not exist, under its name: both take as long."""
    with Work(by=by) as work:
        _add_line(work, whose, role, method, "refused", by, now)


def _add_line(
    work: Work,
    whose: str,
    role: PractitionerRole | None,
    method: Method,
    outcome: Outcome,
    by: Caller,
    now: datetime,
) -> None:
    log_sign_in(
        work,
        whose,
        method,
        outcome,
        by.asked,
        now,
        role=role.role if role else None,
        organisation_id=role.organisation_id if role else "",
        practitioner_role_id=role.id if role else "",
    )
