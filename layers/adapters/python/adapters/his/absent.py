"""A hospital without a HIS: nothing is known there, and nobody is told that it is empty instead."""

from __future__ import annotations

from datetime import date, datetime
from typing import NoReturn

from adapters.his.port import (
    HisCards,
    HisDepartment,
    HisFile,
    HisOrganisation,
    HisPage,
    HisStaff,
    HisUnavailable,
    HisVisits,
    NewFile,
    Presented,
    WhoIs,
)


class NoHis:
    """Every verb is `HisUnavailable` with the reason `none`."""

    def organisations(self, since: datetime | None = None, cursor: str | None = None) -> HisPage[HisOrganisation]:
        """See `His`."""
        _refuse()

    def departments(self, since: datetime | None = None, cursor: str | None = None) -> HisPage[HisDepartment]:
        """See `His`."""
        _refuse()

    def staff(self, since: datetime | None = None, cursor: str | None = None) -> HisPage[HisStaff]:
        """See `His`."""
        _refuse()

    def find_file(self, who: WhoIs) -> HisFile | None:
        """See `His`."""
        _refuse()

    def open_file(self, new: NewFile, *, key: str) -> HisFile:
        """See `His`."""
        _refuse()

    def cards(self, presented: Presented) -> HisCards:
        """See `His`."""
        _refuse()

    def past_visits(self, presented: Presented, since: date) -> HisVisits:
        """See `His`."""
        _refuse()


def _refuse() -> NoReturn:
    raise HisUnavailable(adapter="his", reason="none")
