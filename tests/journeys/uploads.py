"""Sending files as a page does: ask, put to the addresses that came back, say that it is done, wait for the check."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import requests

from tests.journeys.hospital import eventually
from tests.journeys.people import Device, a_key

Json = dict[str, Any]
CLAIMS = {"image": "image/jpeg", "voice": "audio/webm", "video": "video/mp4", "file": "application/pdf"}
NAMES = {"image": "手.jpg", "voice": "语音", "video": "步态.mp4", "file": "化验单.pdf"}


def asking(place: str, type_: str, content: bytes, **other: Any) -> Json:
    """What a page says about a file for a conversation, or for a paper of one's own; `other` says something else."""
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    purpose = "paper_id" if place.startswith("pap_") else "conversation_id"
    return {
        purpose: place, "type": type_, "name": NAMES[type_], "size": len(content), "media_type": CLAIMS[type_],
        "sha256": digest,
    } | other  # fmt: skip


def put(view: Json, content: bytes) -> list[int]:
    """The statuses of putting each missing part where it belongs."""
    return [
        requests.put(
            part["url"], content[part["first"] : part["first"] + part["size"]], headers=part["headers"], timeout=40
        ).status_code
        for part in view["parts"]
    ]


def checked(device: Device, upload_id: str) -> Json:
    """The upload when its check is over."""
    path = f"/messaging/uploads/{upload_id}"
    view: Json = eventually(lambda: _over(device.ok("GET", path)), 60)
    assert view, "the check did not end"
    return view


def _over(view: Json) -> Json | None:
    return view if view["state"] in ("ready", "refused") else None


def uploads(device: Device, place: str, type_: str, content: bytes, **other: Any) -> Json:
    """All of it; ready or refused."""
    asked = asking(place, type_, content, **other)
    view = device.ok("POST", "/messaging/uploads", asked, key=a_key())
    assert set(put(view, content)) == {200}
    device.ok("POST", f"/messaging/uploads/{view['id']}/finish", key=a_key())
    return checked(device, view["id"])


def opens(device: Device, conversation_id: str, seq: int, variant: str = "original") -> requests.Response:
    """What a member gets of the file in that message, at the address they are given."""
    path = f"/messaging/conversations/{conversation_id}/files/{seq}?variant={variant}"
    answer = requests.get(device.ok("GET", path)["url"], timeout=40)
    assert answer.status_code == 200, answer.text
    return answer
