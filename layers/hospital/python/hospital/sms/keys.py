"""Keys of messages that leave the house, in the table `people`.

| who asks | key or list |
| --- | --- |
| a message | `SMS#sms_1 / SMS` |
| the message that a carrier speaks of | list `of_number`: `SMS_NUMBER#<carrier>#<its number> / sms_1` |
| what was sent to a phone, the oldest first | list `of_phone`: `SMS_PHONE#<keyed hash> / <asked_at>#sms_1` |

Searched by many fields in the listing `sms`.
"""

from __future__ import annotations

from datetime import datetime

from hospital import clock
from hospital.records import Key


def sms_key(sms_id: str) -> Key:
    """A message."""
    return Key(f"SMS#{sms_id}", "SMS")


def number_key(carrier: str, number: str) -> str:
    """The partition of what a carrier calls a message."""
    return f"SMS_NUMBER#{carrier}#{number}"


def texts_key(phone_hash: str) -> str:
    """The partition of what was sent to a phone."""
    return f"SMS_PHONE#{phone_hash}"


def since(moment: datetime, sms_id: str) -> str:
    """The sort text of what was sent."""
    return f"{clock.text(moment)}#{sms_id}"
