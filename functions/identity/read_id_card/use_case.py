"""Reading one side of an identity card, and giving its owner what was cut out."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from pydantic import BaseModel

from adapters.ocr import FIELDS, PictureRefused, Side, reader
from hospital import ids
from hospital.caller import Caller
from hospital.card_readings.errors import TooManyReadings
from hospital.card_readings.model import CardPictures, CardReading, Certainty, PictureLook, warned_of
from hospital.card_readings.store import get_pictures, get_reading, looks, pictures, readings
from hospital.limits import Limit
from hospital.listings import DAY_ZONE
from hospital.verifications.errors import IdNumberRefused
from hospital.verifications.id_number import parse_id_number
from hospital.work import Work

_READINGS = Limit("card_readings", 30, timedelta(hours=1), TooManyReadings)
_SEXES: Mapping[str, str] = {"male": "男", "female": "女"}


class CardWarning(BaseModel):
    """Something that speaks against the picture; `hint` when it may be wrong."""

    code: str
    certainty: Certainty


class CardReadingView(BaseModel):
    """What one side says. `fields`: of the front name, sex, ethnicity, birth_date, address, number; of the back
    authority, valid_from, valid_until; as printed, what could not be read is empty."""

    id: str
    side: Side
    fields: dict[str, str]
    warnings: list[CardWarning]
    passable: bool
    expires_at: datetime

    @classmethod
    def of(cls, reading: CardReading) -> CardReadingView:
        """The view of a reading for its owner."""
        warnings = [CardWarning(code=code, certainty=how) for code, how in sorted(reading.warnings.items())]
        return cls(
            **reading.model_dump(include={"id", "side", "fields"}),
            warnings=warnings,
            passable=reading.passable,
            expires_at=reading.expires_at,
        )


class CardPicturesView(BaseModel):
    """JPEGs in base64. The back has no portrait, and some vendors cut nothing out."""

    card: str | None
    portrait: str | None


def read_id_card(side: Side, picture: str, *, by: Caller, now: datetime) -> CardReadingView:
    """The reading of one side; nothing is kept of a picture that shows no such side."""
    content = _decoded(picture)
    _READINGS.take(by.person_id)
    read = reader().read_card(content, side)
    fields = {name: read.fields.get(name, "") for name in FIELDS[side]}
    today = now.astimezone(DAY_ZONE).date()
    reading = CardReading(
        id=ids.new_id("idr"),
        person_id=by.person_id,
        side=side,
        fields=fields,
        warnings=warned_of(side, fields, {**read.warnings, **_said_by_number(fields, today)}, today),
        read_at=now,
    )
    with Work(by=by, doing="id_card.read") as work:
        stored = work.add(readings, reading)
        work.add(
            pictures,
            CardPictures(
                id=reading.id,
                person_id=by.person_id,
                card=_text(read.card),
                portrait=_text(read.portrait),
                expires_at=reading.expires_at,
            ),
        )
        return work.answer(CardReadingView.of(stored))


def view_pictures(reading_id: str, *, by: Caller, now: datetime) -> CardPicturesView:
    """What was cut out, for its owner; each time leaves a line."""
    found = get_pictures(get_reading(reading_id, by.person_id))
    with Work(by=by, doing="id_card.look") as work:
        work.add(looks, PictureLook(id=ids.new_id("idl"), reading_id=reading_id, person_id=by.person_id, at=now))
        return work.answer(CardPicturesView(card=found.card or None, portrait=found.portrait or None))


def _said_by_number(fields: Mapping[str, str], today: date) -> dict[str, Certainty]:
    """Whatever reads the card: its number has to be one, and to agree with what is written beside it."""
    if "number" not in fields:
        return {}
    try:
        number = parse_id_number(fields["number"], today)
    except IdNumberRefused:
        return {"number_unreadable": "certain"}
    if (fields["birth_date"], fields["sex"]) != (number.birth_date.isoformat(), _SEXES[number.sex]):
        return {"number_disagrees": "certain"}
    return {}


def _decoded(picture: str) -> bytes:
    try:
        return base64.b64decode(picture, validate=True)
    except ValueError:  # not base64, or not even ASCII
        raise PictureRefused(reason="not_base64") from None


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()
