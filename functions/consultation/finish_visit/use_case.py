"""Finishing a consultation."""

from __future__ import annotations

from datetime import datetime

from consultation.answers import VisitView
from consultation.caring import care_ends
from hospital.caller import Caller
from hospital.conversations.errors import ConversationClosed
from hospital.conversations.store import close_conversation, get_conversation
from hospital.visits.events import VisitFinished
from hospital.visits.model import Summary
from hospital.visits.store import get_visit, give_up_place, told_its_state, visits
from hospital.work import Work


def finish_visit(visit_id: str, conclusion: str, advice: str, *, by: Caller, now: datetime) -> VisitView:
    """End the visit, the doctor's care of its patient and its conversation in one act: no message lands after the
    summary."""
    visit = get_visit(visit_id).answered_by(by)
    done = visit.finish(Summary(conclusion=conclusion, advice=advice), now)
    conversation = get_conversation(done.conversation_id or "", by.person_id)
    with told_its_state(visit, now, ConversationClosed), Work(by=by, doing="care.end") as work:
        finished = work.change(visits, visit, done)
        give_up_place(work, finished)
        care_ends(work, finished, now)
        close_conversation(work, conversation, now)
        work.emit(VisitFinished.of(finished))
        return work.answer(VisitView.of(finished))
