"""Runs a migration over a table: page by page, remembered, as often as anybody likes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol, cast

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

_READ, _WRITE = TypeDeserializer(), TypeSerializer()
_FIXED = ("pk", "sk", "version")
_PAGE = 100
_TRIES = 5
Plain = dict[str, Any]


class Migration(Protocol):
    """A module of infra/migrations."""

    __name__: str
    TABLE: str

    def concerns(self, item: Plain) -> bool: ...

    def changed(self, item: Plain) -> Plain: ...


class MigrationWrong(Exception):
    """The migration itself does what it may not; nothing of that item was written."""


@dataclass(frozen=True)
class Progress:
    """How far it came: `after` is the key of the last item of the last whole page, None at either end."""

    pages: int = 0
    seen: int = 0
    changed: int = 0
    after: Plain | None = None
    finished_at: str = ""


class Run:
    """One migration on one table. `page` is how many items are read at once."""

    def __init__(self, dynamodb: Any, prefix: str, migration: Migration, page: int = _PAGE) -> None:
        self._dynamodb, self._migration, self._page = dynamodb, migration, page
        self._table = f"{prefix}-{migration.TABLE}"
        self.name = migration.__name__.rpartition(".")[2]
        text = f"MIGRATION#{self.name}"
        self._key = {"pk": {"S": text}, "sk": {"S": "MIGRATION"}}

    def progress(self) -> Progress:
        """As it is remembered in the table itself, so that it is restored and lost with what it is about."""
        item = self._dynamodb.get_item(TableName=self._table, Key=self._key, ConsistentRead=True).get("Item")
        return Progress(**json.loads(item["progress"]["S"])) if item else Progress()

    def pages(self) -> Iterator[Progress]:
        """Goes on where it stopped, or from the start when it was finished; the progress after each page."""
        now = self.progress()
        if now.finished_at:
            now = Progress()
        while not now.finished_at:
            now = self._one_page(now)
            self._remember(now)
            yield now

    def _one_page(self, before: Progress) -> Progress:
        start = {"ExclusiveStartKey": before.after} if before.after else {}
        page = self._dynamodb.scan(TableName=self._table, Limit=self._page, ConsistentRead=True, **start)
        changed = sum(self._move(item) for item in page["Items"])
        after = page.get("LastEvaluatedKey")
        return Progress(
            pages=before.pages + 1,
            seen=before.seen + len(page["Items"]),
            changed=before.changed + changed,
            after=after,
            finished_at="" if after else datetime.now(UTC).isoformat(timespec="seconds"),
        )

    def _move(self, stored: Plain | None) -> bool:
        """Whether the item had to be changed. Written meanwhile, it is read again and judged anew."""
        for _ in range(_TRIES):
            if stored is None or stored["pk"] == self._key["pk"]:
                return False
            wanted = self._wanted(stored)
            if wanted == stored:
                return False
            try:
                self._dynamodb.put_item(TableName=self._table, Item=wanted, **_unchanged(stored))
            except self._dynamodb.exceptions.ConditionalCheckFailedException:
                key = {name: stored[name] for name in ("pk", "sk")}
                stored = self._dynamodb.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item")
            else:
                return True
        raise MigrationWrong(f"{self.name}: an item is written by somebody else all the time; run it again later")

    def _wanted(self, stored: Plain) -> Plain:
        item = {name: _READ.deserialize(value) for name, value in stored.items()}
        if not self._migration.concerns(item):
            return stored
        wanted = self._migration.changed(dict(item))
        if any(wanted.get(name) != item.get(name) for name in _FIXED):
            raise MigrationWrong(f"{self.name} may not change {', '.join(_FIXED)}")
        if self._migration.changed(dict(wanted)) != wanted:
            raise MigrationWrong(f"{self.name} changes an item again that it has changed")
        if wanted == item:
            return stored
        return {
            name: stored[name] if item.get(name) == value else _WRITE.serialize(value) for name, value in wanted.items()
        }

    def _remember(self, progress: Progress) -> None:
        item = {**self._key, "progress": {"S": json.dumps(progress.__dict__)}}
        self._dynamodb.put_item(TableName=self._table, Item=item)


def _unchanged(stored: Plain) -> dict[str, Any]:
    """The condition that every attribute is as it was read; the kit counts each write of its own in `version`."""
    names = {f"#{number}": name for number, name in enumerate(stored)}
    values = {f":{number}": value for number, value in enumerate(stored.values())}
    same = " AND ".join(f"#{number} = :{number}" for number in range(len(stored)))
    return {
        "ConditionExpression": same,
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": values,
    }


def migration_of(module: Any) -> Migration:
    """The module as a migration; AttributeError when it lacks one of the three names."""
    for name in ("TABLE", "concerns", "changed"):
        getattr(module, name)
    return cast("Migration", module)
