"""What an organisation adds to its staff's roles: pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from hospital.access.errors import DutyUnknown
from hospital.records import Record


class Duty(BaseModel):
    """A set of permissions under the name that the organisation gave it (`病案查询员`)."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    permissions: tuple[str, ...]


class OrganisationAccess(Record):
    """The duties of an organisation by their codes. `id` is the organisation's.

    It is read with every request of the organisation's staff: one small item.
    """

    duties: dict[str, Duty] = Field(default_factory=dict)

    def with_duty(self, code: str, duty: Duty, grantable: Collection[str]) -> Self:
        """After that duty was written; `DutyUnknown` for a permission that no duty may give."""
        if beyond := sorted(set(duty.permissions) - set(grantable)):
            raise DutyUnknown(permissions=beyond)
        return self.having(duties={**self.duties, code: duty})

    def known(self, duties: Iterable[str]) -> tuple[str, ...]:
        """These duties, each once; `DutyUnknown` when the organisation has one of them not."""
        asked = tuple(dict.fromkeys(duties))
        if unknown := sorted(set(asked) - self.duties.keys()):
            raise DutyUnknown(duties=unknown)
        return asked

    def granted(self, duties: Iterable[str]) -> frozenset[str]:
        """The permissions that these duties give; a duty that is gone gives none."""
        found = (self.duties[code] for code in duties if code in self.duties)
        return frozenset(right for duty in found for right in duty.permissions)
