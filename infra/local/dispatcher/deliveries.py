"""Deliveries that are on their way: kept, made when due, tried again with growing pauses, and given up in the end."""

from __future__ import annotations

import heapq
import itertools
import threading
import time
import traceback
import uuid
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass

from ..store import StoreUnwritable
from ..store.deliveries import Delivery, KeptDeliveries
from ..workers import Workers

_AT_ONCE = 16
_NAP = 5.0


class NotDelivered(Exception):
    """A try that failed. `code` and `message` go into the dead letter; `again` says whether to try again at all,
    `after` how many seconds the target asked for."""

    def __init__(self, code: str, message: str, *, again: bool = True, after: float = 0.0) -> None:
        self.code, self.message, self.again, self.after = code, message, again, after
        super().__init__(f"{code}: {message}")


class NotYet(Exception):
    """The target takes nothing for so many seconds; not a try that failed."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"not for {seconds:.1f} s")


GiveUp = Callable[[Delivery, NotDelivered, str], None]
"""Told of a delivery that will never be made, why, and which limit was reached (`MaximumRetryAttempts`,
`MaximumEventAgeInSeconds`, or nothing when no retry could help)."""


@dataclass(frozen=True)
class Recipient:
    """How something is delivered to one target. `deliver` raises NotDelivered or NotYet. `pause` answers the seconds
    after the n-th failure, beginning with 0; `longest` is the age in seconds past which nothing is tried again."""

    deliver: Callable[[Delivery], None]
    give_up: GiveUp
    retries: int
    longest: float
    pause: Callable[[int], float]


def made(target: str, text: str, *, about: str = "", delay: float = 0.0, name: str = "") -> Delivery:
    """A delivery that begins now, due after `delay` seconds."""
    now = time.time()
    return Delivery(name or str(uuid.uuid4()), target, text, about, now, now + delay)


class Deliveries:
    """Takes on deliveries from any thread; one thread waits for the next due, some make them."""

    def __init__(self, kept: KeptDeliveries, report: Callable[[str, str, str], None]) -> None:
        self._kept, self._report = kept, report
        self._recipients: dict[str, Recipient] = {}
        self._heap: list[tuple[float, int, Delivery]] = []
        self._count = itertools.count()
        self._lock = threading.Lock()
        self._woken, self._stopped = threading.Event(), threading.Event()
        self._workers = Workers(_AT_ONCE)

    def register(self, target: str, recipient: Recipient) -> None:
        """Makes a target known, before `start`."""
        self._recipients[target] = recipient

    def start(self) -> None:
        """Takes up what an earlier process left, and begins."""
        for delivery in self._kept.all():
            if delivery.target in self._recipients:
                self._push(delivery)
            else:
                self._report("dispatcher", "", f"kept, but the template has no target {delivery.target} any more")
        threading.Thread(target=self._run, name="deliveries", daemon=True).start()

    def stop(self) -> None:
        """No further delivery is begun."""
        self._stopped.set()
        self._woken.set()

    def take_on(self, target: str, text: str, *, about: str = "", delay: float = 0.0, name: str = "") -> None:
        """Kept when this returns, delivered at least once after `delay` seconds."""
        delivery = made(target, text, about=about, delay=delay, name=name)
        self._kept.put(delivery)
        self._push(delivery)

    def carry(self, delivery: Delivery) -> None:
        """One that is kept already, together with what it tells of."""
        self._push(delivery)

    def on_their_way(self) -> list[Delivery]:
        """For people who look."""
        return self._kept.all()

    def hurry(self) -> None:
        """Everything on its way is due now: for tests, and for people who do not want to wait."""
        with self._lock:
            self._heap = [(0.0, n, delivery) for _, n, delivery in self._heap]
            heapq.heapify(self._heap)
        self._woken.set()

    def _push(self, delivery: Delivery) -> None:
        with self._lock:
            heapq.heappush(self._heap, (delivery.due, next(self._count), delivery))
        self._woken.set()

    def _run(self) -> None:
        while not self._stopped.is_set():
            with self._lock:
                wait = self._heap[0][0] - time.time() if self._heap else _NAP
                delivery = heapq.heappop(self._heap)[2] if wait <= 0 else None
            if delivery is None:
                self._woken.wait(min(wait, _NAP))
                self._woken.clear()
            else:
                self._begin(delivery)

    def _begin(self, delivery: Delivery) -> None:
        def done(future: Future[None]) -> None:
            error = future.exception()
            if error is not None and not self._stopped.is_set():
                self._report(delivery.target, "", "".join(traceback.format_exception(error)))
                self._again(delivery, 1.0)

        self._workers.submit(lambda: self._make(delivery)).add_done_callback(done)

    def _make(self, delivery: Delivery) -> None:
        recipient = self._recipients[delivery.target]
        try:
            recipient.deliver(delivery)
        except NotYet as pause:
            self._push(delivery._replace(due=time.time() + pause.seconds))
            return
        except NotDelivered as problem:
            self._fail(recipient, delivery, problem)
            return
        self._kept.drop(delivery.id)

    def _fail(self, recipient: Recipient, delivery: Delivery, problem: NotDelivered) -> None:
        condition = ""
        pause = max(recipient.pause(delivery.attempt), problem.after)
        if problem.again:
            if delivery.attempt >= recipient.retries:
                condition = "MaximumRetryAttempts"
            elif time.time() + pause - delivery.at > recipient.longest:
                condition = "MaximumEventAgeInSeconds"
            else:
                self._again(delivery._replace(attempt=delivery.attempt + 1, why=str(problem)), pause)
                return
        self._report(delivery.target, "", f"gave up after {delivery.attempt + 1} tries: {problem}")
        recipient.give_up(delivery, problem, condition)
        self._kept.drop(delivery.id)

    def _again(self, delivery: Delivery, pause: float) -> None:
        later = delivery._replace(due=time.time() + pause)
        # On a full disk the row from before stays: it goes on here, and a new process would begin with that row.
        with suppress(StoreUnwritable):
            self._kept.put(later)
        self._push(later)
