"""`/sandbox/api/wallet`: what was paid and given back at the small wallet, and what goes wrong there;
`/sandbox/wallet`: its pages, as phones in the same network do not reach that program itself."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from http.client import HTTPResponse
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote

from aiohttp import web

from ..beside import Beside

_PASSED_ON = ("Content-Type", "Location", "Cache-Control", "Content-Security-Policy", "Referrer-Policy")
_ANSWER_SECONDS = 10


class WalletRoutes:
    """`GET` answers `{troubles, balances, unbalanced, orders, refunds, callbacks}`. `POST …/troubles` takes `{mode?,
    seconds?, times?, refunds?, callbacks?}`, `…/settle` `{refund_number, how}`, `…/release` `{times?, backwards?}`."""

    def __init__(self, wallet: Beside) -> None:
        self._wallet = wallet

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Registers the routes."""
        router.add_get("/sandbox/api/wallet", self.show)
        router.add_post("/sandbox/api/wallet/{what:troubles|settle|release}", self.tell)
        router.add_get("/sandbox/wallet/pay/{token}", self.page)
        router.add_post("/sandbox/wallet/pay/{token}", self.page)

    async def show(self, request: web.Request) -> web.Response:
        """The newest first."""
        _, troubles = await asyncio.to_thread(self._wallet.ask, "troubles", {})
        _, book = await asyncio.to_thread(self._wallet.ask, "book", {})
        return web.json_response({"troubles": troubles, **book}, headers={"Cache-Control": "no-store"})

    async def tell(self, request: web.Request) -> web.Response:
        """Passed on as it is."""
        try:
            body: Any = json.loads(await request.text())
        except ValueError:
            body = None
        if not isinstance(body, dict):
            return web.json_response({"code": "sandbox.wallet_not_understood", "facts": {}}, status=400)
        status, answer = await asyncio.to_thread(self._wallet.ask, request.match_info["what"], body)
        return web.json_response(answer, status=status)

    async def page(self, request: web.Request) -> web.Response:
        """The wallet's own page."""
        url = f"{self._wallet.url}/pay/{quote(request.match_info['token'], safe='')}"
        body = await request.read() if request.method == "POST" else None
        try:
            status, headers, said = await asyncio.to_thread(_fetched, url, body)
        except (URLError, OSError):
            raise web.HTTPBadGateway from None
        return web.Response(status=status, headers=headers, body=said)


class _Staying(urllib.request.HTTPRedirectHandler):
    """A redirect is the browser's."""

    def redirect_request(self, *args: Any, **more: Any) -> None:
        return None


def _fetched(url: str, body: bytes | None) -> tuple[int, dict[str, str], bytes]:
    try:
        with urllib.request.build_opener(_Staying).open(url, body, timeout=_ANSWER_SECONDS) as reply:
            return _read(reply)
    except HTTPError as error:
        with error:
            return _read(error)


def _read(reply: HTTPResponse | HTTPError) -> tuple[int, dict[str, str], bytes]:
    headers = {name: reply.headers[name] for name in _PASSED_ON if name in reply.headers}
    return int(reply.status or 502), headers, reply.read()
