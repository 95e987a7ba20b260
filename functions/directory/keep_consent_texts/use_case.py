"""Reading and wording the texts of consents."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from hospital.caller import Caller
from hospital.consents.errors import TextChanged, TextNotFound
from hospital.consents.model import OF_PLATFORM, ConsentText, Purpose
from hospital.consents.store import rewrite, texts_of
from hospital.work import Work, decided_again


class ConsentTextView(BaseModel):
    """A text as it reads for the caller's patients. `own_version` is 0 while their house has the platform's words.
    Signatures of versions before `holds_from` count no more."""

    purpose: Purpose
    own_version: int
    title: str
    text: str
    text_version: int
    holds_from: int
    changed_at: datetime | None

    @classmethod
    def of(cls, text: ConsentText, organisation_id: str) -> ConsentTextView:
        """As its house sees it."""
        shown = text.model_dump(include=set(cls.model_fields) & set(ConsentText.model_fields))
        return cls(own_version=_own_version(text, organisation_id), **shown)


class ConsentTextsView(BaseModel):
    """The text of each purpose that the caller's house words."""

    items: list[ConsentTextView]


def view_texts(*, by: Caller) -> ConsentTextsView:
    """An organisation's purposes; all of them for the platform, whose words hold where an organisation has none."""
    found = [text for text in texts_of(by.organisation_id) if _words(text.purpose, by)]
    return ConsentTextsView(items=[ConsentTextView.of(text, by.organisation_id) for text in found])


def write_text(
    purpose: Purpose, title: str, text: str, own_version: int, *, asks_anew: bool, by: Caller, now: datetime
) -> ConsentTextView:
    """The next version of a text that was read as `own_version`."""
    if not _words(purpose, by):
        raise TextNotFound

    def written() -> ConsentTextView:
        (before,) = (one for one in texts_of(by.organisation_id) if one.purpose == purpose)
        if _own_version(before, by.organisation_id) != own_version:
            raise TextChanged(purpose=purpose, text_version=before.text_version)
        with Work(by=by) as work:
            stored = rewrite(work, by.organisation_id, before, title, text, asks_anew=asks_anew, now=now)
            return work.answer(ConsentTextView.of(stored, by.organisation_id))

    return decided_again(written)


def _words(purpose: Purpose, by: Caller) -> bool:
    return not by.organisation_id or purpose not in OF_PLATFORM


def _own_version(text: ConsentText, organisation_id: str) -> int:
    return text.text_version if text.organisation_id == organisation_id else 0
