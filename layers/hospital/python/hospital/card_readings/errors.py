"""What can go wrong with what was read from a card."""

from hospital.errors import NotFound, RuleBroken, TooMany


class ReadingNotFound(NotFound):
    """There is no such reading for this caller, or its time is over."""

    code = "id_card.reading_not_found"


class ReadingNotPassable(RuleBroken):
    """The picture gave warnings: it proves nothing. Facts: `warnings`."""

    code = "id_card.not_passable"


class TooManyReadings(TooMany):
    """So many pictures are looked at in an hour, and no more."""

    code = "id_card.too_many_readings"
