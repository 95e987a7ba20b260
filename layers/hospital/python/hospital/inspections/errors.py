"""What can go wrong with inspections."""

from hospital.errors import Conflict, NotFound


class InspectionNotFound(NotFound):
    """There is no such inspection for this caller."""

    code = "inspection.not_found"


class InspectionUnfinished(Conflict):
    """It is still under way, or ended without a report. Facts: `state`."""

    code = "inspection.unfinished"
