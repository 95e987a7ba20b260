"""`/sandbox/api/queues`, `/dead-letters`, `/events`: what is on its way, what was given up, what went over the bus."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

from aiohttp import web

from ..dispatcher import Dispatcher
from ..dispatcher.dead_letters import Letter, NotSentAgain
from ..dispatcher.mailbox import Mailbox
from ..dispatcher.queues import QueueSource

_MOST_EVENTS = 200
_MOST_LETTERS = 500


class DeliveryRoutes:
    """Everything is as it lies in the queues: demo data, bodies in full."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self._dispatcher = dispatcher

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Registers the routes."""
        router.add_get("/sandbox/api/queues", self.queues)
        router.add_get("/sandbox/api/dead-letters", self.letters)
        router.add_post("/sandbox/api/dead-letters/redrive", self.send_again)
        router.add_get("/sandbox/api/events", self.events)

    async def queues(self, request: web.Request) -> web.Response:
        """Every queue with what lies in it, what is on its way beside them, and how deliveries come."""
        dispatcher = self._dispatcher
        readers = {s.mailbox.arn: s.function.name for s in dispatcher.sources if isinstance(s, QueueSource)}
        letters = {mailbox.arn for mailbox in dispatcher.dead_letters.queues}
        now = time.time()
        items = [_queue(mailbox, readers, letters, now) for mailbox in dispatcher.mailboxes.values()]
        on_their_way = [
            {
                "id": one.id,
                "target": one.target,
                "attempt": one.attempt,
                "due_in_seconds": round(max(0.0, one.due - now), 1),
                "why": one.why,
            }
            for one in dispatcher.deliveries.on_their_way()
        ]
        lateness = dispatcher.lateness
        manner = {
            "seed": lateness.seed,
            "late": lateness.shares.late,
            "doubled": lateness.shares.doubled,
            "longest_seconds": lateness.shares.longest,
        }
        return _answer({"items": items, "on_their_way": on_their_way, "deliveries": manner})

    async def letters(self, request: web.Request) -> web.Response:
        """The dead letters of all queues, the newest first; `?queue=` for one."""
        wanted = request.query.get("queue")
        found = [
            letter
            for mailbox in self._dispatcher.dead_letters.queues
            if wanted in (None, "", mailbox.resource.logical_id)
            for letter in self._dispatcher.dead_letters.letters(mailbox)
        ]
        newest = sorted(found, key=lambda letter: letter.sent_at, reverse=True)
        return _answer({"items": [_letter(one) for one in newest[:_MOST_LETTERS]], "total": len(newest)})

    async def send_again(self, request: web.Request) -> web.Response:
        """Takes `{"queue": "…", "id": "…"}`, or only the queue for all its letters; what was sent, and what not."""
        try:
            asked = json.loads(await request.text())
            queue, one = str(asked["queue"]), asked.get("id")
        except (ValueError, KeyError, TypeError, AttributeError):
            return _answer({"code": "sandbox.queue_not_named", "facts": {}}, 400)
        boxes = [box for box in self._dispatcher.dead_letters.queues if box.resource.logical_id == queue]
        if len(boxes) != 1:
            return _answer({"code": "sandbox.no_such_queue", "facts": {"queue": queue}}, 404)
        return _answer(await asyncio.to_thread(self._sent_again, boxes[0], one))

    async def events(self, request: web.Request) -> web.Response:
        """The newest events, `?search=` words in type, subject, sequence, source, id or detail; `?before=` goes on."""
        try:
            before = int(request.query["before"]) if request.query.get("before") else None
            limit = max(1, min(int(request.query.get("limit", 50)), _MOST_EVENTS))
        except ValueError:
            return _answer({"code": "sandbox.page_not_understood", "facts": {}}, 400)
        found = self._dispatcher.seen.page(request.query.get("search", ""), before, limit)
        items = [{**one._asdict(), "text": json.loads(one.text)} for one in found]
        return _answer({"items": items, "before": found[-1].n if len(found) == limit else None})

    def _sent_again(self, mailbox: Mailbox, one: str | None) -> dict[str, Any]:
        letters = self._dispatcher.dead_letters
        names = [one] if one else [letter.id for letter in letters.letters(mailbox)]
        problems = []
        for name in names:
            try:
                letters.send_again(mailbox, name)
            except NotSentAgain as problem:
                problems.append({"id": name, "code": problem.code, "why": str(problem)})
        return {"sent": len(names) - len(problems), "problems": problems}


def _queue(mailbox: Mailbox, readers: dict[str, str], letters: set[str], now: float) -> dict[str, Any]:
    messages = mailbox.all()
    oldest = min((float(one.sent_timestamp or 0) / 1000 for one in messages), default=None)
    place = mailbox.resource
    return {
        "name": mailbox.name,
        "id": place.logical_id,
        "stack": place.address.rpartition("/")[0],
        "fifo": mailbox.is_fifo,
        "dead_letters": mailbox.arn in letters,
        "reader": readers.get(mailbox.arn),
        **mailbox.counts(),
        "oldest_seconds": None if oldest is None else round(max(0.0, now - oldest), 1),
        "most_receives": mailbox.most_receives,
    }


def _letter(letter: Letter) -> dict[str, Any]:
    return {
        "id": letter.id,
        "queue": letter.queue,
        "came_by": letter.came_by,
        "to": letter.to,
        "why": letter.why,
        "tries": letter.tries,
        "body": letter.body,
        "sent_at": letter.sent_at,
        "attributes": dict(letter.attributes),
    }


def _answer(body: Any, status: int = 200) -> web.Response:
    text = json.dumps(body, ensure_ascii=False, default=str)
    return web.Response(
        text=text, status=status, content_type="application/json", headers={"Cache-Control": "no-store"}
    )
