"""The scan of a paper: attached by its owner, read by them and by whoever reviews them, each reading written down."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, cast

from pydantic import BaseModel, ConfigDict

from directory.paper_work import undecided
from directory.staff_views import PaperView
from hospital import ids
from hospital.caller import Caller
from hospital.people.model import PractitionerRole
from hospital.people.papers import PaperLook, ScanType
from hospital.people.store import get_paper, papers, scan_looks
from hospital.uploads.attaching import attachment
from hospital.uploads.model import VariantName
from hospital.uploads.opening import FileLink, link_to
from hospital.work import Work


class WhichScan(BaseModel):
    """A picture's `original` is the largest that is kept of it; a document has no other."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    variant: Literal["original", "display", "thumbnail"] = "original"


def attach_scan(role: PractitionerRole, paper_id: str, upload_id: str, *, by: Caller, now: datetime) -> PaperView:
    """The caller's upload shows that paper of theirs, until a clearer one takes its place.

    `PaperNotFound`, `PaperReviewed`; for the upload see `hospital.uploads.attaching.attachment`. `ChangedMeanwhile`
    when somebody decided about them at the same moment.
    """
    paper = get_paper(role.id, paper_id).to_change(role.approved_at)
    held = attachment(None, upload_id, paper.id, paper.id, by=by)
    with Work(by=by, doing="paper.attach_scan") as work:
        if paper.scan_id == upload_id:
            return work.answer(PaperView.of(paper, role, now))
        undecided(work, role)
        # What a paper takes is a picture or a document (its purpose says so).
        shown = work.change(papers, paper, paper.scanned(upload_id, cast(ScanType, held.type), now))
        held.bind(work, shown)
        return work.answer(PaperView.of(shown, role, now))


def link_to_scan(role: PractitionerRole, paper_id: str, asked: VariantName, *, by: Caller, now: datetime) -> FileLink:
    """An address, once the look is written down. `PaperNotFound`, `FileNotFound` while it has no scan."""
    paper = get_paper(role.id, paper_id)
    link = link_to({"upload_id": paper.scan_id or None}, asked, now)
    look = PaperLook(
        id=ids.new_id("lok"),
        paper_id=paper.id,
        practitioner_role_id=role.id,
        organisation_id=role.organisation_id,
        by_role_id=by.practitioner_role_id,
        at=now,
    )
    with Work(by=by, doing="paper.look") as work:
        work.add(scan_looks, look)
    return link
