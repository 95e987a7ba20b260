"""The sign-in log: what a row of it holds."""

from __future__ import annotations

from hospital.listings import Listing, Row
from hospital.sessions.events import SignInRecorded


def sign_in_row(told: SignInRecorded) -> Row:
    """Who signed in or tried to, when, how, on which device and from where."""
    return Row(
        id=told.subject,
        listing="sign_ins",
        organisation_id=told.organisation_id,
        at=told.at,
        sequence=told.sequence,
        who=told.practitioner_role_id or told.person_id,
        label=told.outcome,
        facts={
            "person_id": told.person_id,
            "practitioner_role_id": told.practitioner_role_id,
            "role": told.role or "",
            "method": told.method,
            "ip": told.ip,
            "device": told.device,
        },
    )


SIGN_INS = Listing("sign_ins", SignInRecorded, row=sign_in_row)
