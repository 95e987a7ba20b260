"""Cards: live references to records. What a card shows is read when it is opened, with the rights of who opens it; and
when it is sent, with the rights of who sends it. A new kind of card is a function and a line in `_CARDS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType

from pydantic import BaseModel

from hospital.caller import Caller
from hospital.conversations.errors import CardNotFound
from hospital.visits.errors import VisitNotFound
from hospital.visits.store import get_visit


class CardView(BaseModel):
    """A record in a few words. `said` is what it comes to, `link` where it lies in the pages."""

    type: str
    id: str
    title: str
    said: str
    state: str
    at: datetime
    link: str


def opened_card(type_: str, id_: str, *, by: Caller, now: datetime) -> CardView:
    """The record as it stands now, for whoever may read it: `CardNotFound` for everybody else."""
    return _CARDS[type_](id_, by, now)


def _visit(visit_id: str, by: Caller, now: datetime) -> CardView:
    try:
        visit = get_visit(visit_id).seen_by(by).as_of(now)
    except VisitNotFound:
        raise CardNotFound from None
    return CardView(
        type="visit",
        id=visit.id,
        title=f"问诊 · {visit.doctor.name} {visit.doctor.department}".strip(),
        said=visit.summary.conclusion if visit.summary else visit.complaint,
        state=visit.state,
        at=visit.applied_at,
        link=f"/visits/{visit.id}",
    )


_CARDS: Mapping[str, Callable[[str, Caller, datetime], CardView]] = MappingProxyType({"visit": _visit})
