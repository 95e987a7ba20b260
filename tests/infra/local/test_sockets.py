"""The WebSocket API of the running small clinic: routes, limits, the management API, clients that do not behave."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection

from tests.infra.local.clinic import clinic
from tests.journeys.hospital import HospitalProcess, eventually

pytestmark = pytest.mark.journey
__all__ = ["clinic"]


def told(client: ClientConnection, message: dict[str, Any] | None = None) -> dict[str, Any]:
    """Sends, and answers what comes back."""
    client.send(json.dumps(message or {}))
    found: dict[str, Any] = json.loads(client.recv(timeout=10))
    return found


def closed_with(client: ClientConnection, *messages: str | bytes | Iterable[str]) -> int:
    """The code with which the hospital closes, once what comes is sent: while it is being sent, or after."""
    with pytest.raises(ConnectionClosed) as closed:
        for message in messages:
            client.send(message)
        client.recv(timeout=10)
    assert closed.value.rcvd is not None
    return closed.value.rcvd.code


def test_a_socket_echoes_and_other_actions_go_to_the_default_route(clinic: HospitalProcess) -> None:
    with clinic.socket() as client:
        assert told(client, {"action": "hello"})["route"] == "$default"
        for odd in ("not json", "[1]", '"text"', '{"action": 5}', '{"action": "$connect"}', "[" * 3000, ""):
            client.send(odd)
            answer = json.loads(client.recv(timeout=10))
            assert (answer["route"], answer["length"]) == ("$default", len(odd))


def test_a_refused_connect_is_a_refused_handshake(clinic: HospitalProcess) -> None:
    with pytest.raises(InvalidStatus) as refused:
        clinic.socket("ticket=bad")
    assert refused.value.response.status_code == 403


def test_without_a_handshake_there_is_no_socket(clinic: HospitalProcess) -> None:
    assert clinic.get("/socket").status_code == 403


def test_a_message_up_to_the_limits_arrives_whole(clinic: HospitalProcess) -> None:
    with clinic.socket() as client:
        client.send("x" * (32 * 1024))
        assert json.loads(client.recv(timeout=10))["length"] == 32 * 1024
        client.send("x" * (32 * 1024) for _ in range(3))  # frames of one message
        assert json.loads(client.recv(timeout=10))["length"] == 96 * 1024


def test_a_frame_over_32_kb_closes_with_1009(clinic: HospitalProcess) -> None:
    with clinic.socket() as client:
        assert closed_with(client, "x" * (32 * 1024 + 1)) == 1009


def test_a_message_over_128_kb_closes_with_1009(clinic: HospitalProcess) -> None:
    with clinic.socket() as client:
        assert closed_with(client, ("x" * (32 * 1024) for _ in range(5))) == 1009


def test_a_binary_message_closes_with_1003(clinic: HospitalProcess) -> None:
    with clinic.socket() as client:
        assert closed_with(client, b"\x00\x01") == 1003


def test_broken_utf8_closes_with_1007(clinic: HospitalProcess) -> None:
    with clinic.socket() as client:
        client.send(b"\xff\xfe\xfd", text=True)
        assert closed_with(client) == 1007


def test_a_failing_function_is_told_to_the_client_who_stays(clinic: HospitalProcess) -> None:
    with clinic.socket() as client:
        answer = told(client, {"raise": True})
        assert answer["message"] == "Internal server error" and answer["connectionId"] and answer["requestId"]
        assert told(client)["route"] == "$default"


def test_one_connection_posts_to_another_looks_at_it_and_closes_it(clinic: HospitalProcess) -> None:
    with clinic.socket() as one, clinic.socket() as other:
        others = told(other)["you"]
        assert "error" not in told(one, {"to": others, "text": "你好"})
        assert other.recv(timeout=10) == "你好"
        assert told(one, {"look": others})["found"].startswith("20")
        assert "error" not in told(one, {"close": others})
        assert closed_with(other) == 1000
        gone = told(one, {"to": others, "text": "still there?"})
        assert (gone["error"], gone["status"]) == ("GoneException", 410)
        assert told(one, {"look": others})["status"] == 410
        assert told(one, {"close": "bm8gc3VjaCBvbmU="})["status"] == 410


def test_a_post_over_128_kb_is_413(clinic: HospitalProcess) -> None:
    with clinic.socket() as client:
        me = told(client)["you"]
        client.send(json.dumps({"to": me, "text": "x", "repeat": 128 * 1024}))
        assert {len(client.recv(timeout=10)) > 1000 for _ in range(2)} == {True, False}
        assert told(client, {"to": me, "text": "x", "repeat": 128 * 1024 + 1})["status"] == 413


def test_the_management_api_knows_its_own_functions_only(clinic: HospitalProcess) -> None:
    with clinic.socket() as client:
        me = told(client)["you"]
        assert clinic.post(f"/socket/@connections/{me}", {"forged": True}).status_code == 403
        stranger = boto3.client(
            "apigatewaymanagementapi",
            endpoint_url=f"{clinic.origin}/socket",
            region_name="cn-northwest-1",
            aws_access_key_id="AKIAFORGED",
            aws_secret_access_key="forged",
            config=Config(retries={"max_attempts": 0}),
        )
        with pytest.raises(ClientError) as refused:
            stranger.post_to_connection(ConnectionId=me, Data=b"forged")
        assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_disconnect_is_called_when_a_client_goes_or_vanishes(clinic: HospitalProcess) -> None:
    def gone(connection: str) -> bool:
        rows = clinic.get("/api/clinic/rows").json()
        return any(row["pk"] == "DISCONNECT" and row["sk"] == connection for row in rows)

    with clinic.socket() as polite:
        first = told(polite)["you"]
    assert eventually(lambda: gone(first))
    with clinic.socket() as rude:
        second = told(rude)["you"]
        rude.socket.shutdown(socket.SHUT_RDWR)
    assert eventually(lambda: gone(second))
    with clinic.socket() as reset:
        third = told(reset)["you"]
        # Closed with a reset, as when a browser's tab is closed while something is on its way.
        reset.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        reset.send("{}")
        reset.socket.close()
    assert eventually(lambda: gone(third))
    access = (clinic.state / "logs" / "access.jsonl").read_text().splitlines()
    assert not [line for line in map(json.loads, access) if line["path"] == "/socket" and line["status"] >= 500]
    assert "Traceback" not in clinic.output.read_text()


def test_a_client_that_never_reads_blocks_nobody_and_is_told_off(clinic: HospitalProcess) -> None:
    with ExitStack() as stack:
        slow = stack.enter_context(clinic.socket(max_queue=1, close_timeout=0.5))
        lazy, before = told(slow)["you"], megabytes(clinic)
        sender, watcher = stack.enter_context(clinic.socket()), stack.enter_context(clinic.socket())
        sender.send(json.dumps({"to": lazy, "text": "x" * 1000, "repeat": 100, "times": 200}))
        waits = []
        for _ in range(20):
            began = time.monotonic()
            told(watcher)
            waits.append(time.monotonic() - began)
        full = json.loads(sender.recv(timeout=30))
        assert (full["error"], full["status"]) == ("LimitExceededException", 429)
        assert megabytes(clinic) - before < 60
        assert sorted(waits)[10] < 1.0


def megabytes(clinic: HospitalProcess) -> float:
    """Resident memory of the hospital."""
    status = Path(f"/proc/{clinic.pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024


def test_five_hundred_sockets_at_once(clinic: HospitalProcess) -> None:
    found: list[str] = []
    before = megabytes(clinic)

    def some() -> None:
        with ExitStack() as stack:
            clients = [stack.enter_context(clinic.socket()) for _ in range(50)]
            for client in clients:
                client.send("{}")
            found.extend(json.loads(client.recv(timeout=60))["you"] for client in clients)

    threads = [threading.Thread(target=some) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 500
    assert megabytes(clinic) - before < 150
    assert eventually(lambda: len(list(Path(f"/proc/{clinic.pid}/fd").iterdir())) < 100)
