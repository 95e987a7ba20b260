"""What the store's operations cost as tables grow: JSON lines, times as ratios to the smallest table of the run.

`python tests/benchmarks/bench_store.py [SIZES...]`; sizes default to 200 2000 20000. Runs at the backend, without
boto3, on a folder: every write is committed. Ratios are for comparing; microseconds depend on the machine.
"""

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from infra.local.store import Store, installed

SIZES = (200, 2_000, 20_000)
CALLS = 200
PER_PARTITION = 100
REGION = "cn-northwest-1"


class Bench:
    """One table of a size, and the operations on it; `n` counts calls up."""

    def __init__(self, backend: Any, size: int) -> None:
        self.backend, self.size, self.table = backend, size, f"items-{size}"
        attributes = [{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk", "list1pk", "list1sk")]
        index = {"IndexName": "list1", "KeySchema": keys("list1pk", "list1sk"), "Projection": {"ProjectionType": "ALL"}}
        backend.create_table(
            self.table, keys("pk", "sk"), None, attributes, [index], [], {"StreamEnabled": True,
            "StreamViewType": "NEW_AND_OLD_IMAGES"}, "PAY_PER_REQUEST", None, [], False, None,
        )  # fmt: skip
        for number in range(size):
            backend.put_item(self.table, self.item(number))

    def key(self, number: int) -> dict[str, Any]:
        number %= self.size
        return {"pk": {"S": f"P#{number // PER_PARTITION}"}, "sk": {"S": f"V#{number % PER_PARTITION:04}"}}

    def item(self, number: int) -> dict[str, Any]:
        """About 200 bytes."""
        lists = {"list1pk": {"S": f"L#{number % 2}"}, "list1sk": {"S": f"{number:08}"}}
        return {**self.key(number), **lists, "left": {"N": "1000000"}, "text": {"S": "x" * 120}}

    def put(self, n: int) -> None:
        self.backend.put_item(self.table, self.item(n * 37))

    def get(self, n: int) -> None:
        self.backend.get_item(self.table, self.key(n * 37))

    def conditional_update(self, n: int) -> None:
        self.backend.update_item(self.table, self.key(n * 37), *take())

    def query_key(self, n: int) -> None:
        self.query("pk", self.key(n * 37)["pk"], None)

    def query_index(self, n: int) -> None:
        """Half of the table is in one partition of the index."""
        self.query("list1pk", {"S": f"L#{n % 2}"}, "list1")

    def query(self, name: str, value: dict[str, str], index: str | None) -> None:
        items, _, _ = self.backend.query(
            self.table, value, None, [], 10, None, False, None, index_name=index, hash_key_conditions=[(name, value)]
        )
        if len(items) != 10:
            raise SystemExit(f"a query of {self.table} answered {len(items)} items")

    def transaction(self, n: int) -> None:
        expression, names, values, _, _, condition = take()
        update = {
            "TableName": self.table, "Key": self.key(n * 37), "UpdateExpression": expression,
            "ConditionExpression": condition, "ExpressionAttributeNames": names, "ExpressionAttributeValues": values,
        }  # fmt: skip
        put = {"TableName": self.table, "Item": self.item(n * 37 + 1)}
        self.backend.transact_write_items([{"Update": update}, {"Put": put}])


def take() -> tuple[Any, ...]:
    """Arguments of a conditional update, in moto's order."""
    values = {":one": {"N": "1"}, ":zero": {"N": "0"}}
    return "SET #left = #left - :one", {"#left": "left"}, values, None, None, "#left > :zero"


def keys(hash_attr: str, range_attr: str) -> list[dict[str, str]]:
    return [{"AttributeName": hash_attr, "KeyType": "HASH"}, {"AttributeName": range_attr, "KeyType": "RANGE"}]


def median_microseconds(operation: Callable[[int], None]) -> float:
    """After a few calls to warm up: what is built on first use is not what this measures."""
    for number in range(10):
        operation(number)
    times = []
    for number in range(CALLS):
        begin = time.perf_counter()
        operation(number)
        times.append(time.perf_counter() - begin)
    return statistics.median(times) * 1e6


def main(sizes: tuple[int, ...] = SIZES) -> None:
    """Prints one line per operation and size, and one for opening the folder again."""
    with tempfile.TemporaryDirectory() as folder:
        smallest: dict[str, float] = {}
        with Store.open(folder) as store, mock_aws(), installed(store):
            backend = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION]
            for size in sizes:
                bench = Bench(backend, size)
                for name in ("put", "get", "conditional_update", "query_key", "query_index", "transaction"):
                    cost = median_microseconds(getattr(bench, name))
                    ratio = cost / smallest.setdefault(name, cost)
                    say(operation=name, items=size, ratio=round(ratio, 2), microseconds=round(cost, 1))
        measure_open(folder, sizes)


def measure_open(folder: str, sizes: tuple[int, ...]) -> None:
    """How long the kept items take to come back."""
    begin = time.perf_counter()
    with Store.open(folder) as store, mock_aws(), installed(store):
        backend = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION]
        for size in sizes:
            backend.create_table(
                f"items-{size}", keys("pk", "sk"), None,
                [{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")], [], [], None,
                "PAY_PER_REQUEST", None, [], False, None,
            )  # fmt: skip
        items = store.load().items
    megabytes = (Path(folder) / "hospital.db").stat().st_size / 1e6
    say(operation="open", items=items, seconds=round(time.perf_counter() - begin, 2), megabytes=round(megabytes, 1))


def say(**line: Any) -> None:
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main(tuple(int(size) for size in sys.argv[1:]) or SIZES)
