"""What can go wrong with reference data."""

from hospital.errors import Conflict, NotFound


class KindUnknown(NotFound):
    """There is no such kind, or not for this caller."""

    code = "reference.kind_unknown"


class ItemNotFound(NotFound):
    """There is no such item for this caller."""

    code = "reference.item_not_found"


class ItemChangedMeanwhile(Conflict):
    """Somebody changed the item since it was read. Facts: `version` as it is now."""

    code = "reference.changed_meanwhile"


class CodeTaken(Conflict):
    """Another item of this kind has this code. Facts: `field`."""

    code = "reference.code_taken"
