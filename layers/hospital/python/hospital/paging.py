"""Pages of a list, with an opaque cursor."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from hospital.errors import Invalid

_MAX_KEY = 1024  # bytes, of a sort key in DynamoDB
_SURROGATE = re.compile("[\ud800-\udfff]")
T = TypeVar("T")
U = TypeVar("U")


class CursorUnknown(Invalid):
    """The cursor is not one that this list gave out."""

    code = "request.cursor_unknown"


class Paging(BaseModel):
    """The query parameters of every list."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    cursor: Annotated[str, Field(max_length=1000, description="From the page before")] | None = None
    limit: Annotated[int, Field(ge=1, le=100, description="Items per page")] = 20


class Page(BaseModel, Generic[T]):
    """Some items, and the cursor of the next page or null at the end."""

    items: list[T]
    cursor: str | None = None

    def each(self, view: Callable[[T], U]) -> Page[U]:
        """The same page, seen through `view`."""
        return Page(items=[view(item) for item in self.items], cursor=self.cursor)


def encode_cursor(*parts: str) -> str:
    """An opaque, URL-safe text for the sort keys of the last item given out."""
    text = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(cursor: str, size: int) -> list[str]:
    """The `size` parts; raises `CursorUnknown` for anything that `encode_cursor` did not make."""
    try:
        parts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        raise CursorUnknown from None
    if not isinstance(parts, list) or len(parts) != size or not all(_is_key(part) for part in parts):
        raise CursorUnknown
    return parts


def _is_key(part: object) -> bool:
    # Sort keys hold what staff wrote, ideographic spaces and emoji too; half a surrogate pair is no text.
    return isinstance(part, str) and 0 < len(part.encode(errors="replace")) <= _MAX_KEY and not _SURROGATE.search(part)
