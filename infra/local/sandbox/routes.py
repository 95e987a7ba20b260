"""`/sandbox/api`: the inbox, the demo accounts with their second factors, and organisations founded on demand."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import Future
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from .inbox import NOTIFIED, Inbox, refusal_of

_LONGEST_TEXT = 2000
_LONGEST_ACCOUNT = 60

Found = Callable[[str | None], Future[dict[str, Any]]]
"""Founds an organisation under a name, or under one of its own."""
CodeOf = Callable[[str], Future[str | None]]
"""A code by which the second factor of an account can be shown now; None when it has none."""


class SandboxRoutes:
    """The handlers. `accounts` is what `GET /accounts` shows; `found` and `code_of` are there when the demo is."""

    def __init__(
        self, inbox: Inbox, accounts: dict[str, Any], found: Found | None = None, code_of: CodeOf | None = None
    ) -> None:
        self._inbox, self._accounts, self._found, self._code_of = inbox, accounts, found, code_of

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Registers the routes."""
        router.add_post("/sandbox/api/sms", self.receive)
        router.add_get("/sandbox/api/sms", self.show)
        router.add_post("/sandbox/api/notifications", self.take_notification)
        router.add_get("/sandbox/api/notifications", self.show_notifications)
        router.add_get("/sandbox/api/accounts", self.show_accounts)
        if self._found is not None:
            router.add_post("/sandbox/api/organisations", self.found)
        if self._code_of is not None:
            router.add_post("/sandbox/api/second-factors", self.show_code)

    async def receive(self, request: web.Request) -> web.Response:
        """Takes `{phone, text, sent_at}`, and an `id` if it has one, which is taken once."""
        try:
            message = json.loads(await request.text())
            phone, text = message["phone"], message["text"]
            sent_at = message.get("sent_at") or datetime.now(UTC).isoformat()
            id_ = message.get("id") or ""
        except (ValueError, KeyError, TypeError, AttributeError):
            return _wrong("sandbox.message_not_understood")
        if not all(isinstance(value, str) for value in (phone, text, sent_at, id_)) or len(text) > _LONGEST_TEXT:
            return _wrong("sandbox.message_not_understood")
        if cause := refusal_of(phone, text):
            return web.json_response({"cause": cause}, status=422)
        return web.json_response({"id": str(self._inbox.put(phone, text, sent_at, id_))}, status=201)

    async def show(self, request: web.Request) -> web.Response:
        """The newest messages, `?phone=` for those of one phone."""
        messages = self._inbox.messages(request.query.get("phone"))
        items = [{**message, "id": str(message["id"])} for message in messages]
        return web.json_response({"items": items}, headers={"Cache-Control": "no-store"})

    async def take_notification(self, request: web.Request) -> web.Response:
        """Takes what left the house: `{id, person_id, channel, title, words, opens, sent_at}`; an id once."""
        try:
            told = json.loads(await request.text())
            kept = {name: told[name] for name in NOTIFIED}
        except (ValueError, KeyError, TypeError):
            return _wrong("sandbox.message_not_understood")
        if not all(isinstance(value, str) and len(value) <= _LONGEST_TEXT for value in kept.values()):
            return _wrong("sandbox.message_not_understood")
        return web.json_response({}, status=201 if self._inbox.put_notification(kept) else 200)

    async def show_notifications(self, request: web.Request) -> web.Response:
        """The newest notifications, `?person=` for those of one person."""
        items = self._inbox.notifications(request.query.get("person"))
        return web.json_response({"items": items}, headers={"Cache-Control": "no-store"})

    async def show_accounts(self, request: web.Request) -> web.Response:
        """Whom one can sign in as."""
        return web.json_response(self._accounts, headers={"Cache-Control": "no-store"})

    async def show_code(self, request: web.Request) -> web.Response:
        """Takes `{account}`; a code for its second step that works now, instead of the app on somebody's phone."""
        try:
            account = json.loads(await request.text())["account"]
        except (ValueError, KeyError, TypeError):
            return _wrong("sandbox.account_not_understood")
        if not (isinstance(account, str) and 1 <= len(account) <= _LONGEST_ACCOUNT):
            return _wrong("sandbox.account_not_understood")
        assert self._code_of is not None
        code = await asyncio.wrap_future(self._code_of(account))
        if code is None:
            return _wrong("sandbox.no_such_account", 404)
        return web.json_response({"code": code}, headers={"Cache-Control": "no-store"})

    async def found(self, request: web.Request) -> web.Response:
        """Takes `{name?}`; a fresh organisation with its accounts, notice and refusal reasons."""
        try:
            name = json.loads(await request.text() or "{}").get("name")
        except (ValueError, AttributeError):
            return _wrong("sandbox.organisation_not_understood")
        if not (name is None or (isinstance(name, str) and 2 <= len(name) <= 60)):
            return _wrong("sandbox.organisation_not_understood")
        assert self._found is not None
        return web.json_response(await asyncio.wrap_future(self._found(name)), status=201)


def _wrong(code: str, status: int = 400) -> web.Response:
    return web.json_response({"code": code, "facts": {}}, status=status)
