"""Routes of an organisation's patient files."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from hospital import clock
from hospital.caller import Caller
from hospital.errors import ChangedMeanwhile
from hospital.http import App, Command
from hospital.ids import PATTERN
from hospital.paging import Page
from hospital.people.errors import FileMergedAlready, FileNotMerged, NumbersDiffer, PatientNotFound, SameFile
from hospital.policy import can
from hospital.verifications.errors import IdNumberRefused, NameRefused
from identity.keep_patients import merging, use_case
from identity.keep_patients.merging import LikelySameFiles
from identity.keep_patients.use_case import FoundBy
from identity.keep_patients.views import PatientView

app = App("keep_patients")

_KEEPS = can("patient:keep")
Version = Annotated[int, Field(ge=1, le=2**31)]


class SearchPatients(Command):
    """An exact phone number, ID number or name. In the body, so that it stands in no address."""

    by: FoundBy
    value: Annotated[str, Field(min_length=1, max_length=60)]
    cursor: Annotated[str, Field(max_length=1000, description="From the page before")] | None = None


class ChangePatient(Command):
    """What staff write into the file that was read as `version`; what is left out stays, an empty text goes."""

    version: Version
    contact_phone: Annotated[str, Field(pattern=r"^([0-9+ -]{5,20})?$")] | None = None
    address: Annotated[str, Field(max_length=200)] | None = None
    note: Annotated[str, Field(max_length=1000)] | None = None


class MergeFiles(Command):
    """The other file of the same person. The one that was read as `version` stands for both."""

    version: Version
    other_id: Annotated[str, Field(pattern=PATTERN)]


class UndoMerge(Command):
    """The file that stands for both, as it was read."""

    version: Version


@app.route(
    "POST",
    "/patient-searches",
    allow=_KEEPS,
    body=SearchPatients,
    returns=Page[PatientView],
    errors=(IdNumberRefused, NameRefused),
)
def post_search(who: Caller, body: SearchPatients) -> Page[PatientView]:
    """The files of the caller's organisation under that number or name."""
    return use_case.search(body.by, body.value, body.cursor, by=who, now=clock.now())


@app.route("GET", "/patients/{patient_id}", allow=_KEEPS, returns=PatientView, errors=(PatientNotFound,))
def get_patient(who: Caller, patient_id: str) -> PatientView:
    """One file of the caller's organisation."""
    return use_case.view_patient(patient_id, by=who)


@app.route(
    "PATCH",
    "/patients/{patient_id}",
    allow=_KEEPS,
    body=ChangePatient,
    returns=PatientView,
    errors=(PatientNotFound, ChangedMeanwhile),
)
def patch_patient(who: Caller, patient_id: str, body: ChangePatient) -> PatientView:
    """Change what staff wrote into a file."""
    written = body.model_dump(exclude={"version"}, exclude_none=True)
    return use_case.change_patient(patient_id, body.version, written, by=who)


@app.route(
    "GET",
    "/patients/{patient_id}/likely-same",
    allow=_KEEPS,
    returns=LikelySameFiles,
    errors=(PatientNotFound,),
)
def get_likely_same(who: Caller, patient_id: str) -> LikelySameFiles:
    """Files of the organisation that may be of the same person."""
    return merging.view_likely_same(patient_id, by=who)


@app.route(
    "POST",
    "/patients/{patient_id}/merges",
    allow=_KEEPS,
    body=MergeFiles,
    returns=PatientView,
    errors=(PatientNotFound, ChangedMeanwhile, SameFile, FileMergedAlready, NumbersDiffer),
)
def post_merge(who: Caller, patient_id: str, body: MergeFiles) -> PatientView:
    """Let this file stand for another one of the same person."""
    return merging.merge(patient_id, body.version, body.other_id, by=who, now=clock.now())


@app.route(
    "POST",
    "/patients/{patient_id}/merges/{merged_id}/undo",
    allow=_KEEPS,
    body=UndoMerge,
    returns=PatientView,
    errors=(PatientNotFound, ChangedMeanwhile, FileNotMerged),
)
def post_undoing(who: Caller, patient_id: str, merged_id: str, body: UndoMerge) -> PatientView:
    """Take it back: both files stand for themselves again."""
    return merging.undo_merge(patient_id, body.version, merged_id, by=who)
