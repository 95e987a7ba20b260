"""What carriers by HTTP have in common: texts registered beforehand, China's clock, and records that come late."""

from __future__ import annotations

from datetime import datetime, timedelta

from hospital import secret_keys
from hospital.carrying import Outgoing
from hospital.errors import Unavailable
from hospital.listings import DAY_ZONE

SETTLED = timedelta(minutes=10)
"""After which a text that is not in the carrier's records was never taken."""


def registered_name(carrier: str, outgoing: Outgoing) -> str:
    """What the carrier calls the template: as it stands beside the text, or else in the secret of vendors under
    `template.<occasion>`. Raises `Unavailable` when it was not registered there; another carrier may know it."""
    name = outgoing.registered.get(carrier) or secret_keys.vendor_keys(carrier).get(f"template.{outgoing.occasion}")
    if not name:
        raise Unavailable(adapter="sms", reason="template_unregistered")
    return name


def moment_in_china(text: str, otherwise: datetime) -> datetime:
    """`2026-11-21 14:30:05` by the clock of China; `otherwise` when it is no time, or lies after it."""
    try:
        told = datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=DAY_ZONE)
    except ValueError:
        return otherwise
    return min(told.astimezone(otherwise.tzinfo), otherwise)
