"""What can go wrong with uploads. Those below `Refused` are also what an upload is refused with after its check."""

from hospital.errors import Conflict, Invalid, NotFound, TooLarge


class UploadNotFound(NotFound):
    """There is no such upload for this caller, or no more."""

    code = "upload.not_found"


class TooManyUploads(Conflict):
    """So many uploads of this person are open that another has to wait. Facts: `limit`."""

    code = "upload.too_many_open"


class UploadIncomplete(Conflict):
    """Parts of it did not arrive yet. Facts: `missing` (numbers of parts)."""

    code = "upload.incomplete"


class UploadMovedOn(Conflict):
    """It is in a state in which this cannot be done any more. Facts: `state`."""

    code = "upload.moved_on"


class UploadNotReady(Conflict):
    """It cannot be sent before its check is over. Facts: `state`."""

    code = "upload.not_ready"


class UploadUsed(Conflict):
    """Another message holds it."""

    code = "upload.used"


class UploadWrongType(Invalid):
    """It was asked for as something else than it is now sent as. Facts: `type`."""

    code = "upload.wrong_type"


class UploadRefused(Invalid):
    """Its check ended with a refusal, so it cannot be sent. Facts: `code`."""

    code = "upload.refused"


class FileNotFound(NotFound):
    """There is no such file for this caller: no message of that number, none with a file, or one that was recalled."""

    code = "upload.no_file"


class Refused(Invalid):
    """What was sent is not taken."""

    code = "upload.not_taken"


class TypeUnsupported(Refused):
    """Nothing of that format is taken here. Facts: `media_type` where one was claimed."""

    code = "upload.type_unsupported"


class NothingInIt(Refused):
    """No bytes, or a recording without a sound."""

    code = "upload.empty"


class NotWhatItSays(Refused):
    """Its content is of another kind than its name or claimed type says."""

    code = "upload.not_what_it_says"


class Damaged(Refused):
    """It is cut off or broken, or not what its sender measured."""

    code = "upload.damaged"


class TooLong(Refused):
    """A recording longer than is taken. Facts: `limit_seconds`."""

    code = "upload.too_long"


class TooManyPixels(Refused):
    """A picture or video larger than is opened. Facts: `limit_pixels`."""

    code = "upload.too_many_pixels"


class Harmful(Refused):
    """The scan found something. Facts: `found`."""

    code = "upload.harmful"


class Locked(Refused):
    """A password keeps the scan from looking into it."""

    code = "upload.locked"


class UploadTooLarge(TooLarge):
    """More bytes than are taken of this type. Facts: `limit_bytes`."""

    code = "upload.too_large"
