"""Facts to the hospital: numbered, signed, from a thread, again until they are acknowledged (PROTOCOL.md, 6)."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import logging
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import SplitResult, urlsplit

from pydantic import BaseModel, Field, IPvAnyAddress, ValidationError

from media_fleet.messages import Id
from media_fleet.settings import Settings

_LOG = logging.getLogger(__name__)
_EVERY_SECONDS = 5.0
_TOGETHER_SECONDS = 0.05
"""Facts that happen so close to each other go in one report."""
_AGAIN_AFTER = (1.0, 2.0, 5.0)
_TIMEOUT_SECONDS = 5.0
_MOST_FACTS = 10_000
_MOST_IN_REPORT = 500
_LONGEST_ANSWER = 1 << 20
VERSION = 1


class Removal(BaseModel):
    """Somebody who is no longer in a call."""

    room: Id
    person_id: Id


class Orders(BaseModel):
    """The hospital's answer."""

    acknowledged: Annotated[int, Field(ge=0)]
    drain: bool = False
    address: IPvAnyAddress | None = None
    """Where the hospital saw the report come from."""
    close: list[Id] = []
    remove: list[Removal] = []


class NotTaken(Exception):
    """The hospital could not be reached, or did not answer as it should."""


@dataclass(frozen=True)
class Standing:
    """What a report says of the process, whole and immutable, so that a thread may read it."""

    draining: bool = False
    rooms: int = 0
    participants: int = 0
    packets_per_second: int = 0
    processor: float = 0.0


def signature(secret: bytes, at: int, node: str, body: bytes) -> str:
    """Value of `x-relay-signature`."""
    signed = f"{at}\n{node}\n{hashlib.sha256(body).hexdigest()}"
    return hmac.new(secret, signed.encode(), hashlib.sha256).hexdigest()


class Reports:
    """`standing` is read and `ordered` called by the thread; everything else belongs to the event loop's."""

    def __init__(
        self, settings: Settings, control_url: str, standing: Callable[[], Standing], ordered: Callable[[Orders], None]
    ) -> None:
        self.boot = f"boot_{secrets.token_hex(8)}"
        self.failed = 0
        self._settings = settings
        self._control_url = control_url
        self._standing = standing
        self._ordered = ordered
        self._facts: deque[dict[str, Any]] = deque(maxlen=_MOST_FACTS)
        self._number = 0
        self._changed = threading.Condition()
        self._urgent = False
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="reports", daemon=True)

    def start(self) -> None:
        """Begin to report."""
        if self._settings.reports_url:
            self.hurry()
            self._thread.start()

    def stop(self) -> None:
        """Say what is left, once, and end. Waits for the thread: call it off the event loop."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        if self._thread.ident is not None:
            self._thread.join(2 * _TIMEOUT_SECONDS)

    @property
    def waiting(self) -> int:
        """Facts that are not acknowledged."""
        return len(self._facts)

    def fact(self, kind: str, room: str, **more: str | None) -> None:
        """Something happened now. Where nobody is told, nothing is kept."""
        if not self._settings.reports_url:
            return
        with self._changed:
            self._number += 1
            said = {name: value for name, value in more.items() if value is not None}
            self._facts.append(
                {"number": self._number, "at": round(time.time(), 3), "kind": kind, "room": room, **said}
            )
            self._urgent = True
            self._changed.notify()

    def hurry(self) -> None:
        """The process's standing changed: report at once."""
        with self._changed:
            self._urgent = True
            self._changed.notify()

    def _run(self) -> None:
        failures = 0
        while True:
            stopping = self._wait(failures)
            try:
                self._report()
                failures = 0
            except NotTaken as reason:
                self.failed += 1
                failures += 1
                _LOG.warning("a report was not taken: %s", reason)
            if stopping:
                return

    def _wait(self, failures: int) -> bool:
        """Until a report is due; whether it is the last."""
        longest = _AGAIN_AFTER[min(failures, len(_AGAIN_AFTER)) - 1] if failures else _EVERY_SECONDS
        with self._changed:
            self._changed.wait_for(lambda: self._stopping or (self._urgent and not failures), longest)
            if self._urgent and not self._stopping:
                self._changed.wait_for(lambda: self._stopping, _TOGETHER_SECONDS)
            self._urgent = False
            return self._stopping

    def _report(self) -> None:
        with self._changed:
            facts = [fact for fact, _ in zip(self._facts, range(_MOST_IN_REPORT), strict=False)]
            more = len(self._facts) > len(facts)
        orders = self._post(json.dumps(self._body(facts), ensure_ascii=False).encode())
        with self._changed:
            while self._facts and self._facts[0]["number"] <= orders.acknowledged:
                self._facts.popleft()
            self._urgent = self._urgent or (more and bool(facts) and orders.acknowledged >= facts[-1]["number"])
        self._ordered(orders)

    def _body(self, facts: list[dict[str, Any]]) -> dict[str, Any]:
        standing = self._standing()
        at = {"control_at": self._settings.control_at} if self._settings.control_at else {}
        return {
            **at,
            "v": VERSION,
            "node": self._settings.node,
            "boot": self.boot,
            "region": self._settings.region,
            "control_url": self._control_url,
            "draining": standing.draining,
            "load": {
                "rooms": standing.rooms,
                "participants": standing.participants,
                "packets_per_second": standing.packets_per_second,
                "processor": standing.processor,
            },
            "facts": facts,
        }

    def _post(self, body: bytes) -> Orders:
        url, at = urlsplit(self._settings.reports_url), int(time.time())
        key, secret = next(iter(self._settings.secrets.items()))
        headers = {
            "content-type": "application/json",
            "x-relay-node": self._settings.node,
            "x-relay-time": str(at),
            "x-relay-key": key,
            "x-relay-signature": signature(secret, at, self._settings.node, body),
        }
        connection = _connection(url, four=self._settings.announce_reported)
        try:
            connection.request("POST", url.path or "/", body, headers)
            answer = connection.getresponse()
            said = answer.read(_LONGEST_ANSWER)
            if answer.status != 200:
                raise NotTaken(f"status {answer.status}")
            return Orders.model_validate_json(said)
        except (OSError, http.client.HTTPException, ValidationError) as error:
            raise NotTaken(type(error).__name__) from error
        finally:
            connection.close()


def _connection(url: SplitResult, *, four: bool) -> http.client.HTTPConnection:
    """`four`: over IPv4, because the address that the hospital sees is the one that media is sent to."""
    kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
    source = ("0.0.0.0", 0) if four else None  # noqa: S104 - the address to connect from, not one to listen on
    return kind(url.hostname or "", url.port, timeout=_TIMEOUT_SECONDS, source_address=source)
