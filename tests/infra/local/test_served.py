"""Pages and sockets on an application of this process: what would take too long, or needs its own build."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import WSMsgType, web
from aiohttp.test_utils import TestClient, TestServer

from infra.local.addresses import Addresses
from infra.local.gateway.connections import Connections
from infra.local.gateway.frames import LimitedWebSocket
from infra.local.gateway.sockets import SocketApi, SocketGateway
from infra.local.gateway.throttle import Account, StageThrottle
from infra.local.pages import Pages

pytestmark = pytest.mark.unit


def served(application: web.Application, story: Callable[[TestClient[Any, Any]], Awaitable[None]]) -> None:
    """Tells a story with a client of the application."""

    async def tell() -> None:
        async with TestClient(TestServer(application)) as client:
            await story(client)

    asyncio.run(tell())


@pytest.fixture
def pages(tmp_path: Path) -> web.Application:
    """A built patient app and nothing else."""
    dist = tmp_path / "web" / "apps" / "patient" / "dist" / "local"
    (dist / "assets").mkdir(parents=True)
    (dist / "index.html").write_text("<title>index</title>")
    (dist / "assets" / "app-abc123.js").write_text("hashed")
    (dist / "icon.svg").write_text("<svg/>")
    (tmp_path / "web" / "secret.txt").write_text("secret")
    (dist / "link.txt").symlink_to(tmp_path / "web" / "secret.txt")
    application = web.Application()
    Pages(tmp_path / "web", tmp_path / "openapi.json", Addresses("127.0.0.1", 8700)).add_to(application.router)
    return application


@pytest.mark.parametrize(
    ("path", "status", "text", "caching"),
    [
        ("/patient/", 200, "index", "no-store"),
        ("/patient/visits/vis_1", 200, "index", "no-store"),
        ("/patient/index.html", 200, "index", "no-store"),
        ("/patient/assets/app-abc123.js", 200, "hashed", "public, max-age=31536000, immutable"),
        ("/patient/icon.svg", 200, "<svg/>", "no-cache"),
        ("/patient/assets/gone-000000.js", 404, "Not found", "no-store"),
        ("/patient/link.txt", 200, "index", "no-store"),
        ("/patient/..%2f..%2f..%2f..%2fsecret.txt", 200, "index", "no-store"),
        ("/patient/%0A", 200, "index", "no-store"),
        ("/patient/%00", 200, "index", "no-store"),
        ("/patient/" + "a" * 5000, 200, "index", "no-store"),
        ("/staff/", 503, "infra/set_up.py --web", "no-store"),
        ("/docs/openapi.json", 404, "docs/openapi.json is not there", None),
        ("/docs/asyncapi.json", 404, "docs/asyncapi.json is not there", None),
        ("/nothing", 404, "", None),
    ],
)
def test_pages_are_served_with_their_caching(
    pages: web.Application, path: str, status: int, text: str, caching: str | None
) -> None:
    async def story(client: TestClient[Any, Any]) -> None:
        answer = await client.get(path)
        body = await answer.text()
        assert (answer.status, answer.headers.get("Cache-Control")) == (status, caching)
        assert text in body and "secret" not in body

    served(pages, story)


def test_the_other_name_of_this_machine_leads_to_the_one_origin(pages: web.Application) -> None:
    async def story(client: TestClient[Any, Any]) -> None:
        answer = await client.get("/patient/a?b=1", headers={"Host": "localhost:8700"}, allow_redirects=False)
        assert (answer.status, answer.headers["Location"]) == (302, "http://127.0.0.1:8700/patient/a?b=1")

    served(pages, story)


def test_an_asset_that_did_not_change_is_not_sent_again(pages: web.Application) -> None:
    async def story(client: TestClient[Any, Any]) -> None:
        tag = (await client.get("/patient/icon.svg")).headers["ETag"]
        assert (await client.get("/patient/icon.svg", headers={"If-None-Match": tag})).status == 304

    served(pages, story)


def sockets(**limits: float) -> web.Application:
    """A WebSocket API without functions."""
    account = Account()
    api = SocketApi("id", "live", {}, "action", StageThrottle({}, account), account)
    gateway = SocketGateway(api, None, Connections("KEY"), **limits)  # type: ignore[arg-type]
    application = web.Application()
    application.router.add_get("/socket", gateway.handle)
    return application


async def code_of_close(socket: aiohttp.ClientWebSocketResponse) -> int | None:
    """The code with which the server closed."""
    while (await socket.receive(timeout=5)).type not in (WSMsgType.CLOSE, WSMsgType.CLOSED, WSMsgType.CLOSING):
        pass
    return socket.close_code


def test_an_idle_socket_is_closed_and_pings_do_not_count_as_life() -> None:
    async def story(client: TestClient[Any, Any]) -> None:
        async with client.ws_connect("/socket") as socket:

            async def ping() -> None:
                while not socket.closed:
                    await socket.ping()
                    await asyncio.sleep(0.05)

            pinging = asyncio.create_task(ping())
            assert await code_of_close(socket) == 1001
            pinging.cancel()

    served(sockets(idle=0.3), story)


def test_a_busy_socket_outlives_the_idle_time_but_not_its_life() -> None:
    async def story(client: TestClient[Any, Any]) -> None:
        loop = asyncio.get_running_loop()
        async with client.ws_connect("/socket") as socket:
            began = loop.time()
            while loop.time() < began + 0.8:
                await socket.send_str("{}")
                # Without a $default route API Gateway says Forbidden.
                assert '"message": "Forbidden"' in (await socket.receive_str(timeout=5))
                await asyncio.sleep(0.05)
            assert await code_of_close(socket) == 1001
            assert loop.time() < began + 2.5

    served(sockets(idle=0.5, life=1.5), story)


def test_the_seams_of_aiohttp_are_where_they_were() -> None:
    for name in ("_post_start", "_close_transport"):
        assert name in vars(web.WebSocketResponse), f"aiohttp's WebSocketResponse has no {name} any more"
    assert issubclass(LimitedWebSocket, web.WebSocketResponse)
