"""Where this process was placed, asked of Amazon ECS: the task's id names the node, its private address reaches it.

Spoken: the task metadata endpoint, version 4 (Amazon ECS Developer Guide, "Task metadata endpoint version 4 for tasks
on Fargate" and its response; read 2026-11-22). Outside ECS there is no such endpoint, and whoever starts the process
says by settings where it is.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from pydantic import BaseModel, ValidationError

ENDPOINT = "ECS_CONTAINER_METADATA_URI_V4"
TRIES, PAUSE, PATIENCE = 5, 1.0, 2.0


class PlaceUnknown(Exception):
    """ECS started this process and does not say where."""


@dataclass(frozen=True)
class Placement:
    """`node` is the id of the ECS task, `address` its IPv4 address inside the network, `region` as AWS names it."""

    node: str
    address: str
    region: str


class _Network(BaseModel):
    IPv4Addresses: list[str] = []


class _Container(BaseModel):
    Networks: list[_Network] = []


class _Task(BaseModel):
    TaskARN: str
    Containers: list[_Container]


def placed(environment: Mapping[str, str], *, pause: float = PAUSE) -> Placement | None:
    """The place, or None outside ECS. Asks at most five times, `pause` seconds apart; then raises PlaceUnknown."""
    endpoint = environment.get(ENDPOINT)
    if not endpoint:
        return None
    for left in reversed(range(TRIES)):
        try:
            return _read(_asked(f"{endpoint}/task"))
        except (URLError, TimeoutError, PlaceUnknown) as failure:
            if not left:
                raise PlaceUnknown(f"the task's metadata cannot be read: {failure}") from failure
            time.sleep(pause)
    raise AssertionError("the last try answers or raises")


def _asked(address: str) -> bytes:
    """What the endpoint answers; it is link-local, so no proxy is asked."""
    with build_opener(ProxyHandler({})).open(address, timeout=PATIENCE) as answer:
        found: bytes = answer.read()
    return found


def _read(answer: bytes) -> Placement:
    """Raises PlaceUnknown while the network is not attached yet, or when the answer has another form."""
    try:
        task = _Task.model_validate_json(answer)
    except ValidationError as failure:
        raise PlaceUnknown("the answer has another form") from failure
    networks = [network for container in task.Containers for network in container.Networks]
    addresses = [address for network in networks for address in network.IPv4Addresses]
    parts = task.TaskARN.split(":")
    if not addresses or len(parts) != 6:
        raise PlaceUnknown("the answer names no address")
    return Placement(node=parts[5].rpartition("/")[2], address=addresses[0], region=parts[3])
