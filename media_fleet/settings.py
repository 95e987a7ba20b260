"""How a relay process is set up: from the environment, every name with the prefix `RELAY_`."""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field


class BadSetting(Exception):
    """A setting is missing or makes no sense; the sentence says which and what is expected."""


@dataclass(frozen=True)
class Announced:
    """An address of media as clients reach it; port 0: the one that is listened on."""

    host: str
    port: int = 0


@dataclass(frozen=True)
class Settings:
    """All bounds are of one process."""

    node: str
    secrets: Mapping[str, bytes] = field(repr=False)
    """Shared with the hospital, by `kid`; the first signs reports, all prove grants."""
    region: str = "local"
    control_host: str = "127.0.0.1"
    control_port: int = 0
    control_url: str = ""
    """As clients reach the control socket; empty: where it listens."""
    control_at: str = ""
    """host:port at which other nodes reach the control socket, when one address stands before all of them."""
    media_hosts: tuple[str, ...] = ("127.0.0.1",)
    media_port: int = 0
    announced: tuple[Announced, ...] = ()
    """What answers name; empty: what is listened on."""
    announce_reported: bool = False
    """Announce the address from which the hospital saw the reports come, once it said so."""
    reports_url: str = ""
    """Where facts go; empty: nowhere."""
    rooms: int = 200
    people: int = 400
    people_in_room: int = 8
    bits_per_second: int = 8_000_000
    drain_seconds: int = 110


def kid(secret: bytes) -> str:
    """The name of a secret in headers: the first eight hexadecimal digits of its SHA-256."""
    return hashlib.sha256(secret).hexdigest()[:8]


def from_environment(environment: Mapping[str, str]) -> Settings:
    """RELAY_NODE and RELAY_SECRETS (commas between, the current first) are needed. Raises BadSetting.

    RELAY_ANNOUNCED: addresses, with or without a port (203.0.113.5:40000, [2001:db8::1]:40000), or `reported`.
    """
    given = {name.removeprefix("RELAY_"): text for name, text in environment.items() if name.startswith("RELAY_")}
    reported = given.get("ANNOUNCED") == "reported"
    if not given.get("ANNOUNCED") and any(ipaddress.ip_address(host).is_unspecified for host in _hosts(given)):
        raise BadSetting("RELAY_ANNOUNCED is missing: media listens on all addresses, and answers have to name one.")
    return Settings(
        node=_needed(given, "NODE"),
        secrets=secrets_by_kid(_needed(given, "SECRETS")),
        region=given.get("REGION", "local"),
        control_host=given.get("CONTROL_HOST", "127.0.0.1"),
        control_port=_number(given, "CONTROL_PORT", 0, 65_535),
        control_url=given.get("CONTROL_URL", ""),
        media_hosts=_hosts(given),
        media_port=_number(given, "MEDIA_PORT", 0, 65_535),
        control_at=given.get("CONTROL_AT", ""),
        announced=() if reported else _announced(given),
        announce_reported=reported,
        reports_url=given.get("REPORTS_URL", ""),
        rooms=_number(given, "ROOMS", Settings.rooms, 10_000),
        people=_number(given, "PEOPLE", Settings.people, 10_000),
        people_in_room=_number(given, "PEOPLE_IN_ROOM", Settings.people_in_room, 64),
        bits_per_second=_number(given, "BITS_PER_SECOND", Settings.bits_per_second, 1_000_000_000),
        drain_seconds=_number(given, "DRAIN_SECONDS", Settings.drain_seconds, 86_400),
    )


def secrets_by_kid(text: str) -> dict[str, bytes]:
    """Each secret by its `kid`, in order. Raises BadSetting for short ones (RFC 7518 section 3.2: 256 bits)."""
    found = {kid(one.encode()): one.encode() for one in (part.strip() for part in text.split(",")) if one}
    if not found or any(len(secret) < 32 for secret in found.values()):
        raise BadSetting("RELAY_SECRETS needs secrets of at least 32 characters, the current first.")
    return found


def _needed(given: Mapping[str, str], name: str) -> str:
    if not given.get(name):
        raise BadSetting(f"RELAY_{name} is missing.")
    return given[name]


def _number(given: Mapping[str, str], name: str, otherwise: int, most: int) -> int:
    text = given.get(name) or str(otherwise)
    if not (text.isascii() and text.isdigit() and int(text) <= most):
        raise BadSetting(f"RELAY_{name} has to be a number from 0 to {most}.")
    return int(text)


def _hosts(given: Mapping[str, str]) -> tuple[str, ...]:
    return _addresses(given, "MEDIA_HOSTS") or Settings.media_hosts


def _addresses(given: Mapping[str, str], name: str) -> tuple[str, ...]:
    parts = tuple(part.strip() for part in given.get(name, "").split(",") if part.strip())
    try:
        return tuple(str(ipaddress.ip_address(part)) for part in parts)
    except ValueError as error:
        raise BadSetting(f"RELAY_{name} has to be IP addresses with commas between.") from error


def _announced(given: Mapping[str, str]) -> tuple[Announced, ...]:
    parts = [part.strip() for part in given.get("ANNOUNCED", "").split(",") if part.strip()]
    try:
        return tuple(_address(part) for part in parts)
    except ValueError as error:
        raise BadSetting("RELAY_ANNOUNCED has to be IP addresses, with or without a port, or `reported`.") from error


def _address(text: str) -> Announced:
    if text.startswith("["):
        host, _, port = text[1:].partition("]:")
    elif text.count(":") == 1:
        host, _, port = text.partition(":")
    else:
        host, port = text, "0"
    if not port.isdigit() or int(port) > 65_535:
        raise ValueError(port)
    return Announced(str(ipaddress.ip_address(host)), int(port))
