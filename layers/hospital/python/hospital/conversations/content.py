"""What a message may hold: a registry of types, each with the schema of what a member sends.

A new type is a `Content` class and one line in `CONTENT_TYPES`; a hospital's own type has a name that begins with
`x-`. Clients get its content as it was sent; pages that do not know it show that something of that name came.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from hospital import ids
from hospital.conversations.errors import MessageTypeUnknown
from hospital.http import SchemaBroken

MAX_TEXT = 5000


class Content(BaseModel):
    """What a member sends. Unknown fields and other types than the schema says are refused, texts are stripped."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, str_strip_whitespace=True)


def visible(text: str) -> str:
    """The text itself, if a reader would see anything: marks of width nought and of direction alone say nothing."""
    if all(unicodedata.category(character)[0] in "CZ" for character in text):
        raise ValueError("nothing to see")
    return text


Words = Annotated[str, AfterValidator(visible)]
Id = Annotated[str, Field(pattern=ids.PATTERN)]


class Text(Content):
    """A text with emoji. It is kept as it was written, but for white space around it; pages show it as text, never as
    markup, and shut its marks of direction in."""

    text: Annotated[Words, Field(min_length=1, max_length=MAX_TEXT)]


class Attachment(Content):
    """Something uploaded before. Readers get what the upload turned out to be."""

    upload_id: Id


class CardReference(Content):
    """What a card points at."""

    type: Literal["visit"]
    id: Id


class Card(Content):
    """A live reference to a record: whoever opens it sees it as it is then, if they may."""

    card: CardReference


_Kind = Literal["blood_pressure", "blood_glucose", "heart_rate", "temperature", "oxygen", "weight"]


@dataclass(frozen=True)
class _Scale:
    unit: str
    least: float
    most: float


_SCALES: Mapping[str, _Scale] = MappingProxyType(
    {
        "blood_pressure": _Scale("mmHg", 20, 350),
        "blood_glucose": _Scale("mmol/L", 0.1, 60),
        "heart_rate": _Scale("/min", 10, 350),
        "temperature": _Scale("Cel", 25, 45),
        "oxygen": _Scale("%", 1, 100),
        "weight": _Scale("kg", 0.2, 500),
    }
)


class Measurement(Content):
    """A value that a patient measured. `unit` is the kind's own (UCUM); `second` is the diastolic pressure, which
    blood pressure has and nothing else."""

    kind: _Kind
    value: Annotated[float, Field(strict=False, allow_inf_nan=False)]
    second: Annotated[float, Field(strict=False, allow_inf_nan=False)] | None = None
    unit: str
    measured_at: Annotated[AwareDatetime, Field(strict=False)]
    note: Annotated[str, Field(max_length=200)] = ""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        scale = _SCALES[self.kind]
        if self.unit != scale.unit:
            raise ValueError("another unit than the kind's")
        if (self.second is not None) != (self.kind == "blood_pressure"):
            raise ValueError("a second value belongs to blood pressure alone")
        for value in (self.value, self.second):
            if value is not None and not scale.least <= value <= scale.most:
                raise ValueError("no such value")
        if self.second is not None and not self.second < self.value:
            raise ValueError("diastolic above systolic")
        return self


@dataclass(frozen=True)
class ContentType:
    """One type. `holds` says what else has to be asked when it is sent: the upload behind it, the record that it
    points at. `words` names the fields in which people write: there sensitive words are looked for."""

    name: str
    schema: type[Content]
    holds: Literal["words", "upload", "card", "values"]
    words: tuple[str, ...] = ()


def _by_name(*types: ContentType) -> Mapping[str, ContentType]:
    return MappingProxyType({one.name: one for one in types})


CONTENT_TYPES = _by_name(
    ContentType("text", Text, "words", words=("text",)),
    ContentType("image", Attachment, "upload"),
    ContentType("voice", Attachment, "upload"),
    ContentType("video", Attachment, "upload"),
    ContentType("file", Attachment, "upload"),
    ContentType("card", Card, "card"),
    ContentType("x-measurement", Measurement, "values", words=("note",)),
)


def content_type(name: str, types: Mapping[str, ContentType] = CONTENT_TYPES) -> ContentType:
    """The type of that name; `MessageTypeUnknown` for what no member may send."""
    if name not in types:
        raise MessageTypeUnknown
    return types[name]


def content_sent(
    type_: str, content: Mapping[str, Any], types: Mapping[str, ContentType] = CONTENT_TYPES
) -> dict[str, Any]:
    """What a member sends under that type, as it is stored: JSON values alone. Raises `MessageTypeUnknown`, or
    `SchemaBroken` with the paths of what is wrong, never the values."""
    schema = content_type(type_, types).schema
    try:
        return schema.model_validate(content).model_dump(mode="json", exclude_none=True)
    except ValidationError as error:
        problems = [_problem(found) for found in error.errors(include_url=False, include_input=False)[:20]]
        raise SchemaBroken(fields=problems) from None


_TOO_LONG = ("string_too_long", "too_long")


def _problem(found: Any) -> dict[str, Any]:
    """Where something is wrong and what; of a text that is too long its limit."""
    limit = {"limit": found["ctx"]["max_length"]} if found["type"] in _TOO_LONG else {}
    return {"field": ".".join(["content", *map(str, found["loc"])]), "problem": found["type"], **limit}
