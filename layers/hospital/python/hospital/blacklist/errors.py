"""What can go wrong with the blacklist."""

from hospital.errors import Conflict, Forbidden, NotFound


class Blacklisted(Forbidden):
    """The organisation offers this person nothing new for now. Facts: `blacklisting_id`, under which its owner reads
    why, `reason`, and `may_appeal`."""

    code = "patient.blacklisted"


class BlacklistingNotFound(NotFound):
    """There is no such thing for this caller."""

    code = "blacklist.not_found"


class BlacklistingMovedOn(Conflict):
    """It stands otherwise than this act asks for. Facts: `state`."""

    code = "blacklist.moved_on"


class AnotherDecides(Forbidden):
    """Who put somebody on the blacklist may take them off, but does not judge what they say to it."""

    code = "blacklist.another_decides"
