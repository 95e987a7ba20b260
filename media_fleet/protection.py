"""Says to Amazon ECS whether this task may be stopped for having fewer tasks, or newer ones.

Spoken: the task scale-in protection endpoint of the container agent, `$ECS_AGENT_URI/task-protection/v1/state` (Amazon
ECS Developer Guide, "Task scale-in protection endpoint", global and China editions; read 2026-11-22): PUT of
`{"ProtectionEnabled", "ExpiresInMinutes"}`, answered by `{"protection": {"ProtectionEnabled", …}}`, or by `failure` or
`error`. A thread speaks, so nobody waits for the agent. Protection ends by itself after an hour, which a process that
hangs is not renewing.

A relay is kept while it takes new rooms or holds any. So the only tasks that ECS can choose are those that drain and
are empty; which those are, the hospital decides.
"""

from __future__ import annotations

import http.client
import json
import logging
import threading
import time
from collections.abc import Callable, Mapping
from urllib.error import URLError
from urllib.request import ProxyHandler, Request, build_opener

ENDPOINT = "ECS_AGENT_URI"
PATH = "/task-protection/v1/state"
MINUTES = 60
RENEW_AFTER, RETRY_AFTER, PATIENCE = 20 * 60.0, 5.0, 5.0

_LOG = logging.getLogger(__name__)


class Protection:
    """What the process wishes, told to the agent at `agent`; without one nothing is told. Times in seconds."""

    def __init__(
        self,
        agent: str | None,
        *,
        renew_after: float = RENEW_AFTER,
        retry_after: float = RETRY_AFTER,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._agent, self._renew_after, self._retry_after, self._now = agent, renew_after, retry_after, now
        self._changed = threading.Condition()
        self._wished: bool | None = None
        self._told: bool | None = None
        self._due = 0.0
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="protection", daemon=True)
        if agent:
            self._thread.start()

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Protection:
        """For this process: told to the agent when ECS started it."""
        return cls(environment.get(ENDPOINT))

    @property
    def told(self) -> bool | None:
        """What the agent last agreed to; None before it did."""
        return self._told

    def keep(self, wished: bool) -> None:
        """Keep this task, or let ECS have it. Returns at once; saying the same again says nothing."""
        with self._changed:
            if wished != self._wished:
                self._wished, self._due = wished, 0.0
                self._changed.notify()

    def close(self) -> None:
        """Ends the thread. What was told stays told: the task ends with its process."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._thread.is_alive():
            self._thread.join(PATIENCE + 1)

    def _run(self) -> None:
        while (wished := self._next()) is not None:
            agreed = self._tell(wished)
            with self._changed:
                if agreed:
                    self._told = wished
                if self._wished == wished:
                    self._due = self._now() + (self._renew_after if agreed else self._retry_after)

    def _next(self) -> bool | None:
        """Waits until something is to be told. None: closed."""
        with self._changed:
            while not self._closed:
                nothing_new = self._wished is None or (not self._wished and self._told is False)
                left = None if nothing_new else self._due - self._now()
                if left is not None and left <= 0:
                    return self._wished
                self._changed.wait(left)
            return None

    def _tell(self, wished: bool) -> bool:
        """Whether the agent agreed."""
        body = {"ProtectionEnabled": wished} | ({"ExpiresInMinutes": MINUTES} if wished else {})
        request = Request(  # noqa: S310 - the agent's address is link-local http, given by ECS
            f"{self._agent}{PATH}",
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
            method="PUT",
        )
        try:
            with build_opener(ProxyHandler({})).open(request, timeout=PATIENCE) as answer:
                said = json.loads(answer.read())
        except (URLError, http.client.HTTPException, OSError, ValueError) as failure:
            _LOG.warning("task protection was not set: %s", type(failure).__name__)
            return False
        agreed = isinstance(said, dict) and (said.get("protection") or {}).get("ProtectionEnabled") is wished
        if not agreed:
            _LOG.warning("task protection was refused")
        return agreed
