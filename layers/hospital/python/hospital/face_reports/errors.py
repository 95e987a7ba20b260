"""What can go wrong with reports on faces."""

from hospital.errors import Invalid


class FaceReportContradicts(Invalid):
    """Its numbers do not agree with each other: this is no report of the runner's. Facts: `field`."""

    code = "face_report.contradicts"
