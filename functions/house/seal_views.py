"""How chains and verifications are shown."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from hospital.audit import PLATFORM
from hospital.caller import Caller
from hospital.errors import NotFound
from hospital.seals.keys import head_key
from hospital.seals.model import Finding, Head, Verification
from hospital.seals.store import heads


class ChainView(BaseModel):
    """A chain's end. `organisation_id` is null for the platform's own chain."""

    chain: str
    organisation_id: str | None
    blocks: int
    lines: int
    seal: str
    sealed_at: datetime | None
    anchored_block: int
    anchored_at: datetime | None

    @classmethod
    def of(cls, head: Head) -> ChainView:
        """The view of a head."""
        return cls(
            chain=head.id,
            organisation_id=None if head.id == PLATFORM else head.id,
            blocks=head.number,
            lines=head.lines,
            seal=head.seal,
            sealed_at=head.sealed_at,
            anchored_block=head.anchored,
            anchored_at=head.anchored_at,
        )


class VerificationView(BaseModel):
    """What was checked, and what was found. `complete` says whether every block was looked at."""

    at: datetime
    first_block: int
    last_block: int
    lines: int
    anchors: int
    complete: bool
    findings: list[Finding]

    @classmethod
    def of(cls, checked: Verification) -> VerificationView:
        """The view of a verification."""
        return cls.model_validate(checked.model_dump(include=set(cls.model_fields)))


def readable_head(chain: str, who: Caller) -> Head:
    """The head of a chain that the caller may see; `NotFound` otherwise."""
    if who.role != "operator" and not who.of_organisation(chain):
        raise NotFound
    return heads.need(head_key(chain))
