"""What a function is told by its environment. The only place that reads it.

The environment is held in a context variable because the local hospital runs many functions in one process and gives
each its own; on Lambda it is simply the process's.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
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
    quarantine_bucket: str
    media_bucket: str
    audit_queue_url: str
    bus_name: str
    field_key_id: str
    token_secret_id: str
    lookup_secret_id: str
    push_secret_id: str
    vendor_secret_id: str
    media_secret_id: str = ""
    turn_urls: str = ""
    turn_secret_id: str = ""
    socket_endpoint: str
    socket_url: str
    further_entry_points: str = ""
    site_origin: str
    proxies: int = 0
    field_algorithm: Literal["AES-256-GCM", "SM4-GCM"] = "AES-256-GCM"
    audit_algorithm: Literal["SHA-256", "SM3"] = "SHA-256"
    sms_adapter: str = "inbox"
    sms_inbox_url: str = ""
    sms_url: str = ""
    sms_second_adapter: str = ""
    sms_second_url: str = ""
    sms_results_url: str = ""
    id_check_adapter: str = "population"
    id_check_url: str = ""
    ocr_adapter: str = "embedded"
    ocr_url: str = ""
    face_adapter: str = "embedded"
    face_url: str = ""
    pictures_function: str = ""
    wechat_adapter: str = "none"
    wechat_url: str = ""
    scan_adapter: str = "rules"
    scan_clamd_address: str = ""
    his_adapter: str = "none"
    his_url: str = ""
    his_scans: str = "visit,record"
    health_card_channels: str = ""
    health_card_registry_url: str = ""
    health_card_tengmed_url: str = ""
    payment_channels: str = ""
    payment_wallet_url: str = ""
    payment_wechat_url: str = ""
    notification_adapter: str = "inbox"
    notification_inbox_url: str = ""
    push_services: str = ""
    notify_after_seconds: int = 30
    fleet_adapter: str = "none"
    fleet_url: str = ""
    fleet_cluster: str = ""
    fleet_service: str = ""
    least_relays: int = 1
    aws_region: str = "cn-northwest-1"
    aws_lambda_function_name: str = ""
    visit_answer_within_minutes: int = 24 * 60
    visit_messages: int = 0
    visit_hours: int = 0
    recall_within_seconds: int = 120
    doctor_check_in_hours: int = 12


class SettingsMissing(RuntimeError):
    """The function cannot start; the sentence names each variable to set."""


class EmbeddedDefault(RuntimeError):
    """The function must not start: in production it would speak to a sandbox. The sentence says what to set."""


def refuse_embedded(variable: str, vendors: Collection[str], *, because: str) -> None:
    """Called by an adapters' port when it is imported, which is when a function starts.

    `EmbeddedDefault` when the profile is production and `variable` names an adapter that is none of the `vendors`', or
    several by comma of which one is.
    """
    environment = ENVIRONMENT.get()
    named = environment.get(variable, "")
    if environment.get("PROFILE") == "production" and not {one.strip() for one in named.split(",")} <= set(vendors):
        known = ", ".join(sorted(filter(None, vendors))) or "none is written yet"
        raise EmbeddedDefault(f"{variable}={named} {because}; set the adapter of a vendor: {known}")


def current() -> Settings:
    """The settings of the running function."""
    # Asked for with every access to a table: only the names that matter are looked up.
    environment = ENVIRONMENT.get()
    return _read(tuple(map(environment.get, _VARIABLES)))


_FIELDS = tuple(Settings.model_fields)
_VARIABLES = tuple(name.upper() for name in _FIELDS)


@lru_cache(maxsize=256)
def _read(values: tuple[str | None, ...]) -> Settings:
    try:
        return Settings.model_validate(
            {name: value for name, value in zip(_FIELDS, values, strict=True) if value is not None}
        )
    except ValidationError as error:
        names = ", ".join(sorted({str(problem["loc"][0]).upper() for problem in error.errors()}))
        raise SettingsMissing(
            f"Set these environment variables of the function, they are missing or wrong: {names}"
        ) from None
