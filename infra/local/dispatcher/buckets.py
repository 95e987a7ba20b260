"""What buckets tell of their objects: to queues and functions as S3 does it, and to the default bus.

Sources: "Event message structure", "Amazon S3 Event Notifications", "EventBridge event message structure".
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote_plus

from ..store.deliveries import Delivery
from ..store.object_changes import ObjectChange
from ..template import Resource, Template
from ..template.kinds import bucket_arn
from .bus import Bus
from .deliveries import Deliveries, NotDelivered, Recipient, made
from .lateness import Lateness
from .rules import Way, pause

_KINDS = {"QueueConfigurations": "Queue", "LambdaConfigurations": "Function"}
_KNOWN = {*_KINDS, "EventBridgeConfiguration"}
_BUS_NAMES = {"ObjectCreated": "Object Created", "ObjectRemoved": "Object Deleted"}
_RETRIES, _LONGEST = 185, 86_400.0

Reach = Callable[[Mapping[str, Any]], Way | None]


class Told:
    """One who is told of a bucket's changes."""

    def __init__(self, bucket: Resource, number: str, written: Mapping[str, Any], way: Way) -> None:
        self.key, self.way = f"bucket:{bucket.address}/{number}", way
        self.events = str(written.get("Event")).removeprefix("s3:")
        self._filters = _filters(bucket, written)

    def wants(self, change: ObjectChange) -> bool:
        """Whether a change of its bucket is its matter."""
        head, _, tail = self.events.partition("*")
        is_meant = change.event == self.events or ("*" in self.events and not tail and change.event.startswith(head))
        return is_meant and all(
            change.key.startswith(value) if name == "prefix" else change.key.endswith(value)
            for name, value in self._filters
        )


class BucketEvents:
    """All buckets of the template. TemplateError for what PutBucketNotificationConfiguration would refuse, and for
    those who cannot be told here."""

    def __init__(
        self,
        template: Template,
        reach: Reach,
        bus: Bus,
        deliveries: Deliveries,
        lateness: Lateness,
        clock: Callable[[], float],
    ) -> None:
        self._place, self._bus, self._deliveries = template.place, bus, deliveries
        self._lateness, self._clock = lateness, clock
        self._count = itertools.count()
        buckets = {bucket.name("BucketName"): bucket for bucket in template.of("AWS::S3::Bucket")}
        self._arns = {name: bucket_arn(bucket) for name, bucket in buckets.items()}
        self._told = {name: list(_told(bucket, reach)) for name, bucket in buckets.items()}
        self._on_bus = {name for name, bucket in buckets.items() if _goes_to_bus(bucket)}
        for told in [one for several in self._told.values() for one in several]:
            deliveries.register(told.key, _recipient(told.way.send))
        for name in self._on_bus:
            deliveries.register(_bus_key(name), _recipient(self._pass_on))

    def tell_that_it_works(self) -> None:
        """What S3 sends to a queue when it is named: nobody's object, and no reason to fail."""
        for bucket, several in self._told.items():
            for told in several:
                if told.way.kind == "queue":
                    test = {"Service": "Amazon S3", "Event": "s3:TestEvent", "Time": self._moment(), "Bucket": bucket}
                    self._deliveries.take_on(told.key, json.dumps(test), name=f"test:{told.key}")

    def prepared(self, changes: Sequence[ObjectChange]) -> list[Delivery]:
        """What goes out for these changes: late and doubled now and then, as everything."""
        found: list[Delivery] = []
        for change in changes:
            for told in self._told.get(change.bucket, []):
                if told.wants(change):
                    found += self._made(told.key, json.dumps({"Records": [self._record(told, change)]}))
            if change.bucket in self._on_bus and (name := _BUS_NAMES.get(change.event.partition(":")[0])):
                found += self._made(_bus_key(change.bucket), json.dumps(self._event(name, change)))
        return found

    def begin(self, deliveries: Sequence[Delivery]) -> None:
        """They are kept."""
        for delivery in deliveries:
            self._deliveries.carry(delivery)

    def _made(self, key: str, text: str) -> Iterator[Delivery]:
        late = self._lateness.delay(key)
        yield made(key, text, delay=late)
        if (echo := self._lateness.echo(key)) is not None:
            yield made(key, text, delay=late + echo)

    def _moment(self) -> str:
        return datetime.fromtimestamp(self._clock(), UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def _sequencer(self) -> str:
        return f"{int(self._clock() * 1000):014X}{next(self._count) % 65536:04X}"

    def _record(self, told: Told, change: ObjectChange) -> dict[str, Any]:
        thing: dict[str, Any] = {"key": quote_plus(change.key, safe="/"), "sequencer": self._sequencer()}
        if change.event.startswith("ObjectCreated"):
            thing |= {"size": change.size, "eTag": change.etag}
        if change.version:
            thing["versionId"] = change.version
        return {
            "eventVersion": "2.1",
            "eventSource": "aws:s3",
            "awsRegion": self._place.region,
            "eventTime": self._moment(),
            "eventName": change.event,
            "s3": {
                "s3SchemaVersion": "1.0",
                "configurationId": told.key,
                "bucket": {"name": change.bucket, "arn": self._arns[change.bucket]},
                "object": thing,
            },
        }

    def _event(self, name: str, change: ObjectChange) -> dict[str, Any]:
        thing = {"key": change.key, "size": change.size, "etag": change.etag, "sequencer": self._sequencer()}
        detail = {"version": "0", "bucket": {"name": change.bucket}, "object": thing, "reason": change.event}
        return self._bus.event("aws.s3", name, detail, resources=[self._arns[change.bucket]])

    def _pass_on(self, text: str) -> None:
        self._bus.pass_on("default", json.loads(text))


def _bus_key(bucket: str) -> str:
    return f"bucket:{bucket}/bus"


def _recipient(send: Callable[[str], None]) -> Recipient:
    def give_up(delivery: Delivery, problem: NotDelivered, condition: str) -> None:
        """S3 has no dead letters: whoever wants some gives them to the queue."""

    return Recipient(lambda delivery: send(delivery.text), give_up, _RETRIES, _LONGEST, pause)


def _written(bucket: Resource) -> Mapping[str, Any]:
    written: Mapping[str, Any] = bucket.get("NotificationConfiguration") or {}
    for name in written:
        if name not in _KNOWN:
            raise bucket.wrong("NotificationConfiguration", f"{name} is not known here")
    return written


def _goes_to_bus(bucket: Resource) -> bool:
    written = _written(bucket).get("EventBridgeConfiguration")
    return written is not None and str(written.get("EventBridgeEnabled", True)).lower() == "true"


def _told(bucket: Resource, reach: Reach) -> Iterator[Told]:
    for kind, target in _KINDS.items():
        for number, written in enumerate(_written(bucket).get(kind) or []):
            arn = str(written.get(target))
            way = reach({"Arn": arn}) if not arn.endswith(".fifo") else None
            if way is None or way.kind != target.lower():
                sentence = f"{arn} is no {'standard queue' if target == 'Queue' else 'function'} of the template"
                raise bucket.wrong("NotificationConfiguration", sentence)
            yield Told(bucket, f"{target}{number}", written, way)


def _filters(bucket: Resource, written: Mapping[str, Any]) -> list[tuple[str, str]]:
    rules = ((written.get("Filter") or {}).get("S3Key") or {}).get("Rules") or []
    found = [(str(rule.get("Name")).lower(), str(rule.get("Value"))) for rule in rules]
    if {name for name, _ in found} - {"prefix", "suffix"} or len({name for name, _ in found}) < len(found):
        raise bucket.wrong("NotificationConfiguration", "a Filter has one prefix and one suffix at most")
    return found
