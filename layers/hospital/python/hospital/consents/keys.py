"""Keys of consents and their texts, in the table `people`. `platform` stands where there is no organisation.

| who asks | key or list |
| --- | --- |
| whether a person agreed to a purpose | `CONSENTS#per_1 / recording#org_1` |
| everything a person decided | the partition `CONSENTS#per_1` |
| how a text reads now | `CONSENT_TEXTS#org_1 / TEXT#recording` |
| how it read when it was signed | `CONSENT_TEXTS#org_1 / EDITION#recording#0000000002` |
"""

from __future__ import annotations

from hospital.records import Key


def consents_key(person_id: str) -> str:
    """The partition of a person's consents."""
    return f"CONSENTS#{person_id}"


def consent_key(person_id: str, purpose: str, organisation_id: str) -> Key:
    """A person's consent to one purpose."""
    return Key(consents_key(person_id), f"{purpose}#{organisation_id or 'platform'}")


def text_key(organisation_id: str, purpose: str) -> Key:
    """A text as it reads now."""
    return Key(_texts(organisation_id), f"TEXT#{purpose}")


def edition_key(organisation_id: str, purpose: str, text_version: int) -> Key:
    """A text as it once read."""
    return Key(_texts(organisation_id), f"EDITION#{purpose}#{text_version:010d}")


def _texts(organisation_id: str) -> str:
    return f"CONSENT_TEXTS#{organisation_id or 'platform'}"
