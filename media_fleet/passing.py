"""A control socket that arrived at another node than its grant's is passed on: one address stands before all nodes."""

from __future__ import annotations

import asyncio

import aiohttp
from aiohttp import WSMsgType, web

from media_fleet.messages import LONGEST_MESSAGE

PASSED = "x-relay-passed"
"""Header of a socket that was passed on once: it is not passed on again."""
CONTROL_PATH = "/v1/control"
_CONNECT_SECONDS = 3.0


class Elsewhere(Exception):
    """What was shown is genuine and for another node, whose control socket is at `at` (host:port)."""

    def __init__(self, node: str, at: str) -> None:
        super().__init__(node)
        self.node = node
        self.at = at


class NotReached(Exception):
    """That node does not answer."""


async def pass_on(hello: str, at: str, client: web.WebSocketResponse) -> None:
    """Carry every message both ways until one side closes. Raises NotReached before anything was said."""
    async with aiohttp.ClientSession() as session:
        try:
            async with asyncio.timeout(_CONNECT_SECONDS):
                node = await session.ws_connect(
                    f"ws://{at}{CONTROL_PATH}", headers={PASSED: "1"}, max_msg_size=LONGEST_MESSAGE
                )
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            raise NotReached from error
        await node.send_str(hello)
        ways = [asyncio.create_task(_carry(client, node)), asyncio.create_task(_carry(node, client))]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.wait(ways)
            await node.close()
            await client.close(code=node.close_code or 1001)


async def _carry(
    here: web.WebSocketResponse | aiohttp.ClientWebSocketResponse,
    there: web.WebSocketResponse | aiohttp.ClientWebSocketResponse,
) -> None:
    try:
        while (heard := await here.receive()).type is WSMsgType.TEXT:
            await there.send_str(heard.data)
    except (ConnectionError, RuntimeError):
        # The other side went in the middle of a word.
        return
