"""What can go wrong with dictionaries, their entries and imports."""

from hospital.errors import Conflict, Invalid, NotFound, TooLarge


class DictionaryUnknown(NotFound):
    """There is no such dictionary."""

    code = "dictionary.unknown"


class EntryNotFound(NotFound):
    """There is no such entry for this caller."""

    code = "dictionary.entry_not_found"


class EntryUnknown(Invalid):
    """A record names what is in no dictionary of the organisation, or no more in use. Facts: `dictionary`, `code`."""

    code = "dictionary.entry_unknown"


class EntryCodeTaken(Conflict):
    """Another entry of this dictionary has this code, or one in use has this code of the HIS. Facts: `field`."""

    code = "dictionary.code_taken"


class EntryUsed(Conflict):
    """Records point at the entry: it may be retired, not deleted."""

    code = "dictionary.entry_used"


class ImportNotFound(NotFound):
    """There is no such import for this caller."""

    code = "dictionary.import_not_found"


class ImportMovedOn(Conflict):
    """The import is not in a state that allows this. Facts: `state`."""

    code = "dictionary.import_moved_on"


class PartsMissing(Conflict):
    """Not all of the file has arrived. Facts: `parts`, the numbers of those missing (the first ten)."""

    code = "dictionary.parts_missing"


class PartBroken(Invalid):
    """A part of a file is not base64, longer than a part may be, or none of the file's."""

    code = "dictionary.part_broken"


class FileTooLarge(TooLarge):
    """A file has more parts than an import takes. Facts: `most_bytes`."""

    code = "dictionary.file_too_large"
