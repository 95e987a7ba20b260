"""What can go wrong with relays."""

from hospital.errors import Unavailable


class RelayMissing(Unavailable):
    """No relay is there that could take the call."""

    code = "call.relay_missing"
