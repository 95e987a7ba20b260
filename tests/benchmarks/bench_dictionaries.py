"""Searching dictionaries: calls and read units of a page while a dictionary grows to 50,000 drugs or 20,000 diagnoses.

`rows` is how many index rows an entry has, on the average; `flat` says whether a page costs what it cost when the
dictionary was smallest.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from hospital.dictionaries.declared import DICTIONARIES, Described, Diagnosis, Drug
from hospital.dictionaries.store import search
from tests.builders.cloud import Cloud, fresh_cloud
from tests.builders.dictionary_entries import fill_found_rows

SIZES = {"drugs": (1_000, 10_000, 50_000), "diagnoses": (1_000, 10_000, 20_000)}
LIMIT = 20
QUERIES = {"drugs": ("胶囊", "ff"), "diagnoses": ("炎", "jx")}
"""From the middle of the name, and by initials: nearly every entry answers."""
_PARTS = ("阿莫西林", "布洛芬", "硝苯地平", "二甲双胍", "奥美拉唑")
_PLACES = ("支气管", "胃", "皮肤", "中耳", "关节")


def main() -> list[dict[str, str | int | float]]:
    """A row per dictionary, size and query."""
    with fresh_cloud() as cloud:
        return [row for name in SIZES for row in measured(cloud, name, SIZES[name])]


def measured(cloud: Cloud, name: str, sizes: tuple[int, ...]) -> list[dict[str, str | int | float]]:
    """What a page costs while the dictionary grows."""
    rows: list[dict[str, str | int | float]] = []
    first: dict[str, tuple[float, ...]] = {}
    letters = "".join(query[0] for query in QUERIES[name])
    before = 0
    for size in sizes:
        made = range(before, size)
        each = fill_found_rows(name, "org_1", made, entry_of(name), letters) / len(made)
        before = size
        for query in QUERIES[name]:
            found, calls, units, ms = cost(cloud, name, "org_1", query)
            flat = "flat" if first.setdefault(query, (found, calls, units)) == (found, calls, units) else "not flat"
            row: dict[str, str | int | float] = {"dictionary": name, "entries": size, "rows": round(each, 1)}
            rows.append(
                row | {"query": query, "found": found, "calls": calls, "read_units": units, "ms": ms, "flat": flat}
            )
    return rows


def cost(cloud: Cloud, name: str, organisation_id: str, query: str) -> tuple[int, int, float, float]:
    """(entries of the page, calls, read units, milliseconds here)."""
    cloud.store.meter.reset()
    began = time.perf_counter()
    page = search(DICTIONARIES[name], organisation_id, query, retired=False, cursor=None, limit=LIMIT)
    took = round((time.perf_counter() - began) * 1000, 2)
    counts = cloud.store.meter.counts()
    return len(page.items), sum(one.calls for one in counts), sum(one.reads for one in counts), took


def entry_of(name: str) -> Callable[[int], Described]:
    """Gives the content of the entry with a number."""

    def drug(number: int) -> Described:
        part = _PARTS[number % len(_PARTS)]
        return Drug(code=f"D{number:06d}", name=f"复方{part}胶囊{number:05d}", strength="0.25g×24粒")

    def diagnosis(number: int) -> Described:
        return Diagnosis(code=f"T{number:06d}", name=f"急性{_PLACES[number % len(_PLACES)]}炎{number:05d}")

    return drug if name == "drugs" else diagnosis
