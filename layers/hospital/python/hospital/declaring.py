"""Declaring what staff fill in: a schema from which the pages draw list and form by themselves."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Widget = Literal["text", "textarea", "number", "select", "switch"]


def field(zh: str, en: str, widget: Widget = "text", **rules: Any) -> Any:
    """A form field: its name in both languages, how it is entered, and pydantic's rules for it."""
    return Field(title=zh, json_schema_extra={"x-title-en": en, "x-widget": widget}, **rules)


class Content(BaseModel):
    """What staff enter. Unknown fields are refused, texts are stripped."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)
