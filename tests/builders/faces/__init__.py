"""A face that moves, made of the one portrait that may be shown here, and things that only pretend to be one."""

from tests.builders.faces.moving import CAPTURE, capture, flat_replay, moved, stranger

__all__ = ("CAPTURE", "capture", "flat_replay", "moved", "stranger")
