"""Where consents and their texts are kept, and the one way to ask for a consent: `require`."""

from __future__ import annotations

from datetime import datetime
from typing import get_args

from hospital.consents import keys
from hospital.consents.errors import ConsentMissing, TextChanged, TextNotFound
from hospital.consents.events import ConsentTextChanged, report
from hospital.consents.first_texts import first_text
from hospital.consents.model import Act, Consent, ConsentText, Edition, Purpose, kept_with
from hospital.table import Collection
from hospital.work import Work

PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
_MOST = 500

consents = Collection(
    Consent, "people", key=lambda one: keys.consent_key(one.person_id, one.purpose, one.organisation_id)
)
texts = Collection(ConsentText, "people", key=lambda one: keys.text_key(one.organisation_id, one.purpose))
editions = Collection(
    Edition,
    "people",
    key=lambda one: keys.edition_key(one.organisation_id, one.purpose, one.text_version),
    audited=False,  # written once, beside the text, whose own line tells of it
)


def require(purpose: Purpose, person_id: str, organisation_id: str = "") -> Consent:
    """The person's consent to `purpose`, as it stands at this moment; `ConsentMissing` (403). One read.

    The only way by which use cases ask: a withdrawal counts from the next call on.
    """
    consent, text = read(purpose, person_id, organisation_id)
    if not consent.holds(text):
        raise ConsentMissing(
            rule="PIPL-CONSENT",
            purpose=purpose,
            organisation_id=consent.organisation_id,
            text_version=text.text_version,
        )
    return consent


def read(purpose: Purpose, person_id: str, organisation_id: str = "") -> tuple[Consent, ConsentText]:
    """What the person decided, and the text as it reads for them now: the organisation's own, else the platform's."""
    kept = kept_with(purpose, organisation_id)
    place = keys.consent_key(person_id, purpose, kept)
    own, common = keys.text_key(kept, purpose), keys.text_key("", purpose)
    items = consents.table.read_all(dict.fromkeys((place, own, common)))
    consent = consents.from_item(items[place]) if place in items else Consent.asked(person_id, purpose, kept)
    found = items.get(own) or items.get(common)
    return consent, texts.from_item(found) if found else first_text(purpose)


def decided_by(person_id: str) -> list[Consent]:
    """Everything the person decided."""
    found, _ = consents.between(keys.consents_key(person_id), "a", "~", limit=_MOST)
    return found


def texts_of(organisation_id: str) -> list[ConsentText]:
    """The text of each purpose as it reads at an organisation now (for the platform: its own)."""
    places = [keys.text_key(one, purpose) for one in {organisation_id, ""} for purpose in PURPOSES]
    items = texts.table.read_all(places)
    found = []
    for purpose in PURPOSES:
        item = items.get(keys.text_key(kept_with(purpose, organisation_id), purpose))
        item = item or items.get(keys.text_key("", purpose))
        found.append(texts.from_item(item) if item else first_text(purpose))
    return found


def get_edition(organisation_id: str, purpose: Purpose, text_version: int) -> Edition:
    """A text as it once read; `TextNotFound`."""
    found = editions.get(keys.edition_key(organisation_id, purpose, text_version))
    if found is None and not organisation_id and text_version == 1:
        return Edition.of(first_text(purpose))
    if found is None:
        raise TextNotFound
    return found


# -- writing, within a transaction ------------------------------------------------------------------------------------


def decide(
    work: Work, act: Act, before: Consent, text: ConsentText, text_version: int, by_person_id: str, now: datetime
) -> Consent:
    """The decision as it is stored with `work`. `TextChanged` when another version was shown than is to be signed."""
    if act != "withdraw" and text_version != text.text_version:
        raise TextChanged(purpose=text.purpose, text_version=text.text_version)
    after = before.decided(act, text, by_person_id, now)
    stored = work.change(consents, before, after) if before.version else work.add(consents, after)
    work.emit(report(act, stored))
    return stored


def rewrite(
    work: Work, organisation_id: str, before: ConsentText, title: str, text: str, *, asks_anew: bool, now: datetime
) -> ConsentText:
    """The next version as it is stored with `work`; the first of its own, where the organisation had the platform's."""
    if before.organisation_id != organisation_id:
        after = ConsentText.of(organisation_id, before.purpose, title, text).having(changed_at=now)
    else:
        after = before.rewritten(title, text, asks_anew=asks_anew, now=now)
    stored = work.change(texts, before, after) if before.version and after.id == before.id else work.add(texts, after)
    work.add(editions, Edition.of(stored))
    work.emit(ConsentTextChanged.of(stored))
    return stored
