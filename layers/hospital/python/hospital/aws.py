"""Clients for AWS, made on first use and kept: making one costs more than a call."""

from __future__ import annotations

from functools import lru_cache
from types import MappingProxyType
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from hospital import settings

Refusal = ClientError
"""AWS answered no."""
NoAnswer = BotoCoreError
"""AWS was not reached, or did not answer in time."""

_CONFIG = Config(
    connect_timeout=2,
    read_timeout=5,
    retries={"mode": "standard", "max_attempts": 3},
    max_pool_connections=32,
)
# A device's socket either takes a frame at once or not at all; others wait behind it, so nobody waits long.
_HASTY = Config(connect_timeout=1, read_timeout=2, retries={"total_max_attempts": 1}, max_pool_connections=64)
# Another function may start cold, and is not asked twice for what it is still at.
_PATIENT = Config(connect_timeout=2, read_timeout=27, retries={"total_max_attempts": 1}, max_pool_connections=32)
_CONFIGS = MappingProxyType({"apigatewaymanagementapi": _HASTY, "lambda": _PATIENT})
# Browsers use what this one signs: the bucket's own host must be in it, and no checksum that they do not send.
_SIGNING = _CONFIG.merge(
    Config(signature_version="s3v4", s3={"addressing_style": "virtual"}, request_checksum_calculation="when_required")
)


def client(service: str, endpoint: str | None = None) -> Any:
    """A client of `service` (`"events"`, `"kms"`, ...) in the function's region, or at `endpoint`."""
    return _client(service, settings.current().aws_region, endpoint, _CONFIGS.get(service, _CONFIG))


def signing_client() -> Any:
    """S3's client for addresses that somebody else will use."""
    return _client("s3", settings.current().aws_region, None, _SIGNING)


@lru_cache(maxsize=32)
def _client(service: str, region: str, endpoint: str | None, config: Config) -> Any:
    # A client is safe to share between threads, making one through the default session is not: hence a session each.
    session = boto3.session.Session(region_name=region)
    made = session.client(service, endpoint_url=endpoint, config=config)
    # Its exception classes are built on first use, and two threads could build them twice: an `except` would miss.
    _ = made.exceptions
    return made


def forget_clients() -> None:
    """For tests: clients made under one simulated cloud must not leak into the next."""
    _client.cache_clear()
