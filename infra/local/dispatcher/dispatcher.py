"""All deliveries of a template: a thread per mapping, one for the clock, one that tidies the change list."""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable
from functools import partial
from typing import Protocol

import boto3

from ..invoker import Function, Invoker
from ..store import Store
from ..template import Resource, Template
from ..template.kinds import queue_arn, queue_url, stream_arn
from .queues import QueueSource
from .schedules import Clockwork, read_schedules
from .streams import StreamSource

_LONGEST_WAIT = 20.0
_TIDY_EVERY = 60.0


class Source(Protocol):
    """What a mapping takes from."""

    consumer: str

    def run_once(self, wait: float) -> bool: ...

    def stop(self) -> None: ...


class Dispatcher:
    """Reads the mappings at once, so that a wrong template fails before anything runs. `start` begins to deliver."""

    def __init__(
        self, template: Template, invoker: Invoker, store: Store, clock: Callable[[], float] = time.time
    ) -> None:
        self._invoker, self._store = invoker, store
        self._sqs = boto3.Session(region_name=template.place.region).client("sqs")
        self._queues = {queue_arn(queue): queue for queue in template.of("AWS::SQS::Queue")}
        self._tables = {stream_arn(table): table for table in template.of("AWS::DynamoDB::Table")}
        mappings = template.of("AWS::Lambda::EventSourceMapping")
        self.sources: list[Source] = [
            self._source(m) for m in mappings if str(m.get("Enabled", True)).lower() == "true"
        ]
        self._clockwork = Clockwork(list(read_schedules(template, invoker)), invoker, self._send, clock)
        self._stopped = threading.Event()

    def start(self) -> None:
        """Registers every consumer, then begins."""
        for source in self.sources:
            if isinstance(source, StreamSource):
                source.register()
        for source in self.sources:
            self._begin(source.consumer, partial(source.run_once, _LONGEST_WAIT))
        threading.Thread(target=self._clockwork.run, name="schedules", daemon=True).start()
        self._begin("tidy", self._tidy)

    def stop(self) -> None:
        """No further batch is begun; what a killed process would leave undone is done again at the next start."""
        self._stopped.set()
        self._clockwork.stop()
        for source in self.sources:
            source.stop()

    def clock_moved(self) -> None:
        """What waits for a moment looks at the clock again."""
        self._clockwork.look_again()

    def run_schedule(self, function: str) -> bool:
        """Calls a scheduled function now, by its logical id; False when no schedule calls it."""
        return self._clockwork.run_now(function)

    def _begin(self, name: str, work: Callable[[], object]) -> None:
        def loop() -> None:
            while not self._stopped.is_set():
                try:
                    work()
                except Exception:  # a delivery must outlive whatever one round of it ran into
                    self._invoker.report(name, "", traceback.format_exc())
                    self._stopped.wait(1.0)

        threading.Thread(target=loop, name=name, daemon=True).start()

    def _tidy(self) -> None:
        if not self._stopped.wait(_TIDY_EVERY):
            self._store.trim()

    def _source(self, mapping: Resource) -> Source:
        arn, function = str(mapping.get("EventSourceArn")), self._function(mapping)
        if arn in self._queues:
            return QueueSource(mapping, self._queues[arn], function, self._invoker, self._sqs)
        if arn in self._tables:
            return StreamSource(mapping, self._tables[arn], function, self._invoker, self._store, self._send)
        raise mapping.wrong("EventSourceArn", f"{arn} is neither a queue nor a table's stream of the template")

    def _function(self, mapping: Resource) -> Function:
        function = self._invoker.find(str(mapping.get("FunctionName")))
        if function is None:
            raise mapping.wrong("FunctionName", f"{mapping.get('FunctionName')} is no function of the template")
        return function

    def _send(self, arn: str, text: str) -> None:
        queue = self._queues.get(arn)
        if queue is None:
            raise LookupError(f"{arn} is no queue of the template")
        self._sqs.send_message(QueueUrl=queue_url(queue), MessageBody=text)
