"""All deliveries of a template: a thread per mapping, one for the clock, one that tidies the change list."""

from __future__ import annotations

import json
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from functools import cached_property, partial
from typing import Any, Protocol

import boto3

from ..invoker import Function, Invoker
from ..store import Store
from ..store.seams import Patch
from ..template import Resource, Template
from ..template.kinds import stream_arn
from ..workflows import Workflows
from .buckets import BucketEvents
from .bus import Bus
from .dead_letters import DeadLetters
from .deliveries import Deliveries
from .invocations import Invocations
from .lambda_calls import LambdaCalls
from .lateness import Lateness
from .mailbox import Mailbox
from .queues import QueueSource
from .rules import read_rule
from .scheduler import Scheduler
from .schedules import Clockwork, read_schedules
from .streams import StreamSource
from .ways import Ways

_LONGEST_WAIT = 20.0
_TIDY_EVERY = 60.0


class Source(Protocol):
    """What a mapping takes from."""

    consumer: str
    function: Function

    def run_once(self, wait: float) -> bool: ...

    def stop(self) -> None: ...


class Dispatcher:
    """Reads the mappings at once, so that a wrong template fails before anything runs. `start` begins to deliver."""

    def __init__(
        self,
        template: Template,
        invoker: Invoker,
        store: Store,
        clock: Callable[[], float] = time.time,
        lateness: Lateness | None = None,
    ) -> None:
        self.template, self._invoker, self._store = template, invoker, store
        self.lateness = lateness or Lateness(None)
        boxes = [Mailbox(queue) for queue in template.of("AWS::SQS::Queue")]
        self.mailboxes: Mapping[str, Mailbox] = {mailbox.arn: mailbox for mailbox in boxes}
        self._tables = {stream_arn(table): table for table in template.of("AWS::DynamoDB::Table")}
        mappings = template.of("AWS::Lambda::EventSourceMapping")
        self.sources: list[Source] = [
            self._source(m) for m in mappings if str(m.get("Enabled", True)).lower() == "true"
        ]
        self.deliveries = Deliveries(store.deliveries, invoker.report)
        self.workflows = Workflows(template, invoker, store.executions)
        places = {*self.mailboxes, *(template_bus["Arn"] for template_bus in _buses(template))}
        self.invocations = Invocations(template, invoker, self.deliveries, self._tell, places, self.lateness)
        ways = Ways(template, self.mailboxes, invoker, self.invocations, self.workflows.start, self._secret)
        rules = [
            read_rule(rule, ways.find, self.mailboxes, self.deliveries, self.lateness)
            for rule in template.of("AWS::Events::Rule")
        ]
        self.seen = store.events
        self.bus = Bus(rules, self.seen, template.place, clock)
        self.bucket_events = BucketEvents(template, ways.reach, self.bus, self.deliveries, self.lateness, clock)
        streams = [source for source in self.sources if isinstance(source, StreamSource)]
        self.dead_letters = DeadLetters(
            template, self.mailboxes, invoker, self.invocations, rules, streams, store.deliveries
        )
        timed = list(read_schedules(template, invoker, self.invocations, rules, self.bus))
        self._scheduler = Scheduler(template, ways.reach, self.mailboxes, self.deliveries, store.deliveries, clock)
        self._clockwork = Clockwork(timed, store.deliveries, invoker.report, clock)
        self._stopped = threading.Event()
        self._patch: Patch | None = None

    def start(self) -> None:
        """Takes moto's place where it delivers otherwise, registers every consumer, then begins."""
        calls = LambdaCalls(self._invoker, self.invocations)
        self._patch = Patch([*self.bus.seams(), *calls.seams(), *self.workflows.seams()])
        for source in self.sources:
            if isinstance(source, StreamSource):
                source.register()
        self.workflows.enter_again()
        self.deliveries.start()
        self._store.objects.changes.announcer = self.bucket_events
        self.bucket_events.tell_that_it_works()
        for source in self.sources:
            self._begin(source.consumer, partial(source.run_once, _LONGEST_WAIT))
        threading.Thread(target=self._clockwork.run, name="schedules", daemon=True).start()
        self._begin("scheduler", self._scheduler.look)
        self._begin("tidy", self._tidy)

    def stop(self) -> None:
        """No further batch is begun; what a killed process would leave undone is done again at the next start."""
        self._stopped.set()
        self._store.objects.changes.announcer = None
        self._clockwork.stop()
        self._scheduler.stop()
        self.deliveries.stop()
        for source in self.sources:
            source.stop()
        if self._patch is not None:
            self._patch.remove()

    def clock_moved(self) -> None:
        """What waits for a moment looks at the clock again."""
        self._clockwork.look_again()
        for mailbox in self.mailboxes.values():
            mailbox.wake()

    def run_schedule(self, function: str) -> bool:
        """Calls a scheduled function now, by its logical id; False when no schedule calls it."""
        return self._clockwork.run_now(function)

    def _begin(self, name: str, work: Callable[[], object]) -> None:
        def loop() -> None:
            while not self._stopped.is_set():
                try:
                    work()
                except Exception:  # a delivery must outlive whatever one round of it ran into
                    if self._stopped.is_set():
                        return
                    self._invoker.report(name, "", traceback.format_exc())
                    self._stopped.wait(1.0)

        threading.Thread(target=loop, name=name, daemon=True).start()

    def _tidy(self) -> None:
        if not self._stopped.wait(_TIDY_EVERY):
            self._store.expiry.sweep()
            self._store.trim()

    def _source(self, mapping: Resource) -> Source:
        arn, function = str(mapping.get("EventSourceArn")), self._function(mapping)
        if arn in self.mailboxes:
            return QueueSource(mapping, self.mailboxes[arn], function, self._invoker, self.lateness)
        if arn in self._tables:
            return StreamSource(
                mapping,
                self._tables[arn],
                function,
                self._invoker,
                self._store,
                self._send,
                self._store.deliveries,
                self.lateness,
            )
        raise mapping.wrong("EventSourceArn", f"{arn} is neither a queue nor a table's stream of the template")

    def _function(self, mapping: Resource) -> Function:
        function = self._invoker.find(str(mapping.get("FunctionName")))
        if function is None:
            raise mapping.wrong("FunctionName", f"{mapping.get('FunctionName')} is no function of the template")
        return function

    def _send(self, arn: str, text: str) -> None:
        self._tell(arn, text, {})

    def _tell(self, arn: str, text: str, attributes: Mapping[str, str]) -> None:
        """To a queue, or onto a bus as Lambda does it."""
        mailbox = self.mailboxes.get(arn)
        if mailbox is not None:
            mailbox.send(text, attributes=attributes)
            return
        for bus in _buses(self.template):
            if bus["Arn"] == arn:
                record = json.loads(text)
                result = "Success" if record["requestContext"]["condition"] == "Success" else "Failure"
                event = self.bus.event("lambda", f"Lambda Function Invocation Result - {result}", record)
                self.bus.pass_on(bus["Name"], event)
                return
        raise LookupError(f"{arn} is no queue or bus of the template")

    def _secret(self, secret_id: str) -> str:
        return str(self._secrets.get_secret_value(SecretId=secret_id)["SecretString"])

    @cached_property
    def _secrets(self) -> Any:
        return boto3.Session(region_name=self.template.place.region).client("secretsmanager")


def _buses(template: Template) -> list[dict[str, str]]:
    place = template.place
    return [
        {"Name": bus.name("Name"), "Arn": place.arn("events", f"event-bus/{bus.name('Name')}")}
        for bus in template.of("AWS::Events::EventBus")
    ]
