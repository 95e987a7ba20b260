"""Where identities are kept."""

from __future__ import annotations

from hospital import secret_keys, settings
from hospital.table import Collection
from hospital.verifications import keys
from hospital.verifications.errors import NotVerified
from hospital.verifications.model import CounterCheck, CounterCode, Identity, NumberClaim

identities = Collection(Identity, "people", key=lambda identity: keys.identity_key(identity.person_id))
numbers = Collection(NumberClaim, "people", key=lambda claim: keys.number_key(claim.id))
counter_checks = Collection(CounterCheck, "people", key=lambda check: keys.counter_check_key(check.id))
counter_codes = Collection(
    CounterCode,
    "requests",
    key=lambda code: keys.counter_code_key(code.id),
    expires=lambda code: code.expires_at,
    audited=False,  # lives a quarter of an hour; the check that it opens has its line
)


def get_identity(person_id: str) -> Identity | None:
    """Who the person is, if it was ever shown."""
    return identities.get(keys.identity_key(person_id))


def require_verified(person_id: str) -> Identity:
    """Who the person is; raises `NotVerified` when that was not shown, or not well enough to be treated here."""
    identity = get_identity(person_id)
    if identity is None:
        raise NotVerified
    if not identity.opens_treatment(settings.current().profile):
        raise NotVerified(level=identity.level)
    return identity


def number_hash(id_number: str) -> str:
    """Under which a number is found again."""
    return secret_keys.lookup_hash("id_number", id_number)


def owner_of_number(id_number: str) -> str | None:
    """The id of the person who was verified with the number."""
    claim = numbers.get(keys.number_key(number_hash(id_number)))
    return claim.person_id if claim else None
