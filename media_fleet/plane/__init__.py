"""The relay's data plane: forwarding as bytes, without sockets, tasks or clocks of its own."""

from media_fleet.plane.exchange import Exchange
from media_fleet.plane.tracks import Incoming, Outgoing

__all__ = ["Exchange", "Incoming", "Outgoing"]
