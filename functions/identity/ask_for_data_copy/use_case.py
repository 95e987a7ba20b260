"""Asking for a copy of one's data, and taking it away."""

from __future__ import annotations

from datetime import datetime, timedelta

from hospital import links
from hospital.caller import Caller
from hospital.data_copies.errors import DataCopyNotFound, TooManyCopies
from hospital.data_copies.events import DataCopyOpened, DataCopyStepDue
from hospital.data_copies.keys import object_key
from hospital.data_copies.model import DataCopy
from hospital.data_copies.store import copies, copies_of, get_copy
from hospital.limits import Limit
from hospital.listings import DAY_ZONE
from hospital.work import Work
from identity.ask_for_data_copy.answers import DataCopiesView, DataCopyLink, DataCopyView
from identity.guarding import guarded

A_DAY = Limit("data_copies", most=1, window=timedelta(days=1), refusal=TooManyCopies)
"""Of each person; gathering reads everything."""
_SECONDS = 300


def ask_for_copy(member_id: str | None, *, by: Caller, now: datetime) -> DataCopyView:
    """It is gathered by whoever hears of it."""
    person_id = guarded(by.person_id, member_id, now)
    A_DAY.take(f"{by.person_id}#{person_id}")
    with Work(by=by) as work:
        asked = work.add(copies, DataCopy.asked(person_id, by.person_id, member_id or "", now))
        work.emit(DataCopyStepDue.of(asked))
        return work.answer(DataCopyView.of(asked))


def view_copies(*, by: Caller) -> DataCopiesView:
    """What the caller asked for."""
    return DataCopiesView(items=[DataCopyView.of(one) for one in copies_of(by.person_id)])


def view_copy(copy_id: str, *, by: Caller) -> DataCopyView:
    """One of them."""
    return DataCopyView.of(get_copy(by.person_id, copy_id))


def open_copy(copy_id: str, *, by: Caller, now: datetime) -> DataCopyLink:
    """Who is a guardian no more gets no file that was gathered while they were. Each time leaves a line in the log."""
    copy = get_copy(by.person_id, copy_id)
    if guarded(by.person_id, copy.member_id, now) != copy.person_id or copy.state != "ready":
        raise DataCopyNotFound
    copy.need_there(now)
    name = f"yunzhen-{copy.asked_at.astimezone(DAY_ZONE):%Y%m%d}.zip"
    url = links.get_link(object_key(copy.id, "copy.zip"), name, "application/zip", _SECONDS)
    with Work(by=by) as work:
        work.emit(DataCopyOpened.of(work.change(copies, copy, copy)))
        return work.answer(DataCopyLink(url=url, expires_at=now + timedelta(seconds=_SECONDS)))
