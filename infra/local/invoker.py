"""Runs the template's functions as Lambda would: each loaded once, called from many threads, JSON in and out."""

from __future__ import annotations

import asyncio
import contextvars
import importlib
import json
import random
import sys
import threading
import time
import traceback
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

from .concurrency import ACCOUNT_LIMIT, UNRESERVED_LEAST, Concurrency, Slot, Throttled
from .function_environment import VARIABLES, variables_of
from .function_limits import demand_deployable, whole_number
from .images import Images
from .layers_seen import LayersSeen
from .left_threads import LeftThreads
from .template import Resource, Template
from .template.kinds import function_arn, function_name
from .workers import CutOff, Workers

PAYLOAD_LIMIT = 6 * 1024 * 1024
"""Bytes of a synchronous event, and of an answer."""

RUNNING: contextvars.ContextVar[str | None] = contextvars.ContextVar("running_function", default=None)
"""The name of the function that runs on this thread."""

Ended = Callable[[str, str], None]
"""Told how a call ended: the error's type, empty when there is none, and the answer or what went wrong."""

Witness = Callable[[str, str, str], Ended]
"""Told in the call's context that it begins: function name, request id, and the event as JSON."""

Report = Callable[[str, str, str], None]
"""Told of a failed invocation: function name, request id, and what happened (several lines)."""


Observe = Callable[[str, float, str], None]
"""Told of each invocation: function name, seconds, and `ok`, `failed` or `throttled`."""


class InvocationFailed(Exception):
    """The function did not answer. `kind` is Lambda's error type, such as `Unhandled.KeyError` or `Timeout`."""

    def __init__(self, function: str, kind: str, message: str) -> None:
        self.function, self.kind, self.message = function, kind, message
        super().__init__(f"{function}: {kind}: {message}")


class EventTooLarge(Exception):
    """The event is over 6 MB; Lambda does not take it."""


@dataclass(frozen=True)
class Context:
    """What Lambda hands to a handler beside the event."""

    function_name: str
    invoked_function_arn: str
    memory_limit_in_mb: int
    aws_request_id: str
    log_group_name: str
    ends_at: float
    function_version: str = "$LATEST"
    log_stream_name: str = "local"
    identity: None = None
    client_context: None = None

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until Lambda would stop the call."""
        return max(0, int((self.ends_at - time.monotonic()) * 1000))


class Function:
    """One function of the template; its code is imported when first called."""

    def __init__(self, resource: Resource, environment: Mapping[str, str], seen: LayersSeen) -> None:
        demand_deployable(resource)
        self.name, self.arn = function_name(resource), function_arn(resource)
        self.environment = environment
        self.variables = variables_of(environment)
        self.layers, self._seen = seen.check(resource), seen
        self.timeout = float(resource.get("Timeout", 3))
        self.memory = int(resource.get("MemorySize", 128))
        self.code = (resource.file.parent / str(resource.get("CodeUri", "."))).resolve()
        module, _, self.attribute = str(resource.get("Handler", "")).rpartition(".")
        self.module = module
        if not module:
            raise resource.wrong("Handler", "wants a module and a name, such as area.use_case.app.app")
        self._handler: Callable[[Any, Context], Any] | None = None
        self._lock = threading.Lock()

    def load(self) -> Callable[[Any, Context], Any]:
        """The handler. ImportModuleError, or what the module raises when it is imported."""
        with self._lock:
            if self._handler is None:
                self._handler = self.read()
            return self._handler

    def read(self) -> Callable[[Any, Context], Any]:
        """The handler that the module has now, without serving by it yet. Raises as `load` does."""
        self._seen.demand(self)
        module = importlib.import_module(self.module)
        self._demand_own(module)
        handler: Callable[[Any, Context], Any] = getattr(module, self.attribute)
        return handler

    def serve_by(self, handler: Callable[[Any, Context], Any]) -> None:
        """From the next call on."""
        with self._lock:
            self._handler = handler

    def context(self) -> Context:
        """A context for one call that begins now."""
        return Context(
            self.name,
            self.arn,
            self.memory,
            str(uuid.uuid4()),
            f"/aws/lambda/{self.name}",
            time.monotonic() + self.timeout,
        )

    def _demand_own(self, module: ModuleType) -> None:
        """Two folders with a module of one name would otherwise run each other's code."""
        file = Path(module.__file__ or "").resolve()
        if not file.is_relative_to(self.code):
            raise ImportError(f"{self.module} was found in {file}, not under {self.code}")


class Invoker:
    """All functions of a template. `environment_of` gives the variables of a function as it should see them here."""

    def __init__(
        self,
        template: Template,
        environment_of: Callable[[Resource], Mapping[str, str]],
        report: Report,
        threads: int = 64,
        account_limit: int = ACCOUNT_LIMIT,
        clock: Callable[[], float] = time.time,
    ) -> None:
        resources, seen = list(template.of("AWS::Serverless::Function")), LayersSeen(template)
        self.forget_files = seen.forget
        """Files changed: whoever loads a function again says so first."""
        self.functions = [Function(resource, environment_of(resource), seen) for resource in resources]
        self._known = {key: function for function in self.functions for key in (function.name, function.arn)}
        self.images = Images(template)
        self._workers = Workers(threads)
        self.concurrency = _concurrency(resources, account_limit)
        self._left_threads = LeftThreads(lambda function, sentence: report(function, "", sentence))
        self.report = report
        self.observe: Observe = lambda function, seconds, outcome: None
        self.witness: Witness = lambda _function, _request_id, _event: lambda _outcome, _answer: None
        self.skew = 0.0
        """Seconds by which the clock of a function's machine may be wrong, either way; for tests."""
        self._now: Callable[[], datetime] = lambda: datetime.fromtimestamp(clock(), UTC)
        for folder in sorted({str(folder) for folder in [*(one.code for one in self.functions), *seen.folders()]}):
            if folder not in sys.path:
                sys.path.insert(0, folder)

    def find(self, name_or_arn: str) -> Function | None:
        """The function with this name or ARN, with or without a version behind it."""
        return self._known.get(name_or_arn) or self._known.get(name_or_arn.rpartition(":")[0])

    def load_all(self) -> list[InvocationFailed]:
        """Imports every function now, and tells which cannot be imported."""
        failures = []
        for function in self.functions:
            try:
                self.as_function(function, function.load)
            except Exception as error:  # a module may raise anything when imported
                failures.append(InvocationFailed(function.name, type(error).__name__, str(error)))
        return failures

    def as_function(self, function: Function, call: Callable[[], Any]) -> Any:
        """What `call` answers on this thread when it sees what the function sees."""
        return contextvars.Context().run(self._within, function, call)

    def call(self, function: Function, event: Any) -> Any:
        """Calls and waits, for a free slot too, as an event source does. InvocationFailed, EventTooLarge."""
        payload = _payload(function, event)
        slot = self.concurrency.wait(function.name)
        future = self._start(function, payload, slot)
        try:
            return _read(function, future.result(timeout=function.timeout))
        except TimeoutError:
            raise self._too_late(function, future, slot) from None

    async def call_soon(self, function: Function, event: Any, wait: float | None = None) -> Any:
        """The same for the event loop, for a caller to whom Lambda says no at once: Throttled.

        After `wait` seconds TimeoutError, while the function runs on."""
        payload = _payload(function, event)
        try:
            slot = self.concurrency.take(function.name)
        except Throttled:
            self.observe(function.name, 0, "throttled")
            raise
        future = self._start(function, payload, slot)
        seconds = function.timeout if wait is None else min(wait, function.timeout)
        waiter = asyncio.wrap_future(future)
        # Whoever gave up waiting must not make the loop complain about an answer that nobody reads.
        waiter.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
        done, _ = await asyncio.wait([waiter], timeout=seconds)
        if done:
            return _read(function, done.pop().result())
        if seconds < function.timeout:
            asyncio.get_running_loop().call_later(
                function.timeout - seconds, lambda: None if future.done() else self._too_late(function, future, slot)
            )
            raise TimeoutError
        raise self._too_late(function, future, slot)

    def lend(self, call: Callable[[], Any]) -> Future[Any]:
        """Runs `call` as a function would run, with the environment that all functions share."""

        def run() -> Any:
            from hospital.clock import CLOCK
            from hospital.settings import ENVIRONMENT

            ENVIRONMENT.set(self.functions[0].environment)
            CLOCK.set(self._now)
            return call()

        return self._workers.submit(lambda: contextvars.Context().run(run))

    def _start(self, function: Function, payload: str, slot: Slot) -> Future[str]:
        context = function.context()
        future = self._workers.submit(lambda: contextvars.Context().run(self._run, function, payload, context))
        future.add_done_callback(lambda _: slot.give_back())
        began = time.monotonic()
        future.add_done_callback(lambda ended: self.observe(function.name, time.monotonic() - began, _outcome(ended)))
        return future

    def _within(self, function: Function, call: Callable[[], Any]) -> Any:
        """What `call` answers when it sees what the function sees. Wants a context of its own."""
        from hospital.clock import CLOCK  # the layer is importable once the template has named its folder
        from hospital.settings import ENVIRONMENT

        ENVIRONMENT.set(function.environment)
        CLOCK.set(self._clock_of_a_machine())
        VARIABLES.set(function.variables)
        RUNNING.set(function.name)
        self._left_threads.begin(function.name)
        try:
            return call()
        finally:
            self._left_threads.end(function.name)

    def _clock_of_a_machine(self) -> Callable[[], datetime]:
        if not self.skew:
            return self._now
        wrong = timedelta(seconds=random.uniform(-self.skew, self.skew))
        return lambda: self._now() + wrong

    def _run(self, function: Function, payload: str, context: Context) -> str:
        """On a worker's thread, in a context of its own."""
        ended = self.witness(function.name, context.aws_request_id, payload)
        try:
            answer = self._answer(function, payload, context)
        except CutOff:
            ended("Sandbox.Timedout", "")
            raise
        except InvocationFailed as failure:
            ended(failure.kind, failure.message)
            raise
        ended("", answer)
        return answer

    def _answer(self, function: Function, payload: str, context: Context) -> str:
        try:
            answer = self._within(function, lambda: function.load()(json.loads(payload), context))
        except CutOff:  # told already, as a time-out
            raise
        except BaseException as error:
            self.report(function.name, context.aws_request_id, traceback.format_exc())
            if isinstance(error, Exception):
                raise InvocationFailed(function.name, type(error).__name__, str(error)) from error
            raise InvocationFailed(function.name, "Runtime.ExitError", repr(error)) from error
        try:
            return json.dumps(answer)
        except (TypeError, ValueError) as error:
            self.report(function.name, context.aws_request_id, f"the answer is not JSON: {error}")
            raise InvocationFailed(function.name, "Runtime.MarshalError", str(error)) from error

    def _too_late(self, function: Function, future: Future[str], slot: Slot) -> InvocationFailed:
        self._workers.abandon(future)
        slot.give_back()
        message = f"Task timed out after {function.timeout:.2f} seconds"
        self.report(function.name, "", message)
        return InvocationFailed(function.name, "Sandbox.Timedout", message)


def _outcome(ended: Future[str]) -> str:
    return "failed" if ended.cancelled() or ended.exception() is not None else "ok"


def _payload(function: Function, event: Any) -> str:
    payload = json.dumps(event)
    if len(payload.encode()) > PAYLOAD_LIMIT:
        raise EventTooLarge(function.name)
    return payload


def _read(function: Function, text: str) -> Any:
    if len(text.encode()) > PAYLOAD_LIMIT:
        raise InvocationFailed(
            function.name,
            "Function.ResponseSizeTooLarge",
            "Response payload size exceeded maximum allowed payload size",
        )
    return json.loads(text)


def _concurrency(functions: list[Resource], account_limit: int) -> Concurrency:
    """TemplateError when so much is reserved that Lambda would refuse it."""
    reserved: dict[str, int] = {}
    for function in functions:
        count = whole_number(function, "ReservedConcurrentExecutions")
        if count is not None:
            reserved[function_name(function)] = count
            left = account_limit - sum(reserved.values())
            if left < UNRESERVED_LEAST:
                sentence = f"leaves {left} of {account_limit} to the other functions; Lambda keeps {UNRESERVED_LEAST}"
                raise function.wrong("ReservedConcurrentExecutions", sentence)
    return Concurrency(reserved, account_limit)
