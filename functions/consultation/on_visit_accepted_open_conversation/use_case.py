"""Opening the conversation of an accepted visit."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hospital import clock, settings
from hospital.caller import Caller
from hospital.conversations.model import About, Limits, Member
from hospital.conversations.store import open_conversation
from hospital.visits.events import VisitAccepted, VisitBegun
from hospital.visits.store import get_visit, visits
from hospital.work import Work

GREETING = "医生已接诊，可以开始交流了。咨询期间请描述症状变化；如有紧急情况，请立即拨打 120 或前往医院。"


def on_visit_accepted_open_conversation(envelope: dict[str, Any], by: Caller) -> None:
    """Patient and doctor can talk."""
    now = clock.now()
    visit = get_visit(VisitAccepted.told(envelope).subject)
    if visit.state != "accepted":
        return  # it came twice, and the first time did it
    members = (
        Member(person_id=visit.person_id, name=visit.spoken_as, role="patient"),
        Member(person_id=visit.doctor.person_id, name=visit.doctor.name, role="doctor"),
    )
    with Work(by=by, once=envelope["id"]) as work:
        conversation = open_conversation(
            work,
            organisation_id=visit.organisation_id,
            about=About(type="visit", id=visit.id),
            members=members,
            greeting=GREETING,
            now=now,
            limits=_limits(now),
        )
        begun = work.change(visits, visit, visit.begin(conversation.id, now))
        work.emit(VisitBegun.of(begun))


def _limits(now: datetime) -> Limits:
    """How many messages the patient may write, and for how long: as the hospital set it when it began."""
    agreed = settings.current()
    until = now + timedelta(hours=agreed.visit_hours) if agreed.visit_hours else None
    return Limits(messages=agreed.visit_messages or None, until=until)
