"""Why a card cannot be applied for, or its code not be shown."""

from __future__ import annotations

from hospital.errors import Conflict, Invalid, NotFound, TooMany


class HealthCardNotFound(NotFound):
    """There is no such card of theirs."""

    code = "health_card.not_found"


class ChannelNotOffered(Invalid):
    """The hospital offers no such channel."""

    code = "health_card.channel_not_offered"


class NotIssued(Conflict):
    """The card was not issued (yet), so it has no code. Facts: `state`."""

    code = "health_card.not_issued"


class CodeRefused(Conflict):
    """The channel gives no code for this card any more. Facts: `reason`."""

    code = "health_card.code_refused"


class TooManyApplications(TooMany):
    """Applied for too often today."""

    code = "health_card.too_many_tries"
