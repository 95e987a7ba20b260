"""Keys of ways to sign in.

| who asks | table | key or list |
| --- | --- | --- |
| a WeChat identity's owner | `people` | `WECHAT#<keyed hash> / UNIQUE` |
| the WeChat identities of a person | `people` | list `of_person`: `WECHATS#per_1 / <bound_at>#wcc_1` |
| an attempt to sign in by WeChat | `requests` | `WECHAT_ATTEMPT#<keyed hash of the state> / ATTEMPT` |
| a phone that is changed at a counter | `people` | `LOST_PHONE#lph_1 / LOST_PHONE` |
"""

from __future__ import annotations

from hospital.records import Key


def wechat_key(openid_hash: str) -> Key:
    """Whose WeChat identity it is."""
    return Key(f"WECHAT#{openid_hash}", "UNIQUE")


def wechats_of_key(person_id: str) -> str:
    """The partition of a person's WeChat identities."""
    return f"WECHATS#{person_id}"


def attempt_key(state_hash: str) -> Key:
    """An attempt."""
    return Key(f"WECHAT_ATTEMPT#{state_hash}", "ATTEMPT")


def lost_phone_key(change_id: str) -> Key:
    """A change at a counter."""
    return Key(f"LOST_PHONE#{change_id}", "LOST_PHONE")
