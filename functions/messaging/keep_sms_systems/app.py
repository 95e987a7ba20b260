"""Routes of sending systems."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from hospital import clock
from hospital.caller import Caller
from hospital.errors import ChangedMeanwhile
from hospital.http import App, Command
from hospital.paging import Page, Paging
from hospital.policy import can
from hospital.systems.errors import SystemNotFound
from hospital.systems.model import OtherSystem
from messaging.keep_sms_systems import use_case

app = App("keep_sms_systems")


class SystemView(BaseModel):
    """A sending system, without its key."""

    id: str
    version: int
    organisation_id: str
    name: str
    most_a_day: int
    most_faces_a_day: int
    on: bool
    made_at: datetime

    @classmethod
    def of(cls, system: OtherSystem) -> SystemView:
        """The view of a system."""
        return cls(**system.model_dump(include=set(cls.model_fields)))


class SystemKey(BaseModel):
    """A system and its key, which is shown this once."""

    system: SystemView
    key: str


class SystemContent(Command):
    """What is written of a system: its name, and how many texts and checks of faces it may ask for a day."""

    name: Annotated[str, Field(min_length=2, max_length=40)]
    most_a_day: Annotated[int, Field(ge=0, le=1_000_000)]
    most_faces_a_day: Annotated[int, Field(ge=0, le=1_000_000)] = 0


class ChangeSystem(SystemContent):
    """New content for the system that was read as `version`; off, it is nobody."""

    on: bool
    version: Annotated[int, Field(ge=1, le=2**31)]


@app.route("GET", "/sms-systems", allow=can("sms:write"), query=Paging, returns=Page[SystemView])
def get_sms_systems(who: Caller, query: Paging) -> Page[SystemView]:
    """The systems that may send for the caller's organisation."""
    return use_case.list_systems(query, by=who).each(SystemView.of)


@app.route("POST", "/sms-systems", allow=can("sms:write"), body=SystemContent, returns=SystemKey, status=201)
def post_sms_system(who: Caller, body: SystemContent) -> SystemKey:
    """Let one more system send, and read its key."""
    return use_case.add_system(body.model_dump(), view=_with_key, by=who, now=clock.now())


@app.route(
    "PUT",
    "/sms-systems/{system_id}",
    allow=can("sms:write"),
    body=ChangeSystem,
    returns=SystemView,
    errors=(SystemNotFound, ChangedMeanwhile),
)
def put_sms_system(who: Caller, system_id: str, body: ChangeSystem) -> SystemView:
    """Change a system, or turn it off."""
    content = body.model_dump(exclude={"version"})
    return use_case.change_system(system_id, body.version, content, view=SystemView.of, by=who)


@app.route(
    "POST",
    "/sms-systems/{system_id}/key",
    allow=can("sms:write"),
    returns=SystemKey,
    errors=(SystemNotFound, ChangedMeanwhile),
)
def post_sms_system_key(who: Caller, system_id: str) -> SystemKey:
    """Give a system another key; the one before ends at once."""
    return use_case.renew_key(system_id, view=_with_key, by=who)


def _with_key(system: OtherSystem) -> SystemKey:
    return SystemKey(system=SystemView.of(system), key=system.key)
