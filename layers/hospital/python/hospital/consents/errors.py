"""Why a consent is missing, or cannot be given."""

from __future__ import annotations

from hospital.errors import Conflict, Forbidden, NotFound, RuleBroken


class ConsentMissing(Forbidden):
    """The person has not agreed to this purpose, or not any more. Facts: `rule`, `purpose`, `organisation_id` (empty
    for the platform), `text_version` of the text to be agreed to."""

    code = "consent.missing"


class TextChanged(Conflict):
    """The text reads otherwise than the one that was shown. Facts: `purpose`, `text_version` as it is now."""

    code = "consent.text_changed"


class TextNotFound(NotFound):
    """There is no such text, or no such version of it."""

    code = "consent.text_not_found"


class ConsentMovedOn(Conflict):
    """Nothing was given that could be withdrawn. Facts: `state`."""

    code = "consent.moved_on"


class GuardianNeeded(RuleBroken):
    """Under 14 a guardian agrees (rule PIPL-CONSENT). Facts: `rule`."""

    code = "consent.guardian_needed"
