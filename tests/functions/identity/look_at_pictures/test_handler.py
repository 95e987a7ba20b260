"""The real models on drawn cards and a drawn-on face, through the routes that patients use: a few of each, for they
cost seconds. The counts over many stand in docs/cards-and-faces.md."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable
from typing import Any

import pytest
from PIL import Image, ImageDraw

from hospital.verifications.store import get_identity
from identity.check_face.app import app as check_face
from identity.look_at_pictures.handler import handler
from identity.read_id_card.app import app as read_id_card
from tests.builders.cloud import Cloud
from tests.builders.eyes import FUNCTION, Eyes, drawn_check, frames, opened_eyes
from tests.builders.faces import capture, flat_replay
from tests.builders.gateway import Answer, call
from tests.builders.id_cards import as_jpeg, drawn_back, drawn_front, made_card, photographed
from tests.builders.id_cards.cards import PORTRAIT
from tests.builders.people import PatientOf, new_patient

pytestmark = pytest.mark.store

CARD = made_card(11)


def text(content: bytes) -> str:
    return base64.b64encode(content).decode()


@pytest.fixture
def somebody(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> PatientOf:
    """Nobody knows who they are yet; their pictures are looked at by the function itself."""
    cloud.turn(PICTURES_FUNCTION=FUNCTION)
    opened_eyes(monkeypatch).answer = lambda event: handler(event, None)
    return new_patient(verified=False)


def read(who: PatientOf, picture: bytes, side: str) -> Answer:
    body = {"side": side, "picture": text(picture)}
    return call(read_id_card, "POST", "/id-card-readings", body, who=who.caller)


def warned(answer: Answer) -> set[str]:
    """The codes of its warnings; with one of them nothing passes."""
    told = answer.ok(201)
    assert told["passable"] is False
    return {warning["code"] for warning in told["warnings"]}


def as_the_camera_wrote_it(photo: Image.Image) -> bytes:
    """Turned, with a mark of how to hold it."""
    turned = Image.Exif()
    turned[274] = 6
    return as_jpeg(photo.rotate(90, expand=True), exif=turned.tobytes())


@pytest.mark.req("ID-13")
def test_every_field_of_both_sides_is_read_and_a_front_is_no_back(somebody: PatientOf):
    """The front lying tilted on a desk, its file turned by EXIF; the back upside down. Then the sides are swapped."""
    front = as_the_camera_wrote_it(photographed(drawn_front(CARD), "tilted", 1))
    back = as_jpeg(photographed(drawn_back(CARD), "turned", 3))
    told = read(somebody, front, "front").ok(201)
    assert (told["fields"], told["warnings"]) == (CARD.side("front"), [])
    assert read(somebody, back, "back").ok(201)["fields"] == CARD.side("back")
    read(somebody, front, "back").refused(422, "id_card.other_side")
    read(somebody, back, "front").refused(422, "id_card.other_side")
    cut = call(read_id_card, "GET", f"/id-card-readings/{told['id']}/pictures", who=somebody.caller).ok()
    card, portrait = (Image.open(io.BytesIO(base64.b64decode(cut[name]))) for name in ("card", "portrait"))
    assert abs(card.width / card.height - 85.6 / 54) < 0.02
    assert 0.7 < portrait.width / portrait.height < 0.95


@pytest.mark.req("ID-15")
def test_a_screen_an_edited_picture_and_a_photocopy_are_told_and_verify_nobody(somebody: PatientOf):
    for trouble in ("photocopy", "screen", "edited"):
        answer = read(somebody, as_jpeg(photographed(drawn_front(CARD), trouble, 2)), "front")
        assert warned(answer) == {trouble}
    check = drawn_check(somebody.caller)
    body = {"frames": frames(), "front_reading_id": answer.json["id"], "back_reading_id": answer.json["id"]}
    refused = call(check_face, "POST", f"/face-checks/{check['id']}/answer", body, who=somebody.caller)
    assert refused.refused(422, "id_card.not_passable") == {"warnings": ["edited"]}
    assert get_identity(somebody.person.id) is None


@pytest.mark.req("ID-16")
def test_a_missing_border_and_covered_text_are_told_by_codes_that_ask_for_a_new_photograph(somebody: PatientOf):
    for trouble in ("cut_off", "covered"):
        assert trouble in warned(read(somebody, as_jpeg(photographed(drawn_front(CARD), trouble, 2)), "front"))


@pytest.mark.req("ID-17")
def test_a_temporary_card_and_a_validity_that_is_over_or_impossible_are_told(somebody: PatientOf):
    told = {}
    for name, first, last, temporary in (
        ("temporary", "2026-10-01", "2027-01-01", True),
        ("expired", "2004-05-06", "2024-05-06", False),
        ("validity_impossible", "2020-05-06", "2033-05-06", False),
    ):
        drawn = drawn_back(made_card(11, valid_from=first, valid_until=last), temporary=temporary)
        told[name] = warned(read(somebody, as_jpeg(photographed(drawn, "desk", 1)), "back"))
    assert told == {name: {name} for name in told}


def a_cat() -> Image.Image:
    """On a meadow, by hand."""
    picture = Image.new("RGB", (900, 700), (126, 168, 92))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((250, 300, 700, 640), fill=(196, 140, 84))
    draw.ellipse((180, 140, 480, 420), fill=(206, 150, 92))
    for ear in ([(200, 210), (210, 70), (310, 160)], [(360, 155), (450, 70), (462, 220)]):
        draw.polygon(ear, fill=(186, 130, 76))
    for x in (270, 370):
        draw.ellipse((x, 240, x + 34, 280), fill=(40, 60, 30))
    for y in (320, 340, 360):
        draw.line((100, y, 560, y - 14), fill=(240, 236, 226), width=3)
    return picture


def test_what_is_no_card_and_what_is_no_picture_are_told_apart(somebody: PatientOf):
    read(somebody, as_jpeg(a_cat()), "front").refused(422, "id_card.not_found")
    damaged = read(somebody, b"GIF89a of a cat", "front").refused(400, "id_card.picture_refused")
    assert damaged == {"reason": "picture.damaged"}
    bomb = io.BytesIO()
    Image.new("1", (10_000, 6_000)).save(bomb, "PNG")  # 60 megapixels in 8 kilobytes
    large = read(somebody, bomb.getvalue(), "front").refused(400, "id_card.picture_refused")
    assert large == {"reason": "picture.too_many_pixels"}


def frames_of(actions: Iterable[str]) -> list[str]:
    return [text(frame) for frame in capture(list(actions))]


class Faces:
    """Somebody's card was read; then their face is judged by the function itself."""

    def __init__(self, eyes: Eyes) -> None:
        eyes.see(CARD)
        cards = eyes.answer

        def answer(event: dict[str, Any]) -> dict[str, Any]:
            if event["do"] == "watch_face":
                return handler({**event, "portrait": text(PORTRAIT.read_bytes())}, None)
            return cards(event)

        eyes.answer = answer

    def shown(self, who: PatientOf, sent: list[str], check: dict[str, Any]) -> Answer:
        sides = [read(who, b"a photograph", side).ok(201)["id"] for side in ("front", "back")]
        body = {"frames": sent, "front_reading_id": sides[0], "back_reading_id": sides[1]}
        return call(check_face, "POST", f"/face-checks/{check['id']}/answer", body, who=who.caller)


def recorded(frame: str, quality: int) -> str:
    """The same picture as another file."""
    return text(as_jpeg(Image.open(io.BytesIO(base64.b64decode(frame))), quality))


@pytest.mark.req("ID-06")
def test_a_living_face_passes_and_a_photograph_or_a_recording_leaves_the_person_unverified(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
):
    """A photograph tilted before the camera; a recording of the same person for what was drawn before, as new
    pictures; the very same pictures."""
    cloud.turn(PICTURES_FUNCTION=FUNCTION)
    faces = Faces(opened_eyes(monkeypatch))
    living, other = new_patient(verified=False), new_patient(verified=False)
    check = drawn_check(living.caller)
    shown = frames_of(check["actions"])
    photograph = [recorded(text(frame), 80) for frame in flat_replay(check["actions"])]
    late = drawn_check(other.caller)
    faces.shown(other, photograph, late).refused(422, "face.not_live")
    again = drawn_check(other.caller, unlike=check["actions"])
    faces.shown(other, [recorded(frame, 84) for frame in shown], again).refused(422, "face.not_live")
    assert faces.shown(living, shown, check).ok()["state"] == "passed"
    faces.shown(other, shown, drawn_check(other.caller)).refused(422, "face.frames_replayed")
    assert get_identity(other.person.id) is None
    identity = get_identity(living.person.id)
    assert identity is not None
    assert (identity.method, identity.name) == ("face", CARD.name)


ACTIONS = ["turn_left", "open_mouth", "blink"]


def test_nobody_is_nobody_and_who_turns_the_other_way_did_something_else():
    def watch(sent: list[str], actions: list[str]) -> dict[str, Any]:
        portrait = text(PORTRAIT.read_bytes())
        return handler({"do": "watch_face", "frames": sent, "actions": actions, "portrait": portrait}, None)

    blank = text(as_jpeg(Image.new("RGB", (320, 240), "white")))
    assert watch([blank] * 6, ACTIONS) == {"live": False, "why": "no_face", "distance": None, "ahead": None}
    done = frames_of(ACTIONS)
    seen = watch(done, ACTIONS)
    assert (seen["live"], seen["why"]) == (True, "")
    assert seen["distance"] < 0.45
    assert seen["ahead"] < 4  # before anything was done
    turned = watch(done, ["turn_right", "open_mouth", "blink"])
    assert turned == {"live": False, "why": "not_moved", "distance": None, "ahead": None}
