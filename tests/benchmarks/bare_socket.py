"""A WebSocket that answers every frame with itself: `python -m tests.benchmarks.bare_socket PORT`. What a message
through the hospital is measured against."""

from __future__ import annotations

import sys

from aiohttp import WSMsgType, web

from tests.journeys.hospital import HospitalProcess


class BareSocket(HospitalProcess):
    """Its process; `socket_url` is its address."""

    def command(self) -> list[str]:
        """The program that is started."""
        return [sys.executable, "-m", "tests.benchmarks.bare_socket", str(self.port)]


async def echo(request: web.Request) -> web.WebSocketResponse:
    """Until it is closed."""
    socket = web.WebSocketResponse(compress=False)
    await socket.prepare(request)
    async for frame in socket:
        if frame.type is WSMsgType.TEXT:
            await socket.send_str(frame.data)
    return socket


def main(port: int) -> None:
    """Serves until it is killed."""
    app = web.Application()
    app.router.add_get("/socket", echo)
    web.run_app(app, host="127.0.0.1", port=port, print=lambda *_: print("Ready after all", flush=True))


if __name__ == "__main__":
    main(int(sys.argv[1]))
