"""A migration for the tests: `name` becomes `family_name` and `given_name`, which stand beside it."""

from __future__ import annotations

from typing import Any

TABLE = "people"


def concerns(item: dict[str, Any]) -> bool:
    """Persons only."""
    return bool(item.get("kind") == "Person")


def changed(item: dict[str, Any]) -> dict[str, Any]:
    """The first character is the family's."""
    return item | {"family_name": item["name"][0], "given_name": item["name"][1:]}
