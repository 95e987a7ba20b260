"""Puts items of a restored table back into the table that the hospital uses.

    python -m infra.put_back --from yunzhen-people-restored --into yunzhen-people            # says what it would do
    python -m infra.put_back --from yunzhen-people-restored --into yunzhen-people --yes      # puts back what is missing
    python -m infra.put_back … --changed PERSON#per_1 --yes       # and puts this one back as it was, though it is there

The hospital stays open meanwhile: an item is written only if it is still as it was when it was compared. What came
after the moment of the restored table stays. Event rows that come back are published again; consumers know them.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import boto3

_AT_ONCE = 100  # keys that one BatchGetItem takes
Item = dict[str, Any]


@dataclass
class Report:
    """Partition keys by what was done with their items."""

    same: int = 0
    missing: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    """Differ from the restored table, as they do when the hospital went on working; nobody asked for them."""
    moved: list[str] = field(default_factory=list)
    """Were written by somebody while they were compared; run again to see them as they are now."""


class PutBack:
    """Compares page by page, and writes with `yes`."""

    def __init__(self, dynamodb: Any, restored: str, live: str, changed: frozenset[str], *, yes: bool) -> None:
        self._dynamodb, self._restored, self._live = dynamodb, restored, live
        self._changed, self._yes = changed, yes
        schema = dynamodb.describe_table(TableName=live)["Table"]["KeySchema"]
        self._keys = [part["AttributeName"] for part in schema]
        self.report = Report()

    def run(self) -> Report:
        """The whole restored table."""
        for page in self._pages():
            live = self._found({self._key_text(item): self._key(item) for item in page})
            for item in page:
                self._judge(item, live.get(self._key_text(item)))
        return self.report

    def _judge(self, item: Item, live: Item | None) -> None:
        owner = item[self._keys[0]]["S"]
        if live == item:
            self.report.same += 1
        elif live is None:
            self._write(item, f"attribute_not_exists({self._keys[0]})", {}, self.report.missing)
        elif owner in self._changed:
            names = {f":{number}": value for number, value in enumerate(live.values())}
            same = " AND ".join(f"#{number} = :{number}" for number in range(len(live)))
            self._write(item, same, names, self.report.changed, dict(enumerate(live)))
        else:
            self.report.left.append(owner)

    def _write(
        self, item: Item, condition: str, values: Item, done: list[str], names: dict[int, str] | None = None
    ) -> None:
        owner = item[self._keys[0]]["S"]
        more: dict[str, Any] = {"ExpressionAttributeValues": values} if values else {}
        if names:
            more["ExpressionAttributeNames"] = {f"#{number}": name for number, name in names.items()}
        try:
            if self._yes:
                self._dynamodb.put_item(TableName=self._live, Item=item, ConditionExpression=condition, **more)
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            self.report.moved.append(owner)
        else:
            done.append(owner)

    def _pages(self) -> Iterator[list[Item]]:
        """The restored table, at most a hundred items at a time."""
        for page in self._dynamodb.get_paginator("scan").paginate(TableName=self._restored):
            for start in range(0, len(page["Items"]), _AT_ONCE):
                yield page["Items"][start : start + _AT_ONCE]

    def _found(self, keys: dict[str, Item]) -> dict[str, Item]:
        """The live items of these keys."""
        found = {}
        asked = {self._live: {"Keys": list(keys.values()), "ConsistentRead": True}}
        while asked:
            answer = self._dynamodb.batch_get_item(RequestItems=asked)
            found.update({self._key_text(item): item for item in answer["Responses"].get(self._live, [])})
            asked = answer.get("UnprocessedKeys") or {}
        return found

    def _key(self, item: Item) -> Item:
        return {name: item[name] for name in self._keys}

    def _key_text(self, item: Item) -> str:
        return repr(self._key(item))


def main(arguments: list[str]) -> int:
    """1 when something moved meanwhile."""
    parser = argparse.ArgumentParser(prog="python -m infra.put_back", description=__doc__)
    parser.add_argument("--from", dest="restored", required=True, help="the table that was restored")
    parser.add_argument("--into", dest="live", required=True, help="the table that the hospital uses")
    parser.add_argument("--changed", action="append", default=[], metavar="PK", help="put back though it is there")
    parser.add_argument("--yes", action="store_true", help="write; without it nothing is changed")
    given = parser.parse_args(arguments)
    tool = PutBack(boto3.client("dynamodb"), given.restored, given.live, frozenset(given.changed), yes=given.yes)
    report = tool.run()
    done = "put back" if given.yes else "would be put back"
    print(f"{report.same} items are the same; {len(report.left)} differ and stay as they are now")
    print(f"{len(report.missing)} missing and {len(report.changed)} changed items {done}:")
    for owner in sorted({*report.missing, *report.changed}):
        print(f"  {owner}")
    for owner in sorted(set(report.moved)):
        print(f"  {owner} was written meanwhile; run again", file=sys.stderr)
    return 1 if report.moved else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
