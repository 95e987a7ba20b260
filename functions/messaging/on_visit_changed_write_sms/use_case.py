"""Writing the text of a consultation that moved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hospital import clock
from hospital.caller import Caller
from hospital.people.keys import person_key, role_key
from hospital.people.store import persons, roles
from hospital.sms.store import queue, written
from hospital.visits.events import VisitAccepted, VisitEvent, VisitExpired, VisitFinished, VisitRefused
from hospital.work import Work
from messaging.templates import template_for

OCCASION_OF: Mapping[str, str] = {
    VisitAccepted.TYPE: "visit_accepted",
    VisitRefused.TYPE: "visit_refused",
    VisitExpired.TYPE: "visit_expired",
    VisitFinished.TYPE: "visit_finished",
}


def on_visit_changed_write_sms(envelope: dict[str, Any], by: Caller) -> None:
    """One message for one event, however often it is told."""
    event, occasion = VisitEvent.told(envelope), OCCASION_OF[envelope["type"]]
    template = template_for(event.organisation_id, occasion)
    if template is None:
        return
    person = persons.get(person_key(event.person_id))
    if person is None or not person.phone:
        return
    doctor = roles.get(role_key(event.doctor_id))
    variables = {"doctor": doctor.name if doctor else ""}
    sms = written(
        template.text,
        variables,
        phone=person.phone,
        occasion=occasion,
        now=clock.now(),
        organisation_id=event.organisation_id,
        person_id=person.id,
        terminal=person.joined_through or "web",
        registered=template.registered,
    )
    with Work(by=by, once=envelope["id"]) as work:
        queue(work, sms)
