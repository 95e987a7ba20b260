"""What every reader of identity cards does, each against what it speaks with."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from adapters import ocr
from adapters.ocr import CardNotFound, CardRead, OtherSide, PictureRefused
from adapters.ocr.tencent_ocr import TencentCardReader
from hospital.errors import Unavailable
from tests.builders.cloud import Cloud
from tests.builders.eyes import FUNCTION, Eyes, opened_eyes
from tests.builders.id_cards import CardOf, made_card
from tests.builders.tencent import KEY, Peer, open_peer, signed_for

pytestmark = pytest.mark.store

PICTURE = b"\xff\xd8 a photograph"
CUT = base64.b64encode(b"cut out").decode()
Json = dict[str, Any]


@dataclass
class FarEnd:
    """What an adapter asks: it can be shown a card, or be made to refuse, or be away."""

    see: Callable[..., None]
    refuse: Callable[[str], None]
    break_down: Callable[[], None]


@pytest.fixture(scope="module")
def peer_of_all() -> Iterator[Peer]:
    with open_peer("ocr") as opened:
        yield opened


@pytest.fixture
def peer(cloud: Cloud, peer_of_all: Peer) -> Peer:
    return signed_for(peer_of_all)


def of_the_function(eyes: Eyes) -> FarEnd:
    def break_down() -> None:
        eyes.broken = True

    return FarEnd(eyes.see, eyes.refuse, break_down)


def of_the_vendor(peer: Peer) -> FarEnd:
    refusals = {
        "id_card.not_found": "FailedOperation.ImageNoIdCard",
        "id_card.other_side": "FailedOperation.CardSideError",
        "picture.damaged": "FailedOperation.ImageDecodeFailed",
        "picture.too_many_pixels": "FailedOperation.ImageSizeTooLarge",
    }

    def see(card: CardOf, **warnings: str) -> None:
        codes = {"photocopy": -9108, "screen": -9103, "edited": -9106, "cut_off": -9101, "covered": -9105}
        told = [{**codes, "temporary": -9104}[code] for code in warnings]
        peer.answers = lambda action, body: answer_of(card, body, WarnInfos=told)

    def refuse(code: str) -> None:
        peer.answers = lambda action, body: error(refusals[code])

    return FarEnd(see, refuse, lambda: refuse_with(peer, "InternalError"))


def answer_of(card: CardOf, body: Json, **more: Any) -> Json:
    """As IDCardOCR answers: dates in the card's own writing, what was cut out beside them."""
    advanced = json.dumps({"IdCard": CUT, "Portrait": CUT if body["CardSide"] == "FRONT" else "", **more})
    if body["CardSide"] == "BACK":
        until = card.valid_until if card.valid_until == "长期" else card.valid_until.replace("-", ".")
        dates = f"{card.valid_from.replace('-', '.')}-{until}"
        return {"Authority": card.authority, "ValidDate": dates, "AdvancedInfo": advanced}
    year, month, day = (int(part) for part in card.birth_date.split("-"))
    return {
        "Name": card.name,
        "Sex": card.sex,
        "Nation": card.ethnicity,
        "Birth": f"{year}/{month}/{day}",
        "Address": card.address,
        "IdNum": card.number,
        "AdvancedInfo": advanced,
    }


def error(code: str) -> Json:
    return {"Error": {"Code": code, "Message": ""}}


def refuse_with(peer: Peer, code: str) -> None:
    peer.answers = lambda action, body: error(code)


@pytest.fixture(params=["embedded", "tencent"])
def reading(
    request: pytest.FixtureRequest, cloud: Cloud, monkeypatch: pytest.MonkeyPatch, peer: Peer
) -> tuple[Callable[[str], CardRead], FarEnd]:
    """Reading a side by each adapter as the settings name it, and its far end."""
    cloud.turn(OCR_ADAPTER=request.param, OCR_URL=peer.url, PICTURES_FUNCTION=FUNCTION)
    far = of_the_function(opened_eyes(monkeypatch)) if request.param == "embedded" else of_the_vendor(peer)
    return lambda side: ocr.reader().read_card(PICTURE, side), far  # type: ignore[arg-type]


Reading = tuple[Callable[[str], CardRead], FarEnd]


@pytest.mark.parametrize("until", ["2040-05-06", "长期"])
def test_it_gives_every_field_as_printed_and_what_it_cut_out(reading: Reading, until: str):
    read, far = reading
    card = made_card(7, name="阿依古丽·艾买提", birth_date="1987-01-07", valid_from="2020-05-06", valid_until=until)
    far.see(card)
    front, back = read("front"), read("back")
    assert (front.fields, back.fields) == (card.side("front"), card.side("back"))
    assert (front.card, front.portrait, back.card, back.portrait) == (b"cut out", b"cut out", b"cut out", b"")
    assert (front.warnings, back.warnings) == ({}, {})


@pytest.mark.parametrize("code", ["photocopy", "screen", "edited", "cut_off", "covered", "temporary"])
def test_it_warns_by_one_set_of_words(reading: Reading, code: str):
    read, far = reading
    far.see(made_card(7), **{code: "certain"})
    warned = read("front").warnings
    assert set(warned) == {code} <= ocr.WARNINGS


@pytest.mark.parametrize(
    ("code", "refusal"),
    [
        ("id_card.not_found", CardNotFound),
        ("id_card.other_side", OtherSide),
        ("picture.damaged", PictureRefused),
        ("picture.too_many_pixels", PictureRefused),
    ],
)
def test_it_refuses_in_one_language(reading: Reading, code: str, refusal: type[Exception]):
    read, far = reading
    far.refuse(code)
    with pytest.raises(refusal):
        read("front")


def test_where_nobody_answers_nothing_was_read(reading: Reading):
    read, far = reading
    far.break_down()
    with pytest.raises(Unavailable):
        read("front")


@pytest.fixture
def tencent(peer: Peer) -> TencentCardReader:
    return TencentCardReader(peer.url)


def test_the_vendor_is_asked_for_every_warning_and_to_correct_nothing(peer: Peer, tencent: TencentCardReader):
    peer.answers = lambda action, body: answer_of(made_card(7), body)
    tencent.read_card(PICTURE, "back")
    ((action, body),) = peer.heard
    asked = json.loads(body.pop("Config"))
    assert (action, body) == (
        "IDCardOCR",
        {"ImageBase64": base64.b64encode(PICTURE).decode(), "CardSide": "BACK", "EnableRecognitionRectify": False},
    )
    assert {name for name, wanted in asked.items() if wanted} >= {
        "CropIdCard", "CropPortrait", "CopyWarn", "BorderCheckWarn", "ReshootWarn", "DetectPsWarn", "TempIdWarn",
        "InvalidDateWarn",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("more", "warned"),
    [
        ({"WarnInfos": [-9100]}, {"validity_impossible": "certain"}),
        ({"WarnInfos": [-9109, -9102]}, {"validity_impossible": "certain", "photocopy": "hint"}),
        ({"WarnInfos": [-9999]}, {"suspicious": "hint"}),
        ({"Quality": 49}, {"blurred": "certain"}),
        ({"Quality": 50, "WarnInfos": []}, {}),
    ],
)
def test_what_else_the_vendor_warns_of_is_never_silent(peer: Peer, tencent: TencentCardReader, more: Json, warned):
    peer.answers = lambda action, body: answer_of(made_card(7), body, **more)
    assert tencent.read_card(PICTURE, "back").warnings == warned
    assert set(warned) <= ocr.WARNINGS


@pytest.mark.parametrize(("code", "warned"), [("ImageBlur", "blurred"), ("IdCardInfoIllegal", "number_unreadable")])
def test_a_card_that_the_vendor_could_not_read_gives_nothing_but_a_warning(
    peer: Peer, tencent: TencentCardReader, code: str, warned: str
):
    refuse_with(peer, f"FailedOperation.{code}")
    assert tencent.read_card(PICTURE, "front") == CardRead({}, {warned: "certain"})


def test_the_side_that_came_instead_is_refused_also_when_the_vendor_reads_it(peer: Peer, tencent: TencentCardReader):
    peer.answers = lambda action, body: answer_of(made_card(7), {"CardSide": "BACK"})
    with pytest.raises(OtherSide):
        tencent.read_card(PICTURE, "front")


@pytest.mark.parametrize("answer", [{"AdvancedInfo": "no JSON"}, {"AdvancedInfo": '{"WarnInfos": ["new"]}'}])
def test_an_answer_of_another_form_is_none(peer: Peer, tencent: TencentCardReader, answer: Json):
    peer.answers = lambda action, body: {"Name": "王小芳", **answer}
    with pytest.raises(Unavailable):
        tencent.read_card(PICTURE, "front")


def test_with_another_key_the_vendor_reads_nothing(peer: Peer, tencent: TencentCardReader):
    signed_for(peer, KEY[::-1])
    with pytest.raises(Unavailable) as refusal:
        tencent.read_card(PICTURE, "front")
    assert refusal.value.facts["reason"] == "AuthFailure.SignatureFailure"
    assert peer.heard == []


def test_an_adapter_that_nobody_wrote(cloud: Cloud):
    cloud.turn(OCR_ADAPTER="pigeon")
    with pytest.raises(ocr.AdapterUnknown, match="OCR_ADAPTER=pigeon"):
        ocr.reader()
