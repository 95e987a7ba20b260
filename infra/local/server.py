"""One port: what gateway, sockets, pages and sandbox share in one aiohttp application."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from email.utils import formatdate

from aiohttp import web
from aiohttp.typedefs import Middleware

from infra.security_headers import security_headers

from .addresses import Addresses
from .gateway.connections import Connections
from .gateway.rest import RestGateway
from .gateway.sockets import SocketGateway
from .journal import Journal

_CONTENT, _STRICT = "Content-Security-Policy", "Strict-Transport-Security"

# The library that shows the API document writes styles into its elements; its page is not part of the deployed site.
_WITH_INLINE_STYLES = "/docs/"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def application(
    addresses: Addresses,
    rest: RestGateway,
    sockets: SocketGateway | None,
    connections: Connections,
    journal: Journal,
    clock: Callable[[], float] = time.time,
) -> web.Application:
    """The application with gateway and sockets; pages and sandbox add themselves."""
    app = web.Application(middlewares=[_journalled(journal)], client_max_size=1 << 20)
    headers = _headers(addresses)

    async def sign(request: web.Request, response: web.StreamResponse) -> None:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        if request.path.startswith(_WITH_INLINE_STYLES):
            looser = headers[_CONTENT].replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
            response.headers[_CONTENT] = looser
        response.headers["Server"] = "hospital"
        # Pages take the hospital's time from it.
        response.headers["Date"] = formatdate(clock(), usegmt=True)

    app.on_response_prepare.append(sign)
    app.router.add_route("*", r"/api/{path:[\s\S]*}", rest.handle)
    if sockets is not None:
        app.router.add_get("/socket", sockets.handle)
        app.router.add_route("*", "/socket/@connections/{connection_id:.+}", connections.manage)
    return app


def _headers(addresses: Addresses) -> dict[str, str]:
    """Those of the deployed site. Without encryption nothing is said about it."""
    headers = security_headers(addresses.socket_url.rsplit("/", 1)[0])
    return headers if addresses.encrypted else {name: headers[name] for name in headers if name != _STRICT}


def _journalled(journal: Journal) -> Middleware:
    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        began = time.monotonic()
        status, request_id = 500, None
        try:
            response = await handler(request)
            status, request_id = response.status, response.headers.get("x-amzn-RequestId")
            return response
        except web.HTTPException as answer:
            status = answer.status
            raise
        finally:
            milliseconds = round((time.monotonic() - began) * 1000, 1)
            # The path without its query: that holds tickets and phones.
            journal.request(
                method=request.method,
                path=request.path,
                status=status,
                milliseconds=milliseconds,
                request_id=request_id,
            )

    return middleware
