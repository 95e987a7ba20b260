"""What the clock calls: `Events` of type Schedule or ScheduleV2 of functions, and rules with a ScheduleExpression.

Times are the hospital's. What fell due while the hospital was closed is called once when it opens.
"""

from __future__ import annotations

import heapq
import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from ..invoker import Function, Invoker
from ..template import Resource, Template
from .bus import Bus
from .cron import Schedule
from .invocations import Invocations
from .rules import Rule

_NAP = 5.0
"""Seconds of the longest sleep: the clock of a machine that slept jumps."""

_OFTEN = 300
"""Seconds: what a sweep would have done while the hospital was closed is made up for when it opens."""


class Fired(Protocol):
    """Where it is kept when schedules were last called."""

    def fired(self) -> dict[str, float]: ...

    def note_fired(self, schedule: str, at: float) -> None: ...


@dataclass(frozen=True)
class Timed:
    """What is called when: `call` is told the moment for which it was due. `logical_id` names it for people."""

    name: str
    logical_id: str
    schedule: Schedule
    call: Callable[[float], None]


def read_schedules(
    template: Template, invoker: Invoker, invocations: Invocations, rules: list[Rule], bus: Bus
) -> Iterator[Timed]:
    """All schedules of the template. TemplateError for an event type that is not delivered here."""
    for resource in template.of("AWS::Serverless::Function"):
        function = invoker.find(resource.name("FunctionName"))
        assert function is not None
        for name, event in (resource.get("Events") or {}).items():
            timed = _timed(resource, name, event, function, invocations, bus)
            if timed is not None:
                yield timed
    for rule in rules:
        if rule.schedule:
            schedule = _read(rule.resource, "ScheduleExpression", rule.schedule)
            if rule.is_on:
                yield Timed(rule.arn, rule.name, schedule, _caller(rule, bus))


def _caller(rule: Rule, bus: Bus) -> Callable[[float], None]:
    def call(moment: float) -> None:
        event = _event(bus, rule.arn, moment)
        for target in rule.targets:
            target.accept(event)

    return call


def _timed(
    resource: Resource, name: str, event: dict[str, Any], function: Function, invocations: Invocations, bus: Bus
) -> Timed | None:
    place = f"Events.{name}"
    if event.get("Type") not in ("Schedule", "ScheduleV2"):
        raise resource.wrong(place, f"the type {event.get('Type')!r} is not known here")
    properties = event.get("Properties") or {}
    schedule = _read(resource, place, properties.get("Schedule") or properties.get("ScheduleExpression"))
    is_on = str(properties.get("Enabled", True)).lower() == "true" and properties.get("State", "ENABLED") == "ENABLED"
    rule = f"{resource.logical_id}{name}"
    arn = resource.place.arn("events", f"rule/{resource.place.stack_name}-{rule}")
    if "Input" in properties:
        json.loads(properties["Input"])

    def call(moment: float) -> None:
        invocations.invoke(function, properties.get("Input") or json.dumps(_event(bus, arn, moment)))

    return Timed(f"{resource.address}/{name}", resource.logical_id, schedule, call) if is_on else None


def _read(resource: Resource, place: str, expression: Any) -> Schedule:
    try:
        return Schedule(str(expression))
    except ValueError as error:
        raise resource.wrong(place, str(error)) from None


def _event(bus: Bus, rule_arn: str, moment: float) -> dict[str, Any]:
    return bus.event("aws.events", "Scheduled Event", {}, time=moment, resources=[rule_arn])


class Clockwork:
    """One thread that waits for the next due call. A `rate` that never was, or is of minutes, is due at once."""

    def __init__(
        self,
        timed: list[Timed],
        kept: Fired,
        report: Callable[[str, str, str], None],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._kept, self._report, self._clock = kept, report, clock
        self._stopped, self._woken = threading.Event(), threading.Event()
        self._lock = threading.Lock()
        self._count = itertools.count()
        self._timed = timed
        self._heap: list[tuple[float, int, Timed, bool]] = []

    def stop(self) -> None:
        """No further call is begun."""
        self._stopped.set()
        self._woken.set()

    def look_again(self) -> None:
        """The clock was moved: what fell due meanwhile is called, once however often it fell due."""
        self._woken.set()

    def run_now(self, logical_id: str) -> bool:
        """Has a schedule called at once, beside its time, by its function's or rule's logical id; False when there is
        none."""
        found = [timed for timed in self._timed if timed.logical_id == logical_id]
        for timed in found:
            self._put(0.0, timed, is_extra=True)
        self._woken.set()
        return bool(found)

    def run(self) -> None:
        """Until stopped."""
        now, fired = self._clock(), self._kept.fired()
        for timed in self._timed:
            due = _first(timed.schedule, fired.get(timed.name), now)
            if due is not None:
                self._put(due, timed)
        while not self._stopped.is_set():
            with self._lock:
                wait = self._heap[0][0] - self._clock() if self._heap else _NAP
                found = heapq.heappop(self._heap) if wait <= 0 else None
            if found is None:
                self._woken.wait(min(wait, _NAP))
                self._woken.clear()
            else:
                self._call(found[2], found[0], is_extra=found[3])

    def _call(self, timed: Timed, due: float, *, is_extra: bool) -> None:
        now = self._clock()
        if not is_extra:
            following = timed.schedule.next_after(now)
            if following is not None:
                self._put(following, timed)
        try:
            timed.call(now if is_extra else due)
            if not is_extra:
                self._kept.note_fired(timed.name, now)
        except Exception as error:  # one schedule that cannot be kept must not stop the others
            self._report(timed.logical_id, "", f"was due and not called: {error}")

    def _put(self, due: float, timed: Timed, *, is_extra: bool = False) -> None:
        with self._lock:
            heapq.heappush(self._heap, (due, next(self._count), timed, is_extra))


def _first(schedule: Schedule, last: float | None, now: float) -> float | None:
    """When it is due after opening: at once if it was missed, or comes so often that nobody would want to wait."""
    if 0 < schedule.every <= _OFTEN:
        return now
    if last is None:
        return now if schedule.every else schedule.next_after(now)
    return schedule.next_after(last)
