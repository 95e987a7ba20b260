"""Keeping and showing the last report on faces."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from hospital.caller import Caller
from hospital.face_reports.keys import LAST
from hospital.face_reports.model import FaceReport, Figures
from hospital.face_reports.store import face_reports
from hospital.work import Work, decided_again


class FaceReportView(BaseModel):
    """What was counted, and when it was brought in; neither while nobody has measured here."""

    figures: Figures | None
    brought_at: datetime | None

    @classmethod
    def of(cls, report: FaceReport | None) -> FaceReportView:
        """The view of a report, or of none."""
        if report is None:
            return cls(figures=None, brought_at=None)
        return cls(figures=report.figures, brought_at=report.brought_at)


def view_report() -> FaceReportView:
    """The last one, if there is one."""
    return FaceReportView.of(face_reports.get(LAST))


def keep_report(figures: Figures, *, by: Caller, now: datetime) -> FaceReportView:
    """The last one from here on."""
    figures.demand_agreement()
    return decided_again(lambda: _kept(figures, by, now))


def _kept(figures: Figures, by: Caller, now: datetime) -> FaceReportView:
    before = face_reports.get(LAST)
    report = FaceReport.of(figures, now)
    with Work(by=by, doing="face_report.keep") as work:
        stored = work.add(face_reports, report) if before is None else work.change(face_reports, before, report)
        return work.answer(FaceReportView.of(stored))
