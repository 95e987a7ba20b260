"""The certificates of an encrypted hospital, and its door."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import re
import socket
import ssl
import stat
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import ClientConnectorCertificateError, ClientSession, WSMsgType, WSServerHandshakeError, web
from cryptography import x509

from infra.local.__main__ import _addresses, _arguments
from infra.local.addresses import Addresses
from infra.local.door import Door, refusal
from infra.local.encryption import Encryption, addresses_of_this_machine, encryption
from infra.local.gateway.frames import LimitedWebSocket
from infra.local.hospital import PortRefused
from infra.local.trust import TrustPage

pytestmark = pytest.mark.unit

NAMES = ("localhost", "127.0.0.1", "192.168.7.9")


@pytest.fixture
def made(tmp_path: Path) -> Encryption:
    return encryption(tmp_path / "tls", NAMES)


def read(file: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(file.read_bytes())


# Certificates.


def test_the_certificate_names_the_addresses_and_the_keys_are_the_owners_alone(made: Encryption) -> None:
    certificate, authority = read(made.certificate), read(made.authority)
    certificate.verify_directly_issued_by(authority)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert sorted(str(name.value) for name in names) == sorted(NAMES)
    assert certificate.not_valid_after_utc - certificate.not_valid_before_utc < timedelta(days=398)
    assert authority.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert stat.S_IMODE(made.key.parent.stat().st_mode) == 0o700
    for key in (made.key, made.authority.with_suffix(".key")):
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert re.fullmatch(r"([0-9A-F]{2}:){31}[0-9A-F]{2}", made.fingerprint)


def test_it_is_kept_as_long_as_it_serves_and_the_authority_longer(made: Encryption) -> None:
    folder, first, authority = made.key.parent, made.certificate.read_bytes(), made.authority.read_bytes()
    assert encryption(folder, reversed(NAMES)).certificate.read_bytes() == first
    assert encryption(folder, (*NAMES, "10.0.0.3")).certificate.read_bytes() != first
    again = encryption(folder, NAMES).certificate.read_bytes()
    later = datetime.now(UTC) + timedelta(days=380)
    assert encryption(folder, NAMES, later).certificate.read_bytes() != again
    assert made.authority.read_bytes() == authority
    encryption(folder, NAMES, datetime.now(UTC) + timedelta(days=3640))
    assert made.authority.read_bytes() != authority
    read(made.certificate).verify_directly_issued_by(read(made.authority))


def test_the_authority_cannot_vouch_for_the_world(tmp_path: Path) -> None:
    outside = encryption(tmp_path, ("127.0.0.1", "bank.example"))

    async def story(port: int) -> None:
        context = ssl.create_default_context(cafile=str(outside.authority))
        async with ClientSession() as session:
            with pytest.raises(ClientConnectorCertificateError, match="permitted subtree violation"):
                await session.get(f"https://127.0.0.1:{port}/", ssl=context)

    behind_the_door(outside, story)


def test_this_machines_addresses_are_private_ones_and_can_be_listened_on() -> None:
    found = addresses_of_this_machine()
    assert "127.0.0.1" in found and len(set(found)) == len(found)
    for address in found:
        assert ipaddress.ip_address(address).is_private
        socket.create_server((address, 0)).close()


# Addresses.


def test_a_hospital_for_phones_is_known_by_one_address() -> None:
    addresses = Addresses("0.0.0.0", 8700, encrypted=True, names=("192.168.7.9", "127.0.0.1"))
    assert addresses.origin == "https://192.168.7.9:8700"
    assert addresses.socket_url == "wss://192.168.7.9:8700/socket"
    assert addresses.other_hosts == {"localhost:8700", "127.0.0.1:8700"}
    assert Addresses("127.0.0.1", 8700).origin == "http://127.0.0.1:8700"


@pytest.mark.parametrize(
    ("arguments", "origin"),
    [
        ([], "http://127.0.0.1:8700"),
        (["--host", "localhost"], "http://localhost:8700"),
        (["--encrypted"], "https://127.0.0.1:8700"),
        (["--phones"], "https://192.168.7.9:8700"),
        (["--host", "0.0.0.0", "--port", "9000"], "https://192.168.7.9:9000"),
        (["--host", "192.168.7.9"], "https://192.168.7.9:8700"),
    ],
)
def test_whoever_can_be_reached_from_outside_is_encrypted(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], origin: str
) -> None:
    monkeypatch.setattr("infra.local.__main__.addresses_of_this_machine", lambda: ["127.0.0.1", "192.168.7.9"])
    found = _addresses(_arguments(arguments))
    assert (found.origin, found.encrypted) == (origin, origin.startswith("https"))


def test_without_a_network_no_phone_can_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.local.__main__.addresses_of_this_machine", lambda: ["127.0.0.1"])
    with pytest.raises(PortRefused, match="no phone could reach it"):
        _addresses(_arguments(["--phones"]))


# The door.


def behind_the_door(
    made: Encryption,
    story: Callable[[int], Awaitable[None]],
    seen: list[str] | None = None,
    limited: Callable[[web.Request], Awaitable[web.StreamResponse]] | None = None,
) -> None:
    """Tells a story with a server behind the door; `seen` gets what reached it, `limited` answers `/limited`."""

    async def tell() -> None:
        async def page(request: web.Request) -> web.StreamResponse:
            if seen is not None:
                seen.append(f"{request.method} {request.path} {(await request.read()).decode()}".strip())
            if request.headers.get("Upgrade"):
                greeting = web.WebSocketResponse()
                await greeting.prepare(request)
                await greeting.send_str("hello")
                await greeting.close()
                return greeting
            return web.Response(text=request.scheme)

        application = web.Application()
        TrustPage(made, "https://192.168.7.9:8700").add_to(application.router)
        if limited is not None:
            application.router.add_get("/limited", limited)
        application.router.add_route("*", "/{path:.*}", page)
        runner = web.AppRunner(application, access_log=None)
        await runner.setup()
        assert runner.server is not None
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
            door = Door(listener, runner.server, made.context(), f"https://127.0.0.1:{port}")
            door.open()
            try:
                await story(port)
            finally:
                door.close()
                await runner.cleanup()

    asyncio.run(tell())


def test_what_is_encrypted_gets_in_and_sockets_too(made: Encryption) -> None:
    async def story(port: int) -> None:
        context = ssl.create_default_context(cafile=str(made.authority))
        async with ClientSession() as session:
            answer = await session.post(f"https://127.0.0.1:{port}/api/x", data="secret", ssl=context)
            assert await answer.text() == "https"
            async with session.ws_connect(f"wss://localhost:{port}/socket", ssl=context) as opened:
                assert (await opened.receive()).data == "hello"

    behind_the_door(made, story)


def test_what_is_not_encrypted_stays_outside(made: Encryption) -> None:
    seen: list[str] = []

    async def story(port: int) -> None:
        async with ClientSession() as session:
            page = await session.get(f"http://127.0.0.1:{port}/patient/?a=1", allow_redirects=False)
            assert (page.status, page.headers["Location"]) == (301, f"https://127.0.0.1:{port}/patient/?a=1")
            for method, path in (("GET", "/api/identity/me"), ("POST", "/api/x"), ("POST", "/patient/"), ("PUT", "/")):
                refused = await session.request(method, f"http://127.0.0.1:{port}{path}", data="phone 13800000001")
                assert (refused.status, await refused.json()) == (403, {"message": "Forbidden"})
            with pytest.raises(WSServerHandshakeError) as handshake:
                await session.ws_connect(f"ws://127.0.0.1:{port}/socket?ticket=t")
            assert handshake.value.status == 403

    behind_the_door(made, story, seen)
    assert seen == []


def test_a_frame_that_is_too_long_is_told_so_through_encryption_too(made: Encryption) -> None:
    ended: list[str] = []

    async def limited(request: web.Request) -> web.StreamResponse:
        opened = LimitedWebSocket()
        await opened.prepare(request)
        await opened.receive()
        await opened.linger()
        ended.append("calmly")
        return opened

    async def story(port: int) -> None:
        context = ssl.create_default_context(cafile=str(made.authority))
        async with ClientSession() as session:
            opened = await session.ws_connect(f"wss://127.0.0.1:{port}/limited", ssl=context)
            await opened.send_str("x" * 40_000)
            said = await opened.receive(timeout=10)
            assert (said.type, opened.close_code) == (WSMsgType.CLOSE, 1009)
            await opened.close()
            async with asyncio.timeout(10):
                while not ended:
                    await asyncio.sleep(0.02)

    behind_the_door(made, story, limited=limited)


def test_a_big_body_that_is_not_encrypted_is_not_waited_for(made: Encryption) -> None:
    seen: list[str] = []

    async def story(port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST /api/x HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000\r\n\r\n" + b"x" * 100_000)
        assert (await reader.readline()).startswith(b"HTTP/1.1 403")
        writer.close()

    behind_the_door(made, story, seen)
    assert seen == []


def test_strangers_and_the_silent_do_not_hold_the_door(made: Encryption, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.local.door._PATIENCE", 3.0)

    async def story(port: int) -> None:
        silent = [await asyncio.open_connection("127.0.0.1", port) for _ in range(20)]
        half = await asyncio.open_connection("127.0.0.1", port)
        half[1].write(b"\x16\x03\x01")  # a handshake that does not go on
        rude = await asyncio.open_connection("127.0.0.1", port)
        rude[1].write(b"\x00\xff\r\n\r\n")
        context = ssl.create_default_context(cafile=str(made.authority))
        async with ClientSession() as session:
            assert (await session.get(f"https://127.0.0.1:{port}/", ssl=context)).status == 200
        for reader, writer in (*silent, half):
            with contextlib.suppress(ConnectionError):
                assert await asyncio.wait_for(reader.read(), 10) == b""  # closed by the door
            writer.close()
        assert (await rude[0].readline()).startswith(b"HTTP/1.1 403")

    behind_the_door(made, story)


def test_old_protocols_and_strangers_certificates_are_refused(made: Encryption) -> None:
    async def story(port: int) -> None:
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
        old.set_ciphers("ALL:@SECLEVEL=0")
        with pytest.warns(DeprecationWarning):
            old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
        with pytest.raises((ssl.SSLError, ConnectionError)):
            await asyncio.open_connection("127.0.0.1", port, ssl=old)
        async with ClientSession() as session:
            with pytest.raises(ClientConnectorCertificateError):
                await session.get(f"https://127.0.0.1:{port}/")

    behind_the_door(made, story)


@pytest.mark.parametrize(
    "first",
    [
        b"GET /patient/\r\nX: y HTTP/1.1\r\n\r\n",
        b"GET //elsewhere HTTP/2\r\n\r\n",
        b"GET http://elsewhere/ HTTP/1.1\r\n\r\n",
        b"GET /a\xff HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n",
        b"GET /socket HTTP/1.1\r\n\r\n",
        b"GET /sandbox/api/accounts HTTP/1.1\r\n\r\n",
        b"DELETE / HTTP/1.1\r\n\r\n",
        b"G",
    ],
)
def test_only_a_plain_question_for_a_page_is_sent_to_the_right_address(first: bytes) -> None:
    assert refusal(first, "https://127.0.0.1:8700").startswith(b"HTTP/1.1 403 ")


def test_the_page_for_phones_shows_the_fingerprint_and_hands_out_the_certificate_without_its_key(
    made: Encryption,
) -> None:
    async def story(port: int) -> None:
        context = ssl.create_default_context(cafile=str(made.authority))
        async with ClientSession(f"https://127.0.0.1:{port}") as session:
            for path in ("/trust", "/trust/"):
                text = await (await session.get(path, ssl=context)).text()
                assert made.fingerprint in text and "https://192.168.7.9:8700/patient/" in text
                assert "信任这台演示服务器" in text and "Trust this demonstration server" in text
                assert "<style" not in text and "style=" not in text
            found = await session.get("/trust/authority.crt", ssl=context)
            assert x509.load_der_x509_certificate(await found.read()) == read(made.authority)

    behind_the_door(made, story)
