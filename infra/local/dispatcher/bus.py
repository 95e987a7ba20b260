"""PutEvents: what the bus takes, what it refuses, and to whom it passes on. moto's own delivery is not used: it stops
at the first target that is no queue, and knows neither retries nor dead letters."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from moto.events.exceptions import ValidationException
from moto.events.models import EventsBackend

from ..store.events_seen import KeptEvents
from ..store.seams import Seam
from ..template.model import Place
from .rules import Rule

_MOST_ENTRIES = 10
_LARGEST_REQUEST = 256 * 1024
_TIME_BYTES = 14
_LONGEST = {"Source": 256, "DetailType": 128}


class Bus:
    """All event buses of the template."""

    def __init__(
        self, rules: list[Rule], seen: KeptEvents, place: Place, clock: Callable[[], float] = time.time
    ) -> None:
        self.rules, self._seen, self._place, self._clock = rules, seen, place, clock

    def seams(self) -> list[Seam]:
        """The one place."""

        def put_events(backend: Any, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
            for name in {_bus_of(entry) for entry in events}:
                backend.describe_event_bus(name)  # ResourceNotFoundException
            return self.put(events)

        return [Seam(EventsBackend, "put_events", ("self", "events"), lambda _original: put_events)]

    def put(self, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """What PutEvents answers for each entry. What has an EventId is kept, or delivered. ValidationException."""
        if not 0 < len(entries) <= _MOST_ENTRIES:
            raise ValidationException(f"1 validation error detected: 'entries' has 1 to {_MOST_ENTRIES} members")
        if sum(_size(entry) for entry in entries) > _LARGEST_REQUEST:
            raise ValidationException("Total size of the entries in the request is over the limit.")
        return [self._put(entry) for entry in entries]

    def pass_on(self, bus: str, event: dict[str, Any]) -> None:
        """An event, complete, to every rule of the bus that takes it."""
        went = [target.accept(event) for rule in self.rules if rule.takes(bus, event) for target in rule.targets]
        self._seen.add(self._clock(), bus, event, went)

    def event(self, source: str, detail_type: str, detail: Any, **more: Any) -> dict[str, Any]:
        """An event as EventBridge writes it."""
        moment = more.get("time") or self._clock()
        return {
            "version": "0",
            "id": str(uuid.uuid4()),
            "detail-type": detail_type,
            "source": source,
            "account": self._place.account,
            "time": datetime.fromtimestamp(float(moment), UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "region": self._place.region,
            "resources": more.get("resources") or [],
            "detail": detail,
        }

    def _put(self, entry: dict[str, Any]) -> dict[str, Any]:
        refusal = _refusal(entry)
        if refusal:
            code, message = refusal
            return {"ErrorCode": code, "ErrorMessage": message}
        event = self.event(
            entry["Source"],
            entry["DetailType"],
            json.loads(entry["Detail"]),
            time=entry.get("Time"),
            resources=entry.get("Resources"),
        )
        self.pass_on(_bus_of(entry), event)
        return {"EventId": event["id"]}


def _refusal(entry: dict[str, Any]) -> tuple[str, str] | None:
    for name in ("Source", "DetailType", "Detail"):
        if not entry.get(name):
            return "InvalidArgument", f"Parameter {name} is not valid. Reason: {name} is a required argument."
    for name, longest in _LONGEST.items():
        if len(entry[name]) > longest:
            return "InvalidArgument", f"Parameter {name} is not valid. Reason: it has more than {longest} characters."
    if entry["Source"].startswith("aws."):
        return "NotAuthorizedForSourceException", "Not authorized for the source."
    try:
        if isinstance(json.loads(entry["Detail"]), dict):
            return None
    except ValueError:
        pass
    return "MalformedDetail", "Detail is malformed."


def _bus_of(entry: dict[str, Any]) -> str:
    return str(entry.get("EventBusName") or "default").rsplit("/", 1)[-1]


def _size(entry: dict[str, Any]) -> int:
    """Bytes of an entry, as "Calculating Amazon EventBridge event entry size" counts them."""
    texts = [entry.get(name) or "" for name in ("Source", "DetailType", "Detail")] + list(entry.get("Resources") or [])
    return (_TIME_BYTES if entry.get("Time") is not None else 0) + sum(len(str(text).encode()) for text in texts)
