"""Where evidence comes from: a deployed stack, the folder of a local hospital, or an export.

An export is a folder with `<table>.jsonl` (`{"Item": {...}}` a line, DynamoDB's own export format, gzipped or not) and
the anchors as they lie in the archive bucket, below `audit-anchors/`.
"""

from __future__ import annotations

import base64
import gzip
import json
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import boto3

from hospital.seals.model import ANCHORS, Anchor

from .reading import TABLES, Item

ABOUT = "about.json"


class SourceUnreadable(Exception):
    """The source is not what it is said to be; the message is one sentence."""


class Source(Protocol):
    """Something that holds a hospital's audit lines."""

    read_at: datetime

    def items(self) -> Iterator[tuple[str, Item]]:
        """Table (`people`) and item, of all tables."""

    def anchors(self) -> Iterator[Anchor]:
        """Every anchor as it was written first."""


class Export:
    """A folder that `export` wrote, or one put together from DynamoDB's own exports."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        if not any(folder.glob("*.jsonl*")):
            raise SourceUnreadable(f"{folder} holds no <table>.jsonl")
        about = folder / ABOUT
        self.read_at = (
            datetime.fromisoformat(json.loads(about.read_text())["read_at"]) if about.exists() else datetime.now(UTC)
        )

    def items(self) -> Iterator[tuple[str, Item]]:
        """The lines of all files."""
        for table in TABLES:
            for file in sorted(self.folder.glob(f"{table}*.jsonl*")):
                opened = gzip.open if file.suffix == ".gz" else open
                with opened(file, "rt", encoding="utf-8") as lines:
                    for number, line in enumerate(lines, 1):
                        yield table, _item(line, file, number)

    def anchors(self) -> Iterator[Anchor]:
        """The objects of the archive."""
        for file in sorted((self.folder / ANCHORS).rglob("*.json")):
            yield Anchor.model_validate_json(file.read_bytes())


def _item(line: str, file: Path, number: int) -> Item:
    try:
        item: Item = json.loads(line)["Item"]
    except (ValueError, KeyError, TypeError):
        raise SourceUnreadable(f"{file.name} line {number} is no item") from None
    return item


class Stack:
    """A deployed hospital, read with the credentials of whoever asks; `prefix` is the template's Prefix."""

    def __init__(self, prefix: str, region: str | None = None) -> None:
        session = boto3.Session(region_name=region)
        self._prefix, self._session, self.read_at = prefix, session, datetime.now(UTC)

    def items(self) -> Iterator[tuple[str, Item]]:
        """A scan of each table. What is written meanwhile may be seen in halves: see `confirmed`."""
        client = self._session.client("dynamodb")
        for table in TABLES:
            pages = client.get_paginator("scan").paginate(TableName=f"{self._prefix}-{table}", ConsistentRead=True)
            for page in pages:
                for item in page["Items"]:
                    yield table, _plain(item)

    def anchors(self) -> Iterator[Anchor]:
        """The first version of every anchor: a later one was written over it."""
        account = self._session.client("sts").get_caller_identity()["Account"]
        client, bucket = self._session.client("s3"), f"{self._prefix}-archive-{account}"
        first: dict[str, Any] = {}
        for page in client.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=f"{ANCHORS}/"):
            for version in page.get("Versions", []):
                known = first.setdefault(version["Key"], version)
                if version["LastModified"] <= known["LastModified"]:  # newest first in the answer
                    first[version["Key"]] = version
        for name, version in sorted(first.items()):
            body = client.get_object(Bucket=bucket, Key=name, VersionId=version["VersionId"])["Body"].read()
            yield Anchor.model_validate_json(body)


def _plain(value: Any) -> Any:
    """Bytes as base64, as an export writes them."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list | set) else value


class LocalFolder:
    """The state folder of a local hospital that does not run, or a backup of one that does."""

    def __init__(self, folder: Path) -> None:
        self._folder, self.read_at = folder, datetime.now(UTC)
        if not (folder / "hospital.db").exists():
            raise SourceUnreadable(f"{folder} is no folder of a local hospital")
        self._database = sqlite3.connect(folder / "hospital.db", timeout=1)
        try:
            self._database.execute("PRAGMA query_only=ON")
            self._database.execute("SELECT 1 FROM items LIMIT 1")
        except sqlite3.OperationalError:
            copy = f"`python -m infra.local backup COPY --state {folder}`"
            raise SourceUnreadable(f"{folder} is in use by a running hospital; verify a backup of it: {copy}") from None

    def items(self) -> Iterator[tuple[str, Item]]:
        """The rows of the store."""
        for name, text in self._database.execute("SELECT tbl, attrs FROM items"):
            table = str(name).rpartition("-")[2]
            if table in TABLES:
                yield table, json.loads(text)

    def anchors(self) -> Iterator[Anchor]:
        """The oldest version of each object."""
        rows = self._database.execute("SELECT versions FROM objects WHERE key LIKE ? ORDER BY key", (f"{ANCHORS}/%",))
        for (text,) in rows:
            kept = [row for row in json.loads(text) if "file" in row]
            oldest = min(kept, key=lambda row: row["last_modified"])
            yield Anchor.model_validate_json((self._folder / "objects" / oldest["file"]).read_bytes())


def write_export(source: Source, folder: Path) -> int:
    """Write what the source holds as an export; how many items."""
    (folder / ANCHORS).mkdir(parents=True, exist_ok=True)
    files = {table: (folder / f"{table}.jsonl").open("w", encoding="utf-8") for table in TABLES}
    count = 0
    try:
        for count, (table, item) in enumerate(_audited(source.items()), 1):  # noqa: B007 - counts what was written
            files[table].write(json.dumps({"Item": item}, ensure_ascii=False) + "\n")
    finally:
        for file in files.values():
            file.close()
    for anchor in source.anchors():
        place = folder / anchor.name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(anchor.model_dump_json(), encoding="utf-8")
    (folder / ABOUT).write_text(json.dumps({"read_at": source.read_at.isoformat()}), encoding="utf-8")
    return count


_COUNTED = ("pk", "sk", "row", "audited", "version", "counts_lines_of", "counts_in")


def _audited(items: Iterable[tuple[str, Item]]) -> Iterator[tuple[str, Item]]:
    """Lines and seals as they are; of a record no more than how many lines it should have. Nothing of a patient."""
    for table, item in items:
        if table == "seals" or "line_subject" in item:
            yield table, item
        elif "audited" in item or "counts_lines_of" in item:
            field = item.get("counts_in", {}).get("S")
            yield table, {name: value for name, value in item.items() if name in _COUNTED or name == field}
