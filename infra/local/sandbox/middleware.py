"""`/sandbox/api/middleware/{queue}`: what a system in another account does with queues that their policies open to it.

A queue whose policy names no such system answers as AWS does: access denied.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

from aiohttp import web

from ..dispatcher import Dispatcher
from ..dispatcher.mailbox import Mailbox
from ..template import Template
from ..template.kinds import queue_arn

_MOST = 10


class MiddlewareRoutes:
    """Queues go by the names that the template gives them, without the deployment's prefix."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self._dispatcher = dispatcher

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Registers the routes."""
        router.add_post("/sandbox/api/middleware/{queue}", self.send)
        router.add_post("/sandbox/api/middleware/{queue}/receive", self.receive)

    async def send(self, request: web.Request) -> web.Response:
        """Takes `{"body": "…", "attributes": {…}}`, both text, as SendMessage does; the id of the message."""
        try:
            told = json.loads(await request.text())
            body, attributes = told["body"], dict(told.get("attributes") or {})
        except (ValueError, KeyError, TypeError):
            return _answer({"code": "sandbox.message_not_understood", "facts": {}}, 400)
        if not all(isinstance(text, str) and text for text in (body, *attributes.values())):
            return _answer({"code": "sandbox.message_not_understood", "facts": {}}, 400)
        mailbox = self._opened(request, "sqs:SendMessage")
        if mailbox is None:
            return _denied()
        return _answer({"id": await asyncio.to_thread(mailbox.send, body, attributes=attributes)}, 201)

    async def receive(self, request: web.Request) -> web.Response:
        """Messages that lie there, received and deleted."""
        mailbox = self._opened(request, "sqs:ReceiveMessage")
        if mailbox is None:
            return _denied()
        return _answer({"items": await asyncio.to_thread(_taken_out, mailbox)})

    def _opened(self, request: web.Request, action: str) -> Mailbox | None:
        """The queue of that name if its policy lets another account do that."""
        ending = f"-{request.match_info['queue']}"
        boxes = [one for one in self._dispatcher.mailboxes.values() if one.name.endswith(ending)]
        opened = _opened_to_others(self._dispatcher.template, action)
        return next((one for one in boxes if one.arn in opened), None)


def _opened_to_others(template: Template, action: str) -> set[str]:
    """ARNs of the queues on which somebody of another account may do that."""
    queues = {queue_arn(queue) for queue in template.of("AWS::SQS::Queue")}
    found: set[str] = set()
    for policy in template.of("AWS::SQS::QueuePolicy"):
        for statement in policy.get("PolicyDocument")["Statement"]:
            resources = statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]]
            if "AWS" in statement["Principal"] and action in statement["Action"]:
                found |= queues & set(resources)
    return found


def _taken_out(mailbox: Mailbox) -> list[dict[str, Any]]:
    messages = mailbox.receive(_MOST, 0)
    mailbox.delete(messages)
    return [
        {
            "id": one.id,
            "body": one.body,
            "attributes": {name: value.get("StringValue") for name, value in one.message_attributes.items()},
        }
        for one in messages
    ]


def _denied() -> web.Response:
    return _answer({"code": "AccessDenied", "facts": {}}, 403)


def _answer(body: dict[str, Any], status: int = 200) -> web.Response:
    text = json.dumps(body, ensure_ascii=False)
    headers = {"Cache-Control": "no-store"}
    return web.Response(text=text, status=status, content_type="application/json", headers=headers)
