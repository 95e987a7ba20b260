"""Signed addresses, objects and half-done uploads over a restart."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import pytest

from hospital import links
from tests.infra.local.buckets.door import MEDIA, Door, opened, s3, written
from tests.infra.local.ward import Ward, ward

__all__ = ["ward"]
pytestmark = pytest.mark.store

BODY = bytes(range(256))
SHA256 = base64.b64encode(hashlib.sha256(BODY).digest()).decode()


def put_link(door: Door, key: str) -> links.Link:
    found = door.as_function(lambda: links.put_link(key, len(BODY), SHA256, "image/jpeg", 600))
    assert isinstance(found, links.Link)
    return found


def test_what_was_signed_and_put_is_good_after_a_restart(
    ward: Ward, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "cn-northwest-1")
    written(ward)
    with opened(ward, tmp_path / "state") as door:
        first, second = put_link(door, "uploads/one/secret"), put_link(door, "uploads/two/secret")
        assert door.ask("PUT", first.url, BODY, first.headers).status == 200
        s3().put_object(Bucket=MEDIA, Key="media/film", Body=BODY)
        begun = door.as_function(lambda: links.begin_parts("uploads/three/secret", "video/mp4"))
        part = door.as_function(lambda: links.part_link("uploads/three/secret", begun, 1, len(BODY), 600))
        assert door.ask("PUT", part.url, BODY).status == 200
        shown = door.as_function(lambda: links.get_link("media/film", "a.mp4", "video/mp4"))
    with opened(ward, tmp_path / "state") as door:
        assert door.ask("PUT", first.url, BODY, first.headers).code == "PreconditionFailed"
        assert door.ask("PUT", second.url, BODY, second.headers).status == 200
        assert door.ask("GET", shown, headers={"Range": "bytes=5-7"}).body == BODY[5:8]
        parts = door.as_function(lambda: links.parts_there("uploads/three/secret", begun))
        assert [(one.number, one.size) for one in parts] == [(1, len(BODY))]
        assert door.ask("PUT", part.url, BODY).status == 200
        door.as_function(lambda: links.complete_parts("uploads/three/secret", begun, parts))
        assert oct((tmp_path / "state" / "functions.key").stat().st_mode & 0o777) == "0o600"
