"""The checker names every kind of fault in journals that hold one, and none in a sound journal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.delivery.checker import check
from tests.delivery.facts import (
    Acknowledged,
    Asked,
    Audited,
    Cleared,
    Content,
    Fact,
    Fetched,
    Hidden,
    History,
    Journal,
    Line,
    Listed,
    Marked,
    Place,
    Refused,
    Said,
    Settled,
    Shown,
    Stuck,
    Types,
    TypingSeen,
)
from tests.delivery.known import reads_as

pytestmark = pytest.mark.unit

GREETING = Line(1, None, None, "system", {"text": "您好"})
FIRST = Line(2, "a-1", "ann", "text", {"text": "头痛"})
SECOND = Line(3, "b-1", "bob", "text", {"text": "几天了？"})
TAKEN_BACK = Line(4, "a-2", "ann", "recall", {"seq": 2})
GONE = Line(2, "a-1", "ann", "recalled", {})
BEFORE, AFTER = (GREETING, FIRST, SECOND), (GREETING, GONE, SECOND, TAKEN_BACK)

PASSING = frozenset({"type", "conversation_id", "person_id"})

Facts = list[Fact]


def said(line: Line) -> Facts:
    """Said and acknowledged by the sender's first device."""
    assert line.sender is not None and line.id is not None
    by = (f"{line.sender}.1", line.sender, "c")
    return [Said(*by, line.id, line.type, line.content), Acknowledged(*by, line.id, line.seq)]


def shown(device: str, *lines: Line) -> Facts:
    """On that device's screen."""
    return [Shown(device, device[:3], "c", line) for line in lines]


def sound() -> Facts:
    """Two people, three devices: two messages, a mark, a recall."""
    facts: Facts = [*shown("ann.1", GREETING), *said(FIRST), *said(SECOND)]
    facts += [Types("ann.1", "ann", "c"), TypingSeen("bob.1", "bob", "c", "ann", PASSING)]
    facts += [
        *shown("bob.1", *BEFORE),
        Asked("bob.1", "bob", "c", "read", 3),
        Marked("ann.1", "ann", "c", "bob", "read", 3),
    ]
    facts += [Fetched("ann.2", "ann", "c", BEFORE, len(facts)), *shown("ann.2", *BEFORE)]
    facts += [Listed("bob.1", "bob", "c", 1, 3, 3, 3, 0, len(facts))]
    facts += [*said(TAKEN_BACK), *shown("ann.1", FIRST, SECOND, TAKEN_BACK), Hidden("ann.1", "ann", "c", 2)]
    facts += [*shown("ann.2", TAKEN_BACK), Hidden("ann.2", "ann", "c", 2), Cleared("bob.1", "bob", "c")]
    facts += [Fetched("bob.1", "bob", "c", AFTER, len(facts)), *shown("bob.1", *AFTER), Hidden("bob.1", "bob", "c", 2)]
    facts += [Settled(device, device[:3], "c") for device in ("ann.1", "ann.2", "bob.1")]
    for person, read in (("ann", 4), ("bob", 3)):
        facts += [Place("", person, "c", 1, None), History("", person, "c", AFTER)]
        facts += [Listed("", person, "c", 1, 4, read, read, 4 - read, len(facts), True)]
    return [*facts, Audited("", "", "c", (*BEFORE, TAKEN_BACK))]


def swap(old: Fact, new: Fact | None) -> Callable[[Facts], Facts]:
    """Puts another fact, or none, in the place of one that must be there."""

    def change(facts: Facts) -> Facts:
        assert old in facts, old
        return [new if fact == old else fact for fact in facts if fact != old or new is not None]  # type: ignore[misc]

    return change


def swap_line(kind: type[Fact], old: Line, new: Line | None, person: str = "bob") -> Callable[[Facts], Facts]:
    """Changes a line in that person's `kind` facts."""

    def changed(fact: Fact) -> Fact:
        if not isinstance(fact, kind) or fact.person != person:
            return fact
        lines = tuple(new if line == old else line for line in fact.lines if line != old or new is not None)  # type: ignore[attr-defined]
        return replace(fact, lines=lines)  # type: ignore[call-arg]

    return lambda facts: [changed(fact) for fact in facts]


def also(*more: Fact) -> Callable[[Facts], Facts]:
    """With these facts behind the others."""
    return lambda facts: [*facts, *more]


def text(words: str) -> Content:
    """A text's content."""
    return {"text": words}


ANN, BOB = ("ann.1", "ann", "c"), ("bob.1", "bob", "c")
WRONG: dict[str, tuple[str, Callable[[Facts], Facts]]] = {
    "never at rest": ("stuck", also(Stuck(*ANN, "1 to say"))),
    "never acknowledged": ("unanswered", also(Said(*ANN, "a-9", "text", text("还在吗")))),
    "not in a history": ("lost", swap_line(History, SECOND, None)),
    "not on a settled device": ("lost", swap(Shown("ann.2", "ann", "c", TAKEN_BACK), None)),
    "acknowledged, then nowhere": ("lost", also(*said(Line(5, "b-9", "bob", "text", text("不见了"))))),
    "acknowledged under two numbers": ("doubled", also(Acknowledged(*ANN, "a-1", 3))),
    "stored twice": ("doubled", swap_line(History, TAKEN_BACK, replace(SECOND, seq=4))),
    "shown twice": ("doubled", swap(Shown(*BOB, SECOND), Shown(*BOB, FIRST))),
    "shown over a gap": ("gap", swap(Shown("ann.1", "ann", "c", SECOND), None)),
    "a hole in a history": ("gap", swap_line(History, GONE, None)),
    "two messages under one number": ("order", swap_line(History, SECOND, replace(SECOND, id="b-7"))),
    "another number than acknowledged": ("order", swap(Acknowledged(*BOB, "b-1", 3), Acknowledged(*BOB, "b-1", 4))),
    "reads differently": ("content", swap_line(History, SECOND, replace(SECOND, content=text("几个月了？")))),
    "never said": ("content", swap(Said(*BOB, "b-1", "text", text("几天了？")), None)),
    "said otherwise": (
        "content",
        swap(Said(*BOB, "b-1", "text", text("几天了？")), Said(*BOB, "b-1", "text", text("?"))),
    ),
    "refused and stored": ("refused", also(Refused(*BOB, "b-1", "conversation.closed"))),
    "a mark that nobody set": ("mark", also(Marked(*ANN, "bob", "read", 4))),
    "a mark beyond the end": ("mark", also(Marked(*ANN, "bob", "delivered", 9))),
    "recalled and still read": ("recall", swap_line(History, GONE, FIRST)),
    "recalled, its content left": ("recall", swap_line(History, GONE, replace(GONE, content=text("头痛")))),
    "recalled and still shown": ("recall", swap(Hidden("ann.2", "ann", "c", 2), None)),
    "hidden without a recall": ("recall", also(Hidden(*ANN, 3))),
    "gone for the auditor": ("audit", swap_line(Audited, FIRST, GONE, "")),
    "seen from before joining": ("place", swap(Place("", "bob", "c", 1, None), Place("", "bob", "c", 2, None))),
    "nobody writes": ("typing", also(TypingSeen(*ANN, "bob", PASSING))),
    "told that one writes oneself": ("typing", also(TypingSeen("ann.2", "ann", "c", "ann", PASSING))),
    "a stranger hears who writes": ("typing", also(TypingSeen("eve.1", "eve", "c", "ann", PASSING))),
    "writing with a number": ("typing", also(TypingSeen(*BOB, "ann", PASSING | {"seq"}))),
    "seen after leaving": ("place", swap(Place("", "bob", "c", 1, None), Place("", "bob", "c", 1, 3))),
}


def test_a_sound_journal_has_no_fault() -> None:
    assert check(Journal(sound())) == []


def test_a_file_reads_as_its_upload_whatever_the_hospital_found_out() -> None:
    """Told to all alike, and never another one."""
    sent, found = Said("ann.1", "ann", "c", "a-1", "image", {"upload_id": "upl_1"}), {"upload_id": "upl_1", "width": 20}
    assert reads_as(sent, replace(FIRST, type="image", content=found))
    assert not reads_as(sent, replace(FIRST, type="image", content=found | {"upload_id": "upl_2"}))
    assert not reads_as(sent, replace(FIRST, type="file", content=found))


def test_who_came_back_may_be_acknowledged_after_all() -> None:
    """Refused as a stranger, taken in again, stored: no fault if that was the last word, and for nobody else."""
    stranger = Refused("bob.1", "bob", "c", "b-1", "conversation.not_found")
    away = swap(Place("", "bob", "c", 1, None), Place("", "bob", "c", 1, None, was_away=True))
    told = Acknowledged("bob.1", "bob", "c", "b-1", 3)
    assert check(Journal([*away(sound()), stranger, told])) == []
    for facts in ([*away(sound()), stranger], [*sound(), stranger, told]):
        assert {fault.name for fault in check(Journal(facts))} == {"refused"}


def unread_wrong(facts: Facts) -> Facts:
    """The last list of a person counts one too many."""
    return [
        replace(fact, unread=fact.unread + 1) if isinstance(fact, Listed) and fact.final else fact for fact in facts
    ]


def mark_goes_back(facts: Facts) -> Facts:
    """A list asked for later says less than a mark that was told."""
    return [*facts, Listed(*BOB, 1, 4, 2, 3, 2, len(facts))]


WRONG["wrong count"] = ("unread", unread_wrong)
WRONG["a mark that goes back"] = ("mark", mark_goes_back)


@pytest.mark.parametrize("case", WRONG)
def test_each_kind_of_fault_is_named(case: str) -> None:
    name, change = WRONG[case]
    assert name in {fault.name for fault in check(Journal(change(sound())))}


def test_every_fault_of_the_table_has_a_case() -> None:
    """None of the checker's names is there without a journal that has it."""
    from tests.delivery import checker

    names = {line.split("`")[1] for line in (checker.__doc__ or "").splitlines() if line.startswith("| `")}
    assert {name for name, _ in WRONG.values()} == names
