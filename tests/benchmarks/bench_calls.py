"""How often each route calls AWS, counted by botocore's events while a day is lived in the local hospital.

`cold` is the first request of its kind (secrets and data keys are fetched), `warm` the last; the authorizer's own
calls come on top of every route that asks who calls.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from tests.benchmarks.day import recorded_day


def main() -> list[dict[str, str | int | float]]:
    """A row per route, those with most calls first; then a row for each function that nobody waits for."""
    day = recorded_day()
    routes: dict[str, list[list[dict[str, Any]]]] = {}
    for step in day["steps"]:
        routes.setdefault(step["route"], []).append(step["calls"])
    rows = [row(route, calls) for route, calls in routes.items()]
    missing = [row(route, [[]]) | {"warm_calls": "never called"} for route in day["routes"] if route not in routes]
    return sorted(rows, key=lambda found: -len(routes[str(found["route"])][-1])) + missing + background(day)


def row(route: str, requests: list[list[dict[str, Any]]]) -> dict[str, str | int | float]:
    """Counts of the first and the last request, and what the last called."""
    return {
        "route": route,
        "cold": len(requests[0]),
        "warm": len(requests[-1]),
        "warm_calls": counted(requests[-1]),
    }


def background(day: dict[str, Any]) -> list[dict[str, str | int | float]]:
    """All that each such function called in the whole day."""
    functions: dict[str, list[dict[str, Any]]] = {}
    for call in day["background"]:
        functions.setdefault(call["function"], []).append(call)
    return [
        {"route": f"({name}, all day)", "cold": len(calls), "warm": len(calls), "warm_calls": counted(calls)}
        for name, calls in sorted(functions.items())
    ]


def counted(calls: list[dict[str, Any]]) -> str:
    """`2 GetItem, 1 TransactWriteItems(5)`: a transaction with the number of its items."""
    found = Counter(
        f"{call['operation']}({len(call['needs'])})" if call["operation"] == "TransactWriteItems" else call["operation"]
        for call in calls
    )
    return ", ".join(f"{times} {operation}" for operation, times in sorted(found.items()))
