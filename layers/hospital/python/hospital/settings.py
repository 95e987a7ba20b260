"""What a function is told by its environment. The only place that reads it.

The environment is held in a context variable because the local hospital runs many functions in one process and gives
each its own; on Lambda it is simply the process's.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextvars import ContextVar
from functools import lru_cache
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

ENVIRONMENT: ContextVar[Mapping[str, str]] = ContextVar("environment", default=os.environ)


class Settings(BaseModel):
    """One field per variable of `Globals.Function.Environment` in the template, under the same name in lower case."""

    model_config = ConfigDict(frozen=True)

    profile: Literal["local", "staging", "production"]
    table_people: str
    table_clinical: str
    table_conversations: str
    table_reference: str
    table_connections: str
    table_requests: str
    table_listings: str
    table_seals: str
    archive_bucket: str
    audit_queue_url: str
    bus_name: str
    field_key_id: str
    token_secret_id: str
    lookup_secret_id: str
    socket_endpoint: str
    socket_url: str
    site_origin: str
    field_algorithm: Literal["AES-256-GCM", "SM4-GCM"] = "AES-256-GCM"
    audit_algorithm: Literal["SHA-256", "SM3"] = "SHA-256"
    sms_adapter: str = "inbox"
    sms_inbox_url: str = ""
    aws_region: str = "cn-northwest-1"
    visit_answer_within_minutes: int = 24 * 60


class SettingsMissing(RuntimeError):
    """The function cannot start; the sentence names each variable to set."""


def current() -> Settings:
    """The settings of the running function."""
    environment = ENVIRONMENT.get()
    return _read(frozenset((k, v) for k, v in environment.items() if k.lower() in Settings.model_fields))


@lru_cache(maxsize=16)
def _read(variables: frozenset[tuple[str, str]]) -> Settings:
    try:
        return Settings.model_validate({name.lower(): value for name, value in variables})
    except ValidationError as error:
        names = ", ".join(sorted({str(problem["loc"][0]).upper() for problem in error.errors()}))
        raise SettingsMissing(
            f"Set these environment variables of the function, they are missing or wrong: {names}"
        ) from None
