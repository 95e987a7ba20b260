"""Why a copy cannot be asked for, or not be had any more."""

from __future__ import annotations

from hospital.errors import Gone, NotFound, TooMany


class DataCopyNotFound(NotFound):
    """There is no such copy of the caller's."""

    code = "data_copy.not_found"


class DataCopyGone(Gone):
    """The copy was kept for some days, which are over."""

    code = "data_copy.gone"


class TooManyCopies(TooMany):
    """One a day."""

    code = "data_copy.too_many"
