"""Consents: what counts, and which version."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import get_args

import pytest

from hospital.consents.errors import ConsentMovedOn, GuardianNeeded
from hospital.consents.first_texts import first_text
from hospital.consents.model import TRANSITIONS, Act, Consent, ConsentText, Purpose, State, require_own_age

pytestmark = pytest.mark.unit

NOW = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)
TEXT = ConsentText.of("org_1", "recording", "录制同意书", "本院录制通话，保存三年。")


def a_consent() -> Consent:
    return Consent.asked("per_1", "recording", "org_1")


@pytest.mark.parametrize("state", get_args(State))
@pytest.mark.parametrize("act", get_args(Act))
def test_what_may_be_decided_in_which_state(state, act):
    before = a_consent().decided("give", TEXT, "per_1", NOW).having(state=state)
    if (state, act) in TRANSITIONS:
        after = before.decided(act, TEXT, "per_1", NOW)
        assert after.state == TRANSITIONS[state, act]
        assert len(after.decisions) == 2
        assert after.holds(TEXT) == (act == "give")
    else:
        with pytest.raises(ConsentMovedOn):
            before.decided(act, TEXT, "per_1", NOW)


def test_a_text_that_asks_for_more_is_agreed_to_again_and_mended_words_are_not():
    given = a_consent().decided("give", TEXT, "per_1", NOW)
    mended = TEXT.rewritten("录制同意书", "本院录制通话，保存三年整。", asks_anew=False, now=NOW)
    wider = mended.rewritten("录制同意书", "本院录制通话，保存十五年。", asks_anew=True, now=NOW)
    later = wider.rewritten("录制同意书", "本院录制通话，保存十五年整。", asks_anew=False, now=NOW)
    assert [given.holds(one) for one in (TEXT, mended, wider, later)] == [True, True, False, False]
    again = given.decided("give", wider, "per_1", NOW)
    assert [one.text_version for one in again.decisions] == [1, 3]
    assert again.holds(later)


def test_a_withdrawal_names_what_was_signed():
    wider = TEXT.rewritten("录制同意书", "本院录制通话，保存十五年。", asks_anew=True, now=NOW)
    withdrawn = a_consent().decided("give", TEXT, "per_1", NOW).decided("withdraw", wider, "per_2", NOW)
    assert withdrawn.last is not None
    assert (withdrawn.last.text_version, withdrawn.last.by_person_id) == (1, "per_2")


def test_the_platforms_words_are_not_those_of_a_house():
    given = a_consent().decided("give", first_text("recording"), "per_1", NOW)
    assert given.holds(first_text("recording"))
    assert not given.holds(TEXT)


@pytest.mark.parametrize("purpose", get_args(Purpose))
def test_each_purpose_has_words_from_the_beginning(purpose):
    text = first_text(purpose)
    assert text.purpose == purpose
    assert len(text.text) >= 50


@pytest.mark.parametrize(("today", "alone"), [(date(2026, 2, 28), False), (date(2026, 3, 1), True)])
def test_from_14_on_one_agrees_for_oneself(today, alone):
    born = date(2012, 2, 29)
    if alone:
        require_own_age(born, today)
    else:
        with pytest.raises(GuardianNeeded):
            require_own_age(born, today)
