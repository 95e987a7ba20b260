"""Asking the HIS for a person's file, once or again: the person and the retry do the same."""

from __future__ import annotations

from datetime import datetime

from adapters import his
from adapters.his import HisAnsweredAnother, HisRefused, HisUnavailable, NewFile
from hospital.health_cards.model import shown_card
from hospital.health_cards.store import cards_of
from hospital.his_files.events import HisFileNotOpened, HisFileOpened, HisFileRetryDue
from hospital.his_files.model import HisFileLink
from hospital.his_files.store import get_order, links
from hospital.observability import count
from hospital.trying_again import put_down
from hospital.verifications.model import Identity
from hospital.work import Work


def ask_his(link: HisFileLink, identity: Identity, phone: str | None, now: datetime) -> HisFileLink:
    """What the link becomes by the HIS's answer, or by its silence. Asked under the link's own id, the HIS opens one
    file at most. An e-health card of theirs goes with it."""
    shown = shown_card(cards_of(link.person_id), get_order(link.person_id).default_id)
    new = NewFile(identity.id_number, identity.name, identity.sex, identity.birth_date, phone or "", shown)
    try:
        opened = his.his().open_file(new, key=link.id)
    except HisUnavailable as away:
        return link.unanswered(str(away.facts.get("reason", "unavailable")), now)
    except HisRefused as no:
        return link.refused(str(no.facts.get("reason", "refused")))
    except HisAnsweredAnother:
        return link.disputed()
    return link.answered(opened.patient_number, now)


def keep(work: Work, before: HisFileLink, after: HisFileLink) -> HisFileLink:
    """Stores the answer, reports it, and says when the HIS is asked again."""
    count("his_file", state=after.state)
    told = HisFileOpened.of if after.is_open else HisFileNotOpened.of
    return put_down(work, links, before, after, told=told, again=HisFileRetryDue.of)


def link_of(person_id: str, found: HisFileLink | None, now: datetime) -> HisFileLink:
    """The link as it is, or a new one."""
    return found or HisFileLink.ask(person_id, now)
