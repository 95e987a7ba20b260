"""Routes of reading in an emergency."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from consultation.answers import VisitView
from consultation.read_in_emergency import use_case
from consultation.read_in_emergency.use_case import FoundBy, OpenedRecord
from consultation.records import RecordedMessages, WhichVariant
from hospital import clock
from hospital.break_glass.errors import EmergencyOver, NotNeeded, ReadingNotFound
from hospital.break_glass.model import Reason
from hospital.caller import Caller
from hospital.conversations.history import MessageSearch
from hospital.http import App, Command
from hospital.people.errors import PatientNotFound
from hospital.policy import can
from hospital.uploads.errors import FileNotFound
from hospital.uploads.opening import FileLink
from hospital.verifications.errors import IdNumberRefused
from hospital.visits.errors import VisitNotFound

app = App("read_in_emergency")

_READS = can("emergency:read")


class OpenRecord(Command):
    """Whose record (by an exact phone number, ID number or file number), and why."""

    by: FoundBy
    value: Annotated[str, Field(min_length=1, max_length=60)]
    reason: Reason
    words: Annotated[str, Field(min_length=10, max_length=500, pattern=r"\S.*\S")]


class OpenedVisits(BaseModel):
    """The newest visits of the record."""

    items: list[VisitView]


@app.route(
    "POST",
    "/emergency-readings",
    allow=_READS,
    body=OpenRecord,
    returns=OpenedRecord,
    status=201,
    errors=(PatientNotFound, IdNumberRefused, NotNeeded),
)
def post_emergency_reading(who: Caller, body: OpenRecord) -> OpenedRecord:
    """Open the record of a patient of one's house whom one does not treat. The patient and the privacy officer are
    told."""
    return use_case.open_record(body.by, body.value, body.reason, body.words, by=who, now=clock.now())


@app.route(
    "GET",
    "/emergency-readings/{emergency_id}",
    allow=_READS,
    returns=OpenedRecord,
    errors=(ReadingNotFound, EmergencyOver),
)
def get_emergency_reading(who: Caller, emergency_id: str) -> OpenedRecord:
    """What one has open."""
    return use_case.view_open_record(emergency_id, by=who, now=clock.now())


@app.route(
    "GET",
    "/emergency-readings/{emergency_id}/visits",
    allow=_READS,
    returns=OpenedVisits,
    errors=(ReadingNotFound, EmergencyOver),
)
def get_opened_visits(who: Caller, emergency_id: str) -> OpenedVisits:
    """The patient's visits at the house, the newest first."""
    found = use_case.recorded_visits(emergency_id, by=who, now=clock.now())
    return OpenedVisits(items=[VisitView.of(visit) for visit in found])


@app.route(
    "GET",
    "/emergency-readings/{emergency_id}/visits/{visit_id}/messages",
    allow=_READS,
    query=MessageSearch,
    returns=RecordedMessages,
    errors=(ReadingNotFound, EmergencyOver, VisitNotFound),
)
def get_opened_messages(who: Caller, emergency_id: str, visit_id: str, query: MessageSearch) -> RecordedMessages:
    """What was said at one of them."""
    return RecordedMessages.of(use_case.messages_of_record(emergency_id, visit_id, query, by=who, now=clock.now()))


@app.route(
    "GET",
    "/emergency-readings/{emergency_id}/visits/{visit_id}/files/{seq}",
    allow=_READS,
    query=WhichVariant,
    returns=FileLink,
    errors=(ReadingNotFound, EmergencyOver, VisitNotFound, FileNotFound),
)
def get_opened_file(who: Caller, emergency_id: str, visit_id: str, seq: str, query: WhichVariant) -> FileLink:
    """An address of five minutes for what was exchanged there."""
    return use_case.file_of_record(emergency_id, visit_id, int(seq), query.variant, by=who, now=clock.now())
