"""Routes of inspections."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from hospital import clock
from hospital.caller import Caller
from hospital.http import App, Command
from hospital.inspections import keys
from hospital.inspections.errors import InspectionNotFound, InspectionUnfinished
from hospital.inspections.store import get_inspection, inspections
from hospital.paging import Page, Paging
from hospital.policy import can
from house.keep_inspections.file import report_file
from house.keep_inspections.use_case import ask_for_inspection
from house.keep_inspections.views import InspectionLine, InspectionView

app = App("keep_inspections")

_LONGEST_HOURS = 31 * 24
_INSPECT = can("house:inspect")


class AskForInspection(Command):
    """Of which period the report is to be: so many hours until now."""

    hours: Annotated[int, Field(ge=1, le=_LONGEST_HOURS)] = 24


class FileQuery(BaseModel):
    """In which form, and in which language."""

    form: Literal["html", "json"] = "html"
    language: Literal["zh", "en"] = "zh"


class ReportFile(BaseModel):
    """A report as a file that one keeps or prints."""

    name: str
    media_type: str
    text: str


@app.route("POST", "/inspections", allow=_INSPECT, body=AskForInspection, returns=InspectionLine, status=202)
def post_inspection(who: Caller, body: AskForInspection) -> InspectionLine:
    """Begin an inspection; ask again how far it is."""
    return ask_for_inspection(body.hours, by=who, now=clock.now())


@app.route("GET", "/inspections", allow=_INSPECT, query=Paging, returns=Page[InspectionLine])
def get_inspections(who: Caller, query: Paging) -> Page[InspectionLine]:
    """All inspections, newest first."""
    now = clock.now()
    page = inspections.page("all", keys.ALL, cursor=query.cursor, limit=query.limit, newest_first=True)
    return Page(items=[InspectionLine.of(one, now) for one in page.items], cursor=page.cursor)


@app.route("GET", "/inspections/{inspection_id}", allow=_INSPECT, returns=InspectionView, errors=(InspectionNotFound,))
def get_one_inspection(who: Caller, inspection_id: str) -> InspectionView:
    """How far an inspection is, and its report once it has one."""
    return InspectionView.of(get_inspection(inspection_id), clock.now())


@app.route(
    "GET",
    "/inspections/{inspection_id}/file",
    allow=_INSPECT,
    query=FileQuery,
    returns=ReportFile,
    errors=(InspectionNotFound, InspectionUnfinished),
)
def get_inspection_file(who: Caller, inspection_id: str, query: FileQuery) -> ReportFile:
    """The report as a file: printable HTML, or JSON for programs."""
    view = InspectionView.of(get_inspection(inspection_id), clock.now())
    if view.state != "done":
        raise InspectionUnfinished(state=view.state)
    name, media_type, text = report_file(view, query.form, query.language)
    return ReportFile(name=name, media_type=media_type, text=text)
