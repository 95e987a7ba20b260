"""Records: what the tables hold, as frozen pydantic models that know no table.

A field annotated `Sealed` (or `Annotated[T, SEALED]`) is encrypted before it is stored; that is all a model says about
storage.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, NamedTuple, Self, get_args

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from pydantic import BaseModel, ConfigDict

AttributeValue = dict[str, Any]
Item = dict[str, AttributeValue]


class _Seal:
    """Marks a field whose text only the hospital's own functions may read."""


SEALED = _Seal()
Sealed = Annotated[str, SEALED]


class Key(NamedTuple):
    """A place in a table."""

    pk: str
    sk: str


class Record(BaseModel):
    """One thing a table holds. `version` counts its changes, from 1; 0 means not stored yet."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    version: int = 0

    def having(self, **changes: Any) -> Self:
        """A copy with `changes`. Only for a subject's own model: it checks nothing."""
        return self.model_copy(update=changes)


def sealed_fields(record: type[Record]) -> frozenset[str]:
    """The names of the fields that are encrypted at rest."""
    return frozenset(
        name for name, field in record.model_fields.items() if SEALED in field.metadata or _is_sealed(field.annotation)
    )


def _is_sealed(annotation: Any) -> bool:
    """Whether the mark lies further in, as in `Sealed | None`."""
    marks = getattr(annotation, "__metadata__", ())
    return SEALED in marks or any(_is_sealed(part) for part in get_args(annotation))


class _Numbers(TypeDeserializer):  # type: ignore[misc] # boto3 ships no types
    def _deserialize_n(self, value: str) -> int | Decimal:
        number = Decimal(value)
        return int(number) if number == number.to_integral_value() else number


_SERIALIZER = TypeSerializer()
_DESERIALIZER = _Numbers()


def to_attributes(values: dict[str, Any]) -> Item:
    """Plain JSON values as DynamoDB writes them; None is left out."""
    return {name: _SERIALIZER.serialize(value) for name, value in values.items() if value is not None}


def from_attributes(item: Item) -> dict[str, Any]:
    """The inverse of `to_attributes`."""
    return {name: _DESERIALIZER.deserialize(value) for name, value in item.items()}
