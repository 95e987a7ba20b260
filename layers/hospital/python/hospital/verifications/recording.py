"""Writing down that somebody showed who they are: the same for every method."""

from __future__ import annotations

from datetime import datetime

from hospital.errors import ChangedMeanwhile
from hospital.verifications.errors import IdNumberTaken
from hospital.verifications.events import PersonVerified
from hospital.verifications.model import Identity, NumberClaim, Proven
from hospital.verifications.store import get_identity, identities, number_hash, numbers, owner_of_number
from hospital.work import Work


def record(work: Work, person_id: str, proven: Proven, now: datetime) -> Identity:
    """The identity as it is stored with `work`; the number is the person's from then on.

    Raises `IdNumberTaken` and `AlreadyVerified`. Ask only after whoever judges it has agreed: else a stranger would
    learn here which numbers have accounts.
    """
    owner = owner_of_number(proven.number.text)
    if owner not in (None, person_id):
        raise IdNumberTaken
    before = get_identity(person_id)
    if before is None:
        stored = work.add(identities, Identity.of(person_id, proven, now), otherwise=ChangedMeanwhile())
    else:
        stored = work.change(identities, before, before.shown_again(proven, now))
    if owner is None:
        claim = NumberClaim(id=number_hash(proven.number.text), person_id=person_id)
        work.add(numbers, claim, otherwise=IdNumberTaken())
    work.emit(PersonVerified.of(stored))
    return stored
