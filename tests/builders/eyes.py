"""The function that looks at pictures, as tests of whoever asks it have it: it says what it is told to say."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from moto.awslambda.responses import LambdaResponse
from PIL import Image

from hospital.caller import Caller
from identity.check_face.app import app as check_face
from identity.read_id_card.app import app as read_id_card
from tests.builders.consents import agrees_to
from tests.builders.gateway import Answer, call
from tests.builders.id_cards import CardOf, as_jpeg, made_card

Json = dict[str, Any]
FUNCTION = "test-look-at-pictures"
PICTURE = base64.b64encode(b"a photograph").decode()


@dataclass
class Eyes:
    """`asked` are the events it was given. `answer` makes what it says of one."""

    asked: list[Json] = field(default_factory=list)
    answer: Callable[[Json], Json] = field(default=lambda event: _read(made_card(1), event))
    broken: bool = False

    def see(self, card: CardOf, **warnings: str) -> None:
        """From here on every picture shows that card."""
        self.answer = lambda event: _read(card, event) | {"warnings": warnings}

    def watch(self, *, live: bool = True, why: str = "", distance: float | None = 0.2) -> None:
        """From here on every face is judged so; cards are read as before."""
        before = self.answer
        told = {"live": live, "why": why, "distance": distance, "ahead": 0 if live else None}
        self.answer = lambda event: told if event["do"] == "watch_face" else before(event)

    def refuse(self, code: str) -> None:
        """From here on no picture shows what is wanted."""
        self.answer = lambda event: {"refused": code}

    def respond(self, response: Any) -> tuple[int, dict[str, str], bytes]:
        """In the place of Lambda's own answer."""
        assert f"/functions/{FUNCTION}/" in response.path
        event = json.loads(response.body)
        self.asked.append(event)
        headers = {"content-type": "application/json", "status": "200"}
        if self.broken:
            headers["x-amz-function-error"] = "Unhandled"
            return 200, headers, b'{"errorType": "MemoryError"}'
        return 200, headers, json.dumps(self.answer(event)).encode()


def opened_eyes(monkeypatch: pytest.MonkeyPatch) -> Eyes:
    """Functions that ask it get what it says, if their policy lets them ask."""
    eyes = Eyes()
    monkeypatch.setattr(LambdaResponse, "invoke", lambda response: eyes.respond(response))
    return eyes


def frames(count: int = 8) -> list[str]:
    """Pictures that were never sent before."""
    return [base64.b64encode(secrets.token_bytes(20)).decode() for _ in range(count)]


def films(count: int = 8) -> list[str]:
    """The same as JPEGs, which a vendor is sent as a film."""
    pictures = [np.random.default_rng().integers(0, 255, (16, 16, 3), np.uint8) for _ in range(count)]
    return [base64.b64encode(as_jpeg(Image.fromarray(picture))).decode() for picture in pictures]


def _read(card: CardOf, event: Json) -> Json:
    if event["do"] == "watch_face":
        return {"live": True, "why": "", "distance": 0.2, "ahead": 0}
    front = event["side"] == "front"
    cut = base64.b64encode(b"cut out").decode()
    return {"fields": card.side(event["side"]), "warnings": {}, "card": cut, "portrait": cut if front else None}


def drawn_check(who: Caller, unlike: list[str] | None = None) -> Json:
    """A face check of somebody who agreed to it; one that asks for something else than `unlike`."""
    agrees_to(who, "face_recognition")
    for _ in range(9):
        check: Json = call(check_face, "POST", "/face-checks", who=who).ok(201)
        if check["actions"] != unlike:
            break
    return check


def face_checked(who: Caller, sent: list[str] | None = None, organisation_id: str | None = None, **more: str) -> Answer:
    """Somebody shows both sides of a card, and their face; where there is doubt, staff of the organisation look."""
    sides = [
        call(read_id_card, "POST", "/id-card-readings", {"side": side, "picture": PICTURE}, who=who).ok(201)["id"]
        for side in ("front", "back")
    ]
    check = drawn_check(who)["id"]
    body: Json = {"frames": sent or frames(), "front_reading_id": sides[0], "back_reading_id": sides[1], **more}
    if organisation_id:
        body["organisation_id"] = organisation_id
    return call(check_face, "POST", f"/face-checks/{check}/answer", body, who=who)
