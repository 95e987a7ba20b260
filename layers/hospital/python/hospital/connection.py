"""The connection to DynamoDB that all tables share: keys known, no start-up call, and `Unavailable` for what passes."""

from __future__ import annotations

import random
import time
from functools import lru_cache
from typing import Any, cast

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from pynamodb.connection.base import Connection, MetaTable

from hospital.errors import Unavailable

LISTS = ("list1", "list2", "list3")
"""Every table has these three indexes; a collection gives them its own meaning."""

TRIES = 6
"""Of a write that meets another one: enough for a handful of people at one record."""

PASSING = frozenset(
    {
        "InternalServerError",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ThrottlingException",
        "TransactionInProgressException",
    }
)
"""Answers of DynamoDB that say nothing about the request: the same one may be sent again."""


def pause(attempt: int) -> None:
    """Before the next try; none before the first."""
    if attempt:
        time.sleep(random.uniform(0.005, 0.02) * 2**attempt)  # noqa: S311 - jitter, not a secret


class TableConnection(Connection):
    """Says `Unavailable` where DynamoDB has no answer now, after botocore's own tries.

    Transactions are left to `Work`, which knows what each of their failures means.
    """

    def dispatch(self, operation_name: str, operation_kwargs: dict[str, Any]) -> dict[str, Any]:
        """One call. Whatever is the request's own fault comes through as botocore raises it."""
        for attempt in range(TRIES):
            pause(attempt)
            try:
                return cast(dict[str, Any], super().dispatch(operation_name, operation_kwargs))
            except (BotoCoreError, ClientError) as error:
                if operation_name == "TransactWriteItems" or not _passes(error):
                    raise
                if not _met_another(error):
                    raise Unavailable(reason="busy") from error
        raise Unavailable(reason="busy")


def _passes(error: BotoCoreError | ClientError) -> bool:
    if isinstance(error, ClientError):
        return _met_another(error) or error.response.get("Error", {}).get("Code") in PASSING
    return isinstance(error, HTTPClientError)  # could not be reached, or did not answer in time


def _met_another(error: BotoCoreError | ClientError) -> bool:
    """A write met a transaction on its item: nothing was judged or written, so it is tried again at once."""
    code = error.response.get("Error", {}).get("Code") if isinstance(error, ClientError) else None
    return code == "TransactionConflictException"


@lru_cache(maxsize=64)
def connection(region: str, physical: str) -> TableConnection:
    """The connection for one table; made without asking DynamoDB what the table looks like."""
    made = TableConnection(
        region=region, connect_timeout_seconds=2, read_timeout_seconds=5, max_retry_attempts=3, max_pool_connections=32
    )
    keys = ["pk", "sk", *(f"{index}{end}" for index in LISTS for end in ("pk", "sk"))]
    made.add_meta_table(
        MetaTable(
            {
                "TableName": physical,
                "KeySchema": _schema("pk", "sk"),
                "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in keys],
                "GlobalSecondaryIndexes": [
                    {"IndexName": index, "KeySchema": _schema(f"{index}pk", f"{index}sk")} for index in LISTS
                ],
            }
        )
    )
    return made


def _schema(hash_name: str, range_name: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": hash_name, "KeyType": "HASH"},
        {"AttributeName": range_name, "KeyType": "RANGE"},
    ]
