"""What the hospital asks of whoever brings notifications: the words of the port."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

Outcome = Literal["delivered", "failed", "gone"]
"""delivered: whoever brings it took it over. failed: this notification is refused for good. gone: the device is no
more, and should be forgotten."""
Channel = Literal["push", "sms"]
AddressedBy = Literal["person", "browser", "phone"]


@dataclass(frozen=True)
class Notification:
    """What may stand on a locked screen. `id` is its key: sent again under it, nobody is told twice, where the way
    can know. `opens` is a path of the site. Neither title nor words tell anything of an illness."""

    id: str
    person_id: str
    title: str
    words: str
    opens: str


@dataclass(frozen=True)
class Device:
    """Where it goes. `address` is a person's id, a browser's push endpoint or a phone number, as the way is addressed;
    a browser has a public `key` and a `secret` too, both base64url."""

    address: str
    key: str = ""
    secret: str = ""


class Notifier(Protocol):
    """One way by which notifications reach people."""

    @property
    def channel(self) -> Channel:
        """What people call it in their settings."""

    @property
    def addressed_by(self) -> AddressedBy:
        """What this way needs to know of whom it is to reach."""

    def send(self, notification: Notification, to: Device) -> Outcome:
        """Hand it over. Raises `Unavailable` when that may work later; then send it again under the same id."""
