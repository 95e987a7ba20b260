"""Messages through the local gateway: a socket, the function, the store, the stream and the push, against a bare echo.

One patient and one doctor, each on a socket, in the conversation of a visit. `delivered` is the time (milliseconds)
from sending until the other side has the message, `acknowledged` until the writer knows that it is stored. The echo is
a WebSocket that answers the same frame and does nothing else, in a process of its own, on the same machine in the same
run: `ratio` is how many messages are delivered for each frame that is echoed, with as many on their way at a time.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from websockets.sync.client import ClientConnection

from tests.benchmarks.bare_socket import BareSocket
from tests.benchmarks.bench_gateway import open_hospital
from tests.journeys.people import Clinic, Patient, a_key, in_progress
from tests.journeys.sockets import Socket, online

Row = dict[str, str | int | float]

MESSAGES, WARM_UP = 160, 16
AT_A_TIME = (1, 8)
TEXT = "头痛两天了，昨天晚上开始发烧，三十八度五，吃了退烧药没有好转。"
PATIENCE = 60.0
"""Seconds, on a machine that does other things as well."""


def main() -> list[Row]:
    """Two rows for each number of messages on their way at a time: the echo, and the hospital."""
    rows: list[Row] = []
    with opened_echo() as echo, open_hospital() as hospital:
        patient, doctor = Patient.new(hospital), Clinic.founded(hospital).doctor()
        conversation_id = in_progress(patient, doctor)[1]
        with online(patient, doctor) as (writer, reader):
            said(writer, reader, conversation_id, WARM_UP, 1)
            echoed(echo, WARM_UP, 1)
            for at_a_time in AT_A_TIME:
                began = time.perf_counter()
                there_and_back = echoed(echo, MESSAGES, at_a_time)
                bare = MESSAGES / (time.perf_counter() - began)
                began = time.perf_counter()
                acknowledged, delivered = said(writer, reader, conversation_id, MESSAGES, at_a_time)
                spoken = MESSAGES / (time.perf_counter() - began)
                name = f"{at_a_time} at a time"
                rows.append({"what": f"bare echo, {name}", "per_second": round(bare), **shares("back", there_and_back)})
                found = {**shares("acknowledged", acknowledged), **shares("delivered", delivered)}
                more: Row = {"per_second": round(spoken), "ratio": round(spoken / bare, 5), **found}
                rows.append({"what": f"delivered, {name}", **more})
    return rows


@contextmanager
def opened_echo() -> Iterator[ClientConnection]:
    """A socket to a bare echo, for the length of a block."""
    with tempfile.TemporaryDirectory() as folder:
        bare = BareSocket(Path(folder) / "bare")
        bare.start()
        try:
            with bare.socket() as wire:
                yield wire
        finally:
            bare.kill()


def echoed(wire: ClientConnection, count: int, at_a_time: int) -> list[float]:
    """Seconds until each frame was back."""
    took = []
    for _ in range(0, count, at_a_time):
        sent = []
        for _ in range(at_a_time):
            sent.append(time.perf_counter())
            frame = {"action": "send", "id": a_key(), "conversation_id": a_key(), "content": {"text": TEXT}}
            wire.send(json.dumps(frame))
        for began in sent:
            wire.recv(timeout=PATIENCE)
            took.append(time.perf_counter() - began)
    return took


def said(
    writer: Socket, reader: Socket, conversation_id: str, count: int, at_a_time: int
) -> tuple[list[float], list[float]]:
    """Seconds until each message was acknowledged, and until the other side had it. None may be missing."""
    acknowledged: list[float] = []
    delivered: list[float] = []
    with ThreadPoolExecutor(1) as beside:
        for _ in range(0, count, at_a_time):
            sent = {}
            for _ in range(at_a_time):
                name = a_key()
                sent[name] = time.perf_counter()
                writer.puts(conversation_id, TEXT, name)
            others = beside.submit(heard, sent, lambda: reader.hears("message", seconds=PATIENCE)["message"]["id"])
            acknowledged += heard(sent, lambda: writer.hears("ack", seconds=PATIENCE)["id"])
            delivered += others.result()
            writer.unread.clear()
            reader.unread.clear()
    return acknowledged, delivered


def heard(sent: Mapping[str, float], next_name: Callable[[], str]) -> list[float]:
    """Seconds from the sending of each to the first time that its name was heard."""
    took: dict[str, float] = {}
    while len(took) < len(sent):
        name = next_name()
        if name in sent and name not in took:
            took[name] = time.perf_counter() - sent[name]
    return list(took.values())


def shares(what: str, took: list[float]) -> Row:
    """Median, 95th and 99th of a hundred, in milliseconds."""
    ordered = sorted(took)
    return {
        f"{what}_{share}": round(ordered[min(len(ordered) - 1, len(ordered) * share // 100)] * 1000, 1)
        for share in (50, 95, 99)
    }
