"""Where sessions are kept."""

from __future__ import annotations

from hospital import clock
from hospital.audit import OwnLine
from hospital.records import Key
from hospital.sessions import keys
from hospital.sessions.model import OneTimeCode, Session, SignIn
from hospital.sessions.second_factor import SecondFactor
from hospital.table import Collection

sessions = Collection(
    Session,
    "people",
    key=lambda session: keys.session_key(session.id),
    lists={
        "of_person": lambda session: (
            Key(keys.sessions_of_key(session.person_id), f"{clock.text(session.opened_at)}#{session.id}")
            if session.revoked_at is None
            else None
        )
    },
)
sign_ins = Collection(
    SignIn,
    "people",
    key=lambda sign_in: keys.sign_in_key(sign_in.id),
    lists={
        "of_person": lambda sign_in: Key(
            keys.sign_ins_of_key(sign_in.person_id), f"{clock.text(sign_in.at)}#{sign_in.id}"
        )
    },
    own_line=lambda sign_in: OwnLine(keys.sign_in_key(sign_in.id), 1, sign_in.at, sign_in.organisation_id),
)
second_factors = Collection(SecondFactor, "people", key=lambda factor: keys.second_factor_key(factor.id))
codes = Collection(
    OneTimeCode,
    "requests",
    key=lambda code: keys.code_key(code.id),
    expires=lambda code: code.expires_at,
    audited=False,  # lives five minutes; its use is in the sign-in log
)
