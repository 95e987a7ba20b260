"""Telling whom it concerns that a record was opened."""

from __future__ import annotations

from typing import Any

from hospital import clock
from hospital.access.store import get_access
from hospital.break_glass.events import EmergencyOpened
from hospital.caller import Caller
from hospital.conversations.sockets import tell
from hospital.people.keys import person_key, role_key, staff_key
from hospital.people.store import persons, roles
from hospital.policy import permissions_of
from hospital.sms.store import queue, written
from hospital.work import Work
from messaging.server_frames import Notice
from messaging.templates import template_for

OCCASION = "record_opened"
TEXT = (
    "{doctor}医生因紧急情况查阅了您在本院的就诊记录，本院将在三日内复核。"
    "详情见“我的—谁查阅过我的记录”；如有疑问请联系医院。"
)
"""What the patient is told where the organisation wrote no text of its own, or turned it off: the law asks for it."""
_PAGE = 100


def on_emergency_opened_tell(envelope: dict[str, Any], by: Caller) -> None:
    """Officers and patient look again at once; the patient gets one message for one event, however often it is told."""
    event = EmergencyOpened.told(envelope)
    notice = Notice(topic=EmergencyOpened.TYPE, subject=event.subject, sequence=event.sequence)
    tell((event.person_id, *officers_of(event.organisation_id)), notice.plain())
    person = persons.get(person_key(event.person_id))
    if person is None or not person.phone:
        return
    template = template_for(event.organisation_id, OCCASION)
    doctor = roles.get(role_key(event.doctor_id))
    message = written(
        template.text if template else TEXT,
        {"doctor": doctor.name if doctor else ""},
        phone=person.phone,
        occasion=OCCASION,
        now=clock.now(),
        organisation_id=event.organisation_id,
        person_id=person.id,
        registered=template.registered if template else {},
    )
    with Work(by=by, once=envelope["id"]) as work:
        queue(work, message)


def officers_of(organisation_id: str) -> list[str]:
    """The persons who judge there: some dozens of staff hold a duty, so all are looked through, page by page."""
    access, cursor, found = get_access(organisation_id), None, []
    while True:
        page = roles.page("staff", staff_key(organisation_id), cursor=cursor, limit=_PAGE)
        found += [
            role.person_id
            for role in page.items
            if role.active and "emergency:review" in permissions_of(role.role, access.granted(role.duties))
        ]
        if page.cursor is None:
            return found
        cursor = page.cursor
