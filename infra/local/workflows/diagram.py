"""A state machine as boxes and arrows, and where an execution stands in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .machines import inner_of, states_of

_SIGNS = (
    ("GreaterThanEquals", "≥"),
    ("LessThanEquals", "≤"),
    ("GreaterThan", ">"),
    ("LessThan", "<"),
    ("Equals", "="),
    ("Matches", "~"),
)


def diagram(definition: Mapping[str, Any]) -> dict[str, Any]:
    """`{start, states: [{name, type, does, within, waits}], ways: [{from, to, kind, label}]}`; a way's kind is `next`,
    `choice`, `catch` or `branch`, `within` names the Parallel or Map state that holds the state."""
    states: list[dict[str, Any]] = []
    ways: list[dict[str, str]] = []
    _walk(definition, None, states, ways)
    return {"start": definition.get("StartAt"), "states": states, "ways": ways}


def standing(history: list[dict[str, Any]]) -> dict[str, list[str]]:
    """`{now, been}` from an execution's events: the states entered and not left, and those left, each once."""
    now: list[str] = []
    been: list[str] = []
    for event in history:
        if "stateEnteredEventDetails" in event:
            now.append(event["stateEnteredEventDetails"]["name"])
        elif "stateExitedEventDetails" in event:
            name = event["stateExitedEventDetails"]["name"]
            if name in now:
                now.remove(name)
            if name not in been:
                been.append(name)
        elif str(event.get("type", "")).startswith("Execution") and event.get("type") != "ExecutionStarted":
            been += [name for name in now if name not in been]
            now = []
    return {"now": list(dict.fromkeys(now)), "been": been}


def _walk(definition: Mapping[str, Any], within: str | None, states: list[Any], ways: list[Any]) -> None:
    for name, state in (definition.get("States") or {}).items():
        states.append({"name": name, "type": state.get("Type"), "does": _does(state), "within": within})
        states[-1]["waits"] = str(state.get("Resource") or "").endswith(".waitForTaskToken")
        ways += [{"from": name, **way} for way in _ways(state)]
        for inner in inner_of(state):
            ways.append({"from": name, "to": str(inner.get("StartAt")), "kind": "branch", "label": ""})
            _walk(inner, name, states, ways)
            ends = [one for one, last in states_of(inner) if last.get("End") and one in (inner.get("States") or {})]
            if state.get("Next"):
                ways += [{"from": end, "to": state["Next"], "kind": "branch", "label": ""} for end in ends]
        if inner_of(state):
            # What comes after is reached through the branches.
            ways[:] = [way for way in ways if not (way["from"] == name and way["kind"] == "next")]


def _ways(state: Mapping[str, Any]) -> list[dict[str, str]]:
    found = []
    if state.get("Next"):
        found.append({"to": str(state["Next"]), "kind": "next", "label": ""})
    for number, choice in enumerate(state.get("Choices") or [], 1):
        found.append({"to": str(choice["Next"]), "kind": "choice", "label": _condition(choice, number)})
    if state.get("Default"):
        found.append({"to": str(state["Default"]), "kind": "choice", "label": "…"})
    for catch in state.get("Catch") or []:
        found.append({"to": str(catch["Next"]), "kind": "catch", "label": ", ".join(catch.get("ErrorEquals") or [])})
    return found


def _condition(choice: Mapping[str, Any], number: int) -> str:
    tests = [(name, value) for name, value in choice.items() if name not in ("Variable", "Next", "Comment")]
    if choice.get("Variable") and len(tests) == 1:
        name, value = tests[0]
        sign = next((sign for word, sign in _SIGNS if word in name), name)
        return f"{str(choice['Variable']).removeprefix('$.')} {sign} {str(value).removeprefix('$.')}"
    return str(choice.get("Comment") or f"#{number}")


def _does(state: Mapping[str, Any]) -> str:
    """What a Task calls, shortly."""
    called = str(state.get("Resource") or "")
    function = str((state.get("Parameters") or {}).get("FunctionName") or called)
    if ":function:" in function:
        return function.rpartition(":function:")[2]
    return called.rpartition(":::")[2]
