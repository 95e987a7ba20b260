"""What can go wrong with other systems."""

from __future__ import annotations

from hospital.errors import NotFound


class SystemNotFound(NotFound):
    """There is no such system for this caller."""

    code = "sms.system_not_found"
