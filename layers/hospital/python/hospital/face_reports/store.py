"""Where the last report is kept."""

from __future__ import annotations

from hospital.face_reports import keys
from hospital.face_reports.model import FaceReport
from hospital.table import Collection

face_reports = Collection(FaceReport, "reference", key=lambda one: keys.LAST)
