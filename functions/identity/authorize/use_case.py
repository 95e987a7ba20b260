"""From a token to a caller."""

from __future__ import annotations

from datetime import datetime

from hospital.caller import Caller
from hospital.sessions.tokens import read_access_token
from identity.standing import standing_caller


def caller_of(token: str, now: datetime) -> Caller:
    """The caller whom the token stands for; raises `Unauthenticated`."""
    claims = read_access_token(token, now)
    return standing_caller(claims.session_id, claims.practitioner_role_id, claims.organisation_id, now)
