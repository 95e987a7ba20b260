"""Asking the HIS again."""

from __future__ import annotations

from typing import Any

from hospital import clock
from hospital.caller import Caller
from hospital.his_files.events import HisFileRetryDue
from hospital.his_files.store import get_link
from hospital.people.store import get_person
from hospital.verifications.store import get_identity
from hospital.work import Work
from identity.opening_files import ask_his, keep


def on_his_file_retry_due_open(envelope: dict[str, Any], by: Caller) -> None:
    """Only the newest word counts: what was asked again meanwhile has its own retry."""
    event = HisFileRetryDue.told(envelope)
    link, identity = get_link(event.person_id), get_identity(event.person_id)
    if link is None or identity is None or link.version != event.sequence or link.state != "waiting":
        return
    asked = ask_his(link, identity, get_person(event.person_id).phone, clock.now())
    with Work(by=by, once=envelope["id"]) as work:
        keep(work, link, asked)
