"""What the store costs as tables grow: JSON lines, times as ratios to the smallest table of the run.

`python tests/benchmarks/bench_store.py [SIZES...]`; sizes default to 200 20000 100000. Runs at the backend, without
boto3, on a folder: every write is committed. Each size has a store and a folder of its own. Aims: a ratio of at most
2 at the largest size, 1,000 two-item transactions a second, 100,000 items loaded within 5 seconds. Memory is what
the process holds more after loading; growth is the file after 20,000 changes of one item, and after they were trimmed.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from infra.local.store import Store, installed

SIZES = (200, 20_000, 100_000)
CALLS = 300
CHANGES = 20_000
PER_PARTITION = 100
REGION = "cn-northwest-1"


class Bench:
    """One table of a size, and the operations on it; `n` counts calls up."""

    def __init__(self, backend: Any, size: int) -> None:
        self.backend, self.size, self.table = backend, size, f"items-{size}"
        make_table(backend, self.table)
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


def make_table(backend: Any, name: str) -> None:
    """As the template makes them, with one index."""
    attributes = [{"AttributeName": each, "AttributeType": "S"} for each in ("pk", "sk", "list1pk", "list1sk")]
    index = {"IndexName": "list1", "KeySchema": keys("list1pk", "list1sk"), "Projection": {"ProjectionType": "ALL"}}
    backend.create_table(
        name, keys("pk", "sk"), None, attributes, [index], [], {"StreamEnabled": True,
        "StreamViewType": "NEW_AND_OLD_IMAGES"}, "PAY_PER_REQUEST", None, [], False, None,
    )  # fmt: skip


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
    """Prints one line per operation and size, one for loading each size again, and two for the growth of a file."""
    smallest: dict[str, float] = {}
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            with opened(folder) as (_, backend):
                bench = Bench(backend, size)
                for name in ("put", "get", "conditional_update", "query_key", "query_index", "transaction"):
                    cost = median_microseconds(getattr(bench, name))
                    ratio = cost / smallest.setdefault(name, cost)
                    say(
                        operation=name,
                        items=size,
                        ratio=round(ratio, 2),
                        microseconds=round(cost, 1),
                        per_second=round(1e6 / cost),
                    )
            # In a process of its own, so that what the writing left behind counts for nothing.
            subprocess.run([sys.executable, __file__, "--load", folder, str(size)], check=True)
    measure_growth()


@contextmanager
def opened(folder: str) -> Iterator[tuple[Store, Any]]:
    """A store on the folder, and moto's tables."""
    with Store.open(folder) as store, mock_aws(), installed(store):
        yield store, dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION]


def measure_load(folder: str, size: int) -> None:
    """How long the kept items take to come back, and what they hold of memory and disk."""
    before = resident_megabytes()
    begin = time.perf_counter()
    with opened(folder) as (store, backend):
        make_table(backend, f"items-{size}")
        items = store.load().items
        seconds = time.perf_counter() - begin
        memory = resident_megabytes() - before
        begin = time.perf_counter()
        backend.query(
            f"items-{size}", {"S": "L#0"}, None, [], 10, None, False, None, index_name="list1",
            hash_key_conditions=[("list1pk", {"S": "L#0"})],
        )  # fmt: skip
        say(
            operation="load",
            items=items,
            seconds=round(seconds, 2),
            first_index_query_seconds=round(time.perf_counter() - begin, 2),
            memory_megabytes=round(memory, 1),
            disk_megabytes=megabytes(folder),
        )


def measure_growth() -> None:
    """A consumer that keeps up: what the changes of one item leave behind before and after the trim."""
    with tempfile.TemporaryDirectory() as folder:
        with opened(folder) as (store, backend):
            bench = Bench(backend, 200)
            store.register("reader", [bench.table])
            begin = time.perf_counter()
            for _ in range(CHANGES):
                bench.backend.update_item(bench.table, bench.key(0), *take())
            say(
                operation="changes",
                items=CHANGES,
                seconds=round(time.perf_counter() - begin, 2),
                disk_megabytes=megabytes(folder),
            )
            store.done("reader", store.last_seq())
            begin = time.perf_counter()
            trimmed = store.trim()
            while store.compact():
                pass
            seconds = time.perf_counter() - begin
        say(operation="trim", items=trimmed, seconds=round(seconds, 2), disk_megabytes=megabytes(folder))


def megabytes(folder: str) -> float:
    """The database with its log."""
    return round(sum(file.stat().st_size for file in Path(folder).glob("hospital.db*")) / 1e6, 1)


def resident_megabytes() -> float:
    """Memory of this process, as the kernel counts it."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def say(**line: Any) -> None:
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--load"]:
        measure_load(sys.argv[2], int(sys.argv[3]))
    else:
        main(tuple(int(size) for size in sys.argv[1:]) or SIZES)
