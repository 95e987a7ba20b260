"""The function's entry: one thing to look at in, one finding out. All bytes are base64.

`{"do": "read_card", "side", "picture"}` answers `{"fields", "warnings", "card", "portrait"}`.
`{"do": "watch_face", "frames", "actions", "portrait"}` answers `{"live", "why", "distance", "ahead"}`.
What cannot be looked at is no failure: `{"refused": code}`.
"""

from __future__ import annotations

import base64
from typing import Any

from identity.look_at_pictures.opening import Unreadable, opened
from identity.look_at_pictures.reading import NoCard, OtherSide, read_card
from identity.look_at_pictures.watching import watch_face


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """See the module."""
    try:
        if event["do"] == "read_card":
            return _card(event)
        return _face(event)
    except Unreadable as unreadable:
        return {"refused": unreadable.code}
    except NoCard:
        return {"refused": "id_card.not_found"}
    except OtherSide:
        return {"refused": "id_card.other_side"}


def _card(event: dict[str, Any]) -> dict[str, Any]:
    read = read_card(opened(base64.b64decode(event["picture"])), event["side"])
    return {
        "fields": read.fields,
        "warnings": read.warnings,
        "card": _text(read.card),
        "portrait": None if read.portrait is None else _text(read.portrait),
    }


def _face(event: dict[str, Any]) -> dict[str, Any]:
    frames = [opened(base64.b64decode(frame), longest=480) for frame in event["frames"]]
    portrait = opened(base64.b64decode(event["portrait"]), longest=480) if event.get("portrait") else None
    seen = watch_face(frames, event["actions"], portrait)
    return {"live": seen.live, "why": seen.why, "distance": seen.distance, "ahead": seen.ahead}


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()
