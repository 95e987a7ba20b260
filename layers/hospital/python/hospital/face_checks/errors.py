"""What can go wrong in watching a face."""

from hospital.errors import Conflict, Forbidden, Gone, NotFound, RuleBroken, TooMany


class FaceCheckNotFound(NotFound):
    """There is no such check for this caller."""

    code = "face.check_not_found"


class FaceCheckOver(Gone):
    """Its minute is over: what is asked is drawn anew."""

    code = "face.check_over"


class FaceCheckUsed(Conflict):
    """It was answered once: what is asked is drawn anew."""

    code = "face.check_used"


class FramesReplayed(RuleBroken):
    """Some of these pictures were sent before, or one of them several times: no camera gives the same twice."""

    code = "face.frames_replayed"


class FaceNotLive(RuleBroken):
    """No living person did what was asked, in that order. Facts: `why`, `tries_left` where another system asked."""

    code = "face.not_live"


class OwnFace(Forbidden):
    """Nobody judges their own face."""

    code = "face.own"


class FaceOther(RuleBroken):
    """It is not the person on the card. Facts: `tries_left` where another system asked."""

    code = "face.other_person"


class TooManyFaceChecks(TooMany):
    """So many in an hour, and no more."""

    code = "face.too_many_checks"
