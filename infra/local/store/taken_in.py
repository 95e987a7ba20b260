"""Items that were made elsewhere, taken in as they are: one commit, and no change that a stream would deliver."""

import base64
import json
from collections.abc import Iterable
from typing import Any

from .database import Database
from .errors import StoreError
from .images import Image, item_from
from .tables import KeptTables, all_tables, key_text
from .units import place


def take_in(tables: KeptTables, database: Database, name: str, images: Iterable[Image]) -> int:
    """Puts DynamoDB JSON (bytes as bytes) into an empty table; answers how many. StoreError when it is not empty."""
    table = next((table for table in all_tables() if table.name == name), None)
    if table is None or table.items:
        raise StoreError(f"Table {name} {'holds items already' if table else 'does not exist'}: nothing is taken in.")
    texts = [json.dumps(image, separators=(",", ":"), ensure_ascii=False, default=_base64) for image in images]
    range_attr = table.range_key_attr if table.has_range_key else None
    items = [item_from(text, table.hash_key_attr, range_attr) for text in texts]
    rows = [
        (name, key_text(item.hash_key), "" if item.range_key is None else key_text(item.range_key), text)
        for item, text in zip(items, texts, strict=True)
    ]
    with tables.units.lock:
        with database.write() as connection:
            # In the order of the keys pages fill up; in any other they split, and the file grows to three times that.
            connection.executemany("INSERT INTO items VALUES(?,?,?,?)", sorted(rows))
        for item in items:
            place(table, item.hash_key, item.range_key, item)
        tables.index.forget(table)
    return len(items)


def _base64(value: Any) -> str:
    if not isinstance(value, bytes):
        raise TypeError(f"an item holds {type(value).__name__}")
    return base64.b64encode(value).decode()
