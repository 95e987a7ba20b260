"""What can go wrong with staff, and with the files of patients."""

from hospital.errors import Conflict, Forbidden, Invalid, NotFound


class StaffNotFound(NotFound):
    """There is no such member of staff for this caller."""

    code = "staff.not_found"


class PatientNotFound(NotFound):
    """The caller's organisation keeps no such file."""

    code = "patient.not_found"


class SameFile(Conflict):
    """A file is not merged with itself."""

    code = "patient.same_file"


class FileMergedAlready(Conflict):
    """The file is part of a merge. Facts: `patient_id`."""

    code = "patient.merged_already"


class FileNotMerged(Conflict):
    """The file is not part of the other one (any more)."""

    code = "patient.not_merged"


class NumbersDiffer(Conflict):
    """The two files belong to people with different ID numbers: they are not one person."""

    code = "patient.numbers_differ"


class StaffMovedOn(Conflict):
    """They stand otherwise than this act asks for. Facts: `standing`."""

    code = "staff.moved_on"


class PapersMissing(Conflict):
    """Papers that everybody in this role has to show are not there, or have run out. Facts: `missing` (names)."""

    code = "staff.papers_missing"


class PaperNotFound(NotFound):
    """There is no such paper of this member of staff."""

    code = "staff.paper_not_found"


class PaperReviewed(Conflict):
    """Its owner was approved by this paper: it stays as it was then. Another one can be entered."""

    code = "staff.paper_reviewed"


class PaperKindUnknown(Invalid):
    """No paper of that kind is asked of this role."""

    code = "staff.paper_kind_unknown"


class AccountTaken(Conflict):
    """There is an account of that name."""

    code = "staff.account_taken"


class NotOneself(Forbidden):
    """Nobody decides about themselves."""

    code = "staff.not_oneself"


class NotApproved(Forbidden):
    """Whoever serves patients must be approved first. Facts: `standing`."""

    code = "practitioner.not_approved"


class NotCheckedIn(Forbidden):
    """A doctor shows who they are before they see patients (VISIT-REAL-DOCTOR). Facts: `rule`."""

    code = "practitioner.not_verified"


class CheckInFailed(Invalid):
    """The number is not that of the doctor."""

    code = "practitioner.mismatch"
