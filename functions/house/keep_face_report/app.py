"""Routes of the report on faces."""

from __future__ import annotations

from hospital import clock
from hospital.caller import Caller
from hospital.errors import ChangedMeanwhile
from hospital.face_reports.errors import FaceReportContradicts
from hospital.face_reports.model import Figures
from hospital.http import App, Command
from hospital.policy import can
from house.keep_face_report.use_case import FaceReportView, keep_report, view_report

app = App("keep_face_report")

_INSPECT = can("house:inspect")


class KeepFaceReport(Command):
    """The runner's report; its names of files are not taken."""

    figures: Figures


@app.route("GET", "/face-report", allow=_INSPECT, returns=FaceReportView)
def get_report(who: Caller) -> FaceReportView:
    """The last report of this deployment; empty where nobody has measured."""
    return view_report()


@app.route(
    "PUT",
    "/face-report",
    allow=_INSPECT,
    body=KeepFaceReport,
    returns=FaceReportView,
    errors=(FaceReportContradicts, ChangedMeanwhile),
)
def put_report(who: Caller, body: KeepFaceReport) -> FaceReportView:
    """Bring in a report; the one before stands in the log alone."""
    return keep_report(body.figures, by=who, now=clock.now())
