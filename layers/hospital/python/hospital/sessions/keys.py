"""Keys of sessions.

| who asks | table | key or list |
| --- | --- | --- |
| a session by id | `people` | `SESSION#ses_1 / SESSION` |
| the sessions of a person | `people` | list `of_person`: `SESSIONS#per_1 / <opened_at>#ses_1` |
| the sign-ins of a person | `people` | `SIGN_IN#sin_1 / SIGN_IN`, list `of_person`: `SIGN_INS#per_1 / <at>#sin_1` |
| the second factor of a staff account | `people` | `SECOND_FACTOR#<account> / SECOND_FACTOR` |
| the code sent to a phone | `requests` | `CODE#<keyed hash> / CODE` |
"""

from __future__ import annotations

from hospital.records import Key


def session_key(session_id: str) -> Key:
    """A session."""
    return Key(f"SESSION#{session_id}", "SESSION")


def sessions_of_key(person_id: str) -> str:
    """The partition of a person's sessions."""
    return f"SESSIONS#{person_id}"


def sign_in_key(sign_in_id: str) -> Key:
    """One line of the sign-in log."""
    return Key(f"SIGN_IN#{sign_in_id}", "SIGN_IN")


def sign_ins_of_key(person_id: str) -> str:
    """The partition of a person's sign-ins."""
    return f"SIGN_INS#{person_id}"


def second_factor_key(account: str) -> Key:
    """The second factor of a staff account."""
    return Key(f"SECOND_FACTOR#{account}", "SECOND_FACTOR")


def code_key(phone_hash: str) -> Key:
    """The one-time code that is out for a phone."""
    return Key(f"CODE#{phone_hash}", "CODE")
