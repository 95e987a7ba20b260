"""`python -m media_fleet`: one relay process, set up by the environment (settings.py)."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import sys
from collections.abc import Callable, Mapping

from media_fleet.placement import PlaceUnknown, placed
from media_fleet.protection import Protection
from media_fleet.relay import Relay
from media_fleet.settings import BadSetting, Settings, from_environment
from media_fleet.wire.sockets import CannotBind


def main() -> int:
    """0 after a drained end; 2 when a setting is wrong or no port is free."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stderr)
    try:
        settings = from_environment(_with_its_place(os.environ))
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(serve(settings))
    except (BadSetting, CannotBind, PlaceUnknown) as reason:
        sys.stderr.write(f"{reason}\n")
        return 2
    return 0


async def serve(settings: Settings) -> None:
    """Until a signal, and then until everybody has moved, or the time for it is over. A second signal hurries."""
    protection = Protection.of(os.environ)
    relay = Relay(settings, keep=protection.keep)
    await relay.open()
    stop = asyncio.Event()
    hurry = asyncio.Event()
    loop = asyncio.get_running_loop()

    def asked() -> None:
        (hurry if stop.is_set() else stop).set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked)
    ready = {
        "relay": settings.node,
        "control_url": relay.control_url,
        "control_port": relay.control_port,
        "media_port": relay.wire.port,
    }
    sys.stdout.write(json.dumps(ready) + "\n")
    sys.stdout.flush()
    try:
        await _until(stop, relay.empty)
        if stop.is_set():
            relay.drain()
            async with asyncio.timeout(settings.drain_seconds):
                await _until(hurry, relay.empty)
    except TimeoutError:
        logging.getLogger(__name__).warning("people were left when the time to move was over")
    finally:
        await relay.close()
        await asyncio.to_thread(protection.close)


def _with_its_place(environment: Mapping[str, str]) -> Mapping[str, str]:
    """In a task of ECS the task's id is the node's name, and its address is where other nodes reach it."""
    place = None if environment.get("RELAY_NODE") else placed(environment)
    if place is None:
        return environment
    at = f"{place.address}:{environment.get('RELAY_CONTROL_PORT', '')}"
    return {"RELAY_NODE": place.node, "RELAY_REGION": place.region, "RELAY_CONTROL_AT": at, **environment}


async def _until(*events: asyncio.Event) -> None:
    """Until any of them."""
    tasks = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    """uvloop's where it is there: it costs a third less for each packet."""
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop
    return uvloop.new_event_loop


if __name__ == "__main__":
    sys.exit(main())
