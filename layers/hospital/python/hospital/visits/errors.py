"""What can go wrong with a visit."""

from hospital.errors import Conflict, Forbidden, Invalid, NotFound


class VisitNotFound(NotFound):
    """There is no such visit for this caller."""

    code = "visit.not_found"


class VisitAlreadyOpen(Conflict):
    """The patient has an open visit with this doctor. Facts: `visit_id`."""

    code = "visit.already_open"


class VisitMovedOn(Conflict):
    """The visit is in a state in which this cannot be done any more, or yet. Facts: `state`."""

    code = "visit.moved_on"


class NotTheDoctor(Forbidden):
    """Only the doctor whom the patient asked may do this."""

    code = "visit.not_the_doctor"


class NoticeNotAccepted(Invalid):
    """The patient has to accept the notice as it reads now. Facts: `notice_id`, `notice_version`."""

    code = "visit.notice_not_accepted"


class ReasonUnknown(Invalid):
    """The reason is not one of the organisation's refusal reasons."""

    code = "visit.reason_unknown"


class DoctorNotFound(NotFound):
    """There is no such doctor whom patients may ask."""

    code = "visit.doctor_not_found"
