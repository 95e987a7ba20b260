"""An upload moves as its table says, and no other way."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hospital.uploads.errors import UploadMovedOn, UploadNotReady, UploadRefused, UploadUsed
from hospital.uploads.model import OPEN, PART_SIZE, TRANSITIONS, Upload, Variant

pytestmark = pytest.mark.unit

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
ACTS = {
    "finish": Upload.finish,
    "pass": lambda upload: upload.passes({}, 0),
    "refuse": lambda upload: upload.refuse("upload.damaged"),
    "send": lambda upload: upload.send("client-id-0001"),
    "forget": Upload.forget,
}
STATES = ("asked", "checking", "ready", "refused", "sent", "forgotten")


def upload(**facts) -> Upload:
    given = {"type": "image", "size": 10, "name": "a.jpg", "media_type": "image/jpeg", "secret": "s", "sha256": ""}
    return Upload(id="upl_1", person_id="per_1", asked_at=NOON, **{"conversation_id": "cnv_1"} | given | facts)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("act", sorted(ACTS))
def test_what_the_table_does_not_name_is_refused(state: str, act: str):
    before = upload(state=state)
    if (state, act) in TRANSITIONS:
        assert ACTS[act](before).state == TRANSITIONS[state, act]
        return
    with pytest.raises((UploadMovedOn, UploadNotReady, UploadRefused, UploadUsed)):
        ACTS[act](before)


@pytest.mark.parametrize(
    ("state", "refusal", "facts"),
    [
        ("asked", UploadNotReady, {"state": "asked"}),
        ("checking", UploadNotReady, {"state": "checking"}),
        ("refused", UploadRefused, {"code": "upload.harmful"}),
        ("sent", UploadUsed, {}),
    ],
)
def test_who_cannot_send_it_is_told_why(state: str, refusal: type, facts: dict):
    with pytest.raises(refusal) as error:
        upload(state=state, code="upload.harmful").send("client-id-0001")
    assert error.value.facts == facts


def test_what_is_open_counts_until_it_is_sent_refused_or_forgotten():
    assert [state for state in STATES if upload(state=state).is_open] == [one for one in STATES if one in OPEN]
    assert set(STATES) - OPEN == {"refused", "sent", "forgotten"}


@pytest.mark.parametrize(
    ("size", "parts"),
    [
        (1, [(1, 0, 1)]),
        (PART_SIZE, [(1, 0, PART_SIZE)]),
        (PART_SIZE + 1, [(1, 0, PART_SIZE), (2, PART_SIZE, 1)]),
        (2 * PART_SIZE, [(1, 0, PART_SIZE), (2, PART_SIZE, PART_SIZE)]),
    ],
)
def test_parts_cover_every_byte_once(size: int, parts: list[tuple[int, int, int]]):
    asked = upload(size=size)
    assert [(part.number, part.first, part.size) for part in asked.parts] == parts
    assert asked.in_parts == (len(parts) > 1)


def test_forgetting_leaves_no_name():
    assert upload(state="ready").forget().name == ""


def test_where_its_variants_lie_follows_from_what_it_is_for():
    said = upload()
    scan = upload(conversation_id="", paper_id="pap_1")
    assert [(one.purpose.name, one.place) for one in (said, scan)] == [("conversation", "cnv_1"), ("paper", "pap_1")]


def test_readers_get_what_it_turned_out_to_be():
    display, small = (
        Variant(size=900, media_type="image/jpeg", width=2048, height=1536),
        Variant(size=90, media_type="image/jpeg", width=320, height=240),
    )
    sent = upload(state="sent", variants={"display": display, "thumbnail": small})
    assert sent.content() == {
        "upload_id": "upl_1", "name": "a.jpg", "size": 900, "width": 2048, "height": 1536,
        "thumbnail": {"width": 320, "height": 240},
    }  # fmt: skip
    assert [sent.variant(one) for one in ("original", "display", "cover")] == ["display", "display", None]
    sound = upload(type="voice", milliseconds=2000, variants={"original": Variant(size=7, media_type="audio/mpeg")})
    assert sound.content() == {"upload_id": "upl_1", "milliseconds": 2000, "size": 7}
    clip = upload(type="video", milliseconds=900, variants={"original": display.model_copy(), "cover": small})
    assert clip.content() == {
        "upload_id": "upl_1", "milliseconds": 900, "size": 900, "width": 2048, "height": 1536, "has_cover": True,
    }  # fmt: skip
    paper = upload(type="file", name="a.pdf", variants={"original": Variant(size=7, media_type="application/pdf")})
    assert paper.content() == {"upload_id": "upl_1", "name": "a.pdf", "size": 7, "media_type": "application/pdf"}
