"""What can go wrong with face checks that another system asked for."""

from hospital.errors import Conflict, Gone, NotFound, RuleBroken, TooMany


class FaceRequestNotFound(NotFound):
    """There is no such request for this caller."""

    code = "face_request.not_found"


class FaceRequestOver(Gone):
    """Its half hour is over: the system has to ask again."""

    code = "face_request.over"


class FaceRequestJudged(Conflict):
    """There is a verdict already. Facts: `state`."""

    code = "face_request.judged"


class FaceRequestOfOther(RuleBroken):
    """The card, or the account, is not that of the person who was asked for."""

    code = "face_request.of_other"


class FaceReferenceReused(Conflict):
    """The system used that reference before, for another person."""

    code = "face_request.reference_reused"


class FaceQuotaUsedUp(TooMany):
    """The system asked as much today as it may."""

    code = "face_request.quota_used_up"
