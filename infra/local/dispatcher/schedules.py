"""Functions that the clock calls: `Events` of type Schedule or ScheduleV2, invoked asynchronously with retries."""

from __future__ import annotations

import heapq
import itertools
import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ..invoker import EventTooLarge, Function, InvocationFailed, Invoker
from ..template import Resource, Template
from .cron import Schedule

_RETRY_AFTER = (60.0, 120.0)
"""Seconds until Lambda tries a failed asynchronous call again."""

_NAP = 5.0
"""Seconds of the longest sleep: the clock of a machine that slept jumps."""


@dataclass(frozen=True)
class Timed:
    """A function with its schedule, what it is told, and what happens when it fails."""

    name: str
    logical_id: str
    function: Function
    schedule: Schedule
    told: Callable[[float], Any]
    retries: int
    dead_letters: str | None


def read_schedules(template: Template, invoker: Invoker) -> Iterator[Timed]:
    """The schedules of all functions. TemplateError for an event type that is not delivered here."""
    for resource in template.of("AWS::Serverless::Function"):
        for name, event in (resource.get("Events") or {}).items():
            place = f"Events.{name}"
            if event.get("Type") not in ("Schedule", "ScheduleV2"):
                raise resource.wrong(place, f"the type {event.get('Type')!r} is not known here")
            properties = event.get("Properties") or {}
            expression = properties.get("Schedule") or properties.get("ScheduleExpression")
            try:
                schedule = Schedule(str(expression))
            except ValueError as error:
                raise resource.wrong(place, str(error)) from None
            enabled = str(properties.get("Enabled", True)).lower() == "true"
            if enabled and properties.get("State", "ENABLED") == "ENABLED":
                yield _timed(resource, name, schedule, properties, invoker)


def _timed(resource: Resource, name: str, schedule: Schedule, properties: dict[str, Any], invoker: Invoker) -> Timed:
    function = invoker.find(resource.name("FunctionName"))
    assert function is not None
    rule, place = f"{resource.logical_id}{name}", resource.place

    def told(moment: float) -> Any:
        if "Input" in properties:
            return json.loads(properties["Input"])
        return {
            "version": "0",
            "id": str(uuid.uuid4()),
            "detail-type": "Scheduled Event",
            "source": "aws.events",
            "account": place.account,
            "time": datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "region": place.region,
            "resources": [place.arn("events", f"rule/{place.stack_name}-{rule}")],
            "detail": {},
        }

    retries = int((resource.get("EventInvokeConfig") or {}).get("MaximumRetryAttempts", 2))
    dead_letters = (resource.get("DeadLetterQueue") or {}).get("TargetArn")
    return Timed(rule, resource.logical_id, function, schedule, told, retries, dead_letters)


class Clockwork:
    """One thread that waits for the next due call. A `rate` is due at once after the start: it may have been missed."""

    def __init__(
        self,
        timed: list[Timed],
        invoker: Invoker,
        send: Callable[[str, str], None],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._invoker, self._send, self._clock = invoker, send, clock
        self._stopped, self._woken = threading.Event(), threading.Event()
        self._lock = threading.Lock()
        self._count = itertools.count()
        self._timed = timed
        self._heap: list[tuple[float, int, Timed, int, Any]] = []
        now = clock()
        for one in timed:
            due = now if one.schedule.every else one.schedule.next_after(now)
            if due is not None:
                self._put(due, one)

    def stop(self) -> None:
        """No further call is begun."""
        self._stopped.set()
        self._woken.set()

    def look_again(self) -> None:
        """The clock was moved: what fell due meanwhile is called, once however often it fell due."""
        self._woken.set()

    def run_now(self, logical_id: str) -> bool:
        """Has a function called at once, beside its schedule; False when no schedule calls it."""
        found = [timed for timed in self._timed if timed.logical_id == logical_id]
        for timed in found:
            self._put(0.0, timed, 0, timed.told(self._clock()))
        self._woken.set()
        return bool(found)

    def run(self) -> None:
        """Until stopped."""
        while not self._stopped.is_set():
            with self._lock:
                wait = self._heap[0][0] - self._clock() if self._heap else _NAP
                due, _, timed, attempt, event = heapq.heappop(self._heap) if wait <= 0 else (0.0, 0, None, 0, None)
            if timed is None:
                self._woken.wait(min(wait, _NAP))
                self._woken.clear()
                continue
            if event is None:
                following = timed.schedule.next_after(self._clock())
                if following is not None:
                    self._put(following, timed)
                event = timed.told(due)
            threading.Thread(target=self._call, args=(timed, attempt, event), daemon=True, name=timed.name).start()

    def _put(self, due: float, timed: Timed, attempt: int = 0, event: Any = None) -> None:
        with self._lock:
            heapq.heappush(self._heap, (due, next(self._count), timed, attempt, event))

    def _call(self, timed: Timed, attempt: int, event: Any) -> None:
        try:
            self._invoker.call(timed.function, event)
        except (InvocationFailed, EventTooLarge):
            if attempt < timed.retries:
                self._put(self._clock() + _RETRY_AFTER[min(attempt, 1)], timed, attempt + 1, event)
            elif timed.dead_letters:
                self._send(timed.dead_letters, json.dumps(event))
