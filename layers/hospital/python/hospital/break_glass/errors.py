"""What can go wrong with records that are opened in an emergency."""

from hospital.errors import Conflict, Forbidden, Gone, NotFound


class ReadingNotFound(NotFound):
    """There is no such opened record for this caller."""

    code = "emergency.not_found"


class NotNeeded(Conflict):
    """The doctor treats the patient now: the record is open to them by that."""

    code = "emergency.not_needed"


class EmergencyOver(Gone):
    """The hour is over. Facts: `ended_at`."""

    code = "emergency.over"


class OwnReading(Forbidden):
    """Nobody judges what they opened themselves."""

    code = "emergency.own_reading"


class ReviewedAlready(Conflict):
    """It was judged. Facts: `verdict`."""

    code = "emergency.reviewed_already"
