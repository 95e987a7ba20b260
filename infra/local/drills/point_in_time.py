"""A table as it was at an earlier moment, from the list of its changes.

DynamoDB keeps 35 days of them. The local hospital keeps a change only until all its consumers have done it, so this
serves drills, in which nobody consumes; a running local hospital is put back from a copy of its folder
(`python -m infra.local restore`). moto itself would copy the table as it is now.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import boto3
from moto.dynamodb.responses import DynamoHandler

from ..store import Store

_READER = "drill"
_ALL = 100_000


@contextmanager
def point_in_time(store: Store) -> Iterator[None]:
    """Within the block `RestoreTableToPointInTime` answers a table as it was at `RestoreDateTime`."""
    copy = DynamoHandler.restore_table_to_point_in_time

    def restore(handler: Any) -> Any:
        answer = copy(handler)
        body = handler.body
        undo(store, body["SourceTableName"], body["TargetTableName"], body["RestoreDateTime"].timestamp())
        return answer

    with patch.object(DynamoHandler, "restore_table_to_point_in_time", restore):
        yield


def undo(store: Store, source: str, target: str, moment: float) -> None:
    """Takes back in `target`, a copy of `source`, what happened to `source` after `moment` (epoch seconds)."""
    dynamodb = boto3.client("dynamodb")
    later = [change for change in store.changes(_READER, [source], _ALL) if change.at > moment]
    for change in reversed(later):
        if change.old is not None:
            dynamodb.put_item(TableName=target, Item=change.old)
        elif change.new is not None:
            key = {name: change.new[name] for name in ("pk", "sk")}
            dynamodb.delete_item(TableName=target, Key=key)
