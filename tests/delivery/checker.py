"""What a journal proves, or where it names a fault. Pure: it reads facts and nothing else.

| fault | said of |
| --- | --- |
| `stuck` | a device that never came to rest after all troubles had ended |
| `unanswered` | what was said and neither acknowledged nor refused, though the devices settled |
| `lost` | what was acknowledged and a member cannot read, or a settled device does not show |
| `doubled` | what stands under two numbers, or was shown twice on one screen |
| `gap` | a number that a screen or a history leaves out |
| `order` | two messages under one number, or another number than the one acknowledged |
| `content` | what reads otherwise than it was said, or was said by nobody |
| `refused` | what was refused for good and stands there all the same |
| `unread` | an unread count or an end of the list that does not follow from the messages and marks |
| `mark` | a read or delivered mark that nobody set, went back, or lies beyond the end |
| `recall` | what was recalled and still read or shown, or was hidden without a recall |
| `audit` | what the auditor does not find as it was said |
| `place` | what somebody saw from before they joined or after they left |
| `typing` | what said that somebody writes who did not, went to others than members, or was more than a passing frame |
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from tests.delivery.facts import (
    Asked,
    Audited,
    Cleared,
    Fact,
    Fetched,
    Hidden,
    History,
    Journal,
    Line,
    Listed,
    Marked,
    Shown,
    Stuck,
    Types,
    TypingSeen,
)
from tests.delivery.known import RECALLED, STRANGER, Fault, Key, Known, covers, known_from, name_of, reads_as, span


def check(journal: Journal) -> list[Fault]:
    """All faults, in the order of the table above."""
    known = known_from(journal)
    found = [
        *(Fault("stuck", f"{fact.device}: {fact.why}") for _, fact in journal.of(Stuck)),
        *_one_order(journal, known),
        *_unanswered(known),
        *_lost(known),
        *_doubled(known),
        *_screens(journal, known),
        *_histories(known),
        *_contents(known),
        *_lists(journal, known),
        *_marks(journal, known),
        *_recalls(journal, known),
        *_audits(journal, known),
        *_places(journal, known),
        *_typing(journal, known),
    ]
    order = [line.split("`")[1] for line in (__doc__ or "").splitlines() if line.startswith("| `")]
    return sorted(dict.fromkeys(found), key=lambda fault: order.index(fault.name))


def _lines(journal: Journal) -> Iterator[tuple[Fact, Line]]:
    """Every line that anybody was given."""
    for fact in journal.facts:
        match fact:
            case Shown():
                yield fact, fact.line
            case Fetched() | History() | Audited():
                for line in fact.lines:
                    yield fact, line
            case _:
                pass


def _one_order(journal: Journal, known: Known) -> Iterator[Fault]:
    """The same message under a number, whoever reads it and when."""
    numbered: dict[tuple[str, int], tuple[str | None, str | None]] = {}
    for fact, line in _lines(journal):
        at = (fact.conversation, line.seq)
        first = known.stands.get(at)
        if first is None or first.type == RECALLED:
            known.stands[at] = line
        if (
            first is not None
            and line.id is not None
            and first.id is not None
            and (first.id, first.sender)
            != (
                line.id,
                line.sender,
            )
        ):
            yield Fault("order", f"{at} is {first.id} for one and {line.id} for {fact.device}")
        elif first is not None and RECALLED not in (first.type, line.type) and first != line:
            yield Fault("content", f"{at} reads {first.content} for one and {line.content} for {fact.device}")
    for key, acks in known.acknowledged.items():
        for _, ack in acks:
            line_there = known.stands.get((key[0], ack.seq))
            if line_there is not None and line_there.type != RECALLED and name_of(key[0], line_there) != key:
                yield Fault("order", f"{key} was acknowledged as {ack.seq}, where {line_there.id} stands")
            taken = numbered.setdefault((key[0], ack.seq), (key[0], key[1]))
            if taken != key:
                yield Fault("order", f"number {ack.seq} was acknowledged for {taken} and for {key}")


def _unanswered(known: Known) -> Iterator[Fault]:
    for key, said in known.said.items():
        if key not in known.acknowledged and key not in known.refused and said.device in known.settled:
            yield Fault("unanswered", f"{key}")


def _lost(known: Known) -> Iterator[Fault]:
    for key, acks in known.acknowledged.items():
        seq = acks[0][1].seq
        for (conversation, person), place in known.places.items():
            if conversation != key[0] or not covers(place, seq):
                continue
            history = known.histories.get((conversation, person))
            if history is not None and all(line.seq != seq for line in history.lines):
                yield Fault("lost", f"{key} was acknowledged as {seq}, {person} cannot read it")


def _doubled(known: Known) -> Iterator[Fault]:
    for key, acks in known.acknowledged.items():
        if len({ack.seq for _, ack in acks}) > 1:
            yield Fault("doubled", f"{key} was acknowledged under {sorted({ack.seq for _, ack in acks})}")
    for (conversation, person), history in known.histories.items():
        seen: dict[Key, int] = {}
        for line in history.lines:
            name = name_of(conversation, line)
            if name is not None and seen.setdefault(name, line.seq) != line.seq:
                yield Fault("doubled", f"{person} reads {name} as {seen[name]} and as {line.seq}")


def _screens(journal: Journal, known: Known) -> Iterator[Fault]:
    """Each screen shows one number after the other, and a settled one up to the end."""
    last: dict[tuple[str, str], int] = {}
    owners: dict[str, str] = {}
    for fact in journal.facts:
        screen = (fact.device, fact.conversation)
        owners[fact.device] = fact.person
        if isinstance(fact, Cleared):
            last.pop(screen, None)
        elif isinstance(fact, Shown):
            before, seq = last.get(screen), fact.line.seq
            if before is not None and seq <= before:
                yield Fault("doubled", f"{fact.device} shows {seq} again after {before}")
            elif before is not None and seq != before + 1:
                yield Fault("gap", f"{fact.device} shows {seq} right after {before}")
            last[screen] = max(seq, before or 0)
    for device in known.settled:
        for (conversation, person), history in known.histories.items():
            shown = last.get((device, conversation), 0)
            if person == owners[device] and history.lines and shown < history.lines[-1].seq:
                yield Fault("lost", f"{device} settled at {shown} of {history.lines[-1].seq} and noticed nothing")


def _histories(known: Known) -> Iterator[Fault]:
    """A history is whole: each number once, from the first that is theirs."""
    for (conversation, person), history in known.histories.items():
        place = known.places.get((conversation, person))
        numbers = [line.seq for line in history.lines]
        first = place.first_seq if place is not None else 1
        if numbers != list(range(first, first + len(numbers))):
            missing = sorted(set(range(first, max(numbers, default=0))) - set(numbers))
            yield Fault("gap", f"the history of {person} has {len(numbers)} lines from {first}, without {missing[:5]}")


def _contents(known: Known) -> Iterator[Fault]:
    """Everything reads as it was said, and nobody reads what was not said or was refused."""
    for (conversation, seq), line in known.stands.items():
        name = name_of(conversation, line)
        if name is None or line.type == RECALLED:
            continue
        said = known.said.get(name)
        if said is None:
            yield Fault("content", f"{name} stands as {seq} and was never said")
        elif not reads_as(said, line):
            yield Fault("content", f"{name} was said as {said.content} and reads {line.content}")
        if name in known.refused and not _came_back(known, name):
            yield Fault("refused", f"{name} was refused ({known.refused[name][1].code}) and stands as {seq}")


def _came_back(known: Known, name: Key) -> bool:
    """Sent twice while its writer was away, refused once, and stored when they had been taken in again: they hear that
    it stands after they heard that it does not, and the last word holds. Where the acknowledgement was lost on its way,
    it stands on their own screen."""
    at, refused = known.refused[name]
    place = known.places.get((refused.conversation, refused.person))
    was_away = place is not None and place.was_away
    told = [number for number, _ in known.acknowledged.get(name, [])]
    last = max([*told, known.seen_by_writer.get(name, -1)])
    return was_away and refused.code == STRANGER and last > at


def _lists(journal: Journal, known: Known) -> Iterator[Fault]:
    """In the end: ends, marks and unread counts follow from what was written and marked."""
    asked: dict[tuple[str, str, str], int] = defaultdict(int)
    for _, ask in journal.of(Asked):
        at = (ask.conversation, ask.person, ask.what)
        asked[at] = max(asked[at], ask.seq)
    for _, one in journal.of(Listed):
        if one.unread != one.last_seq - max(one.read_seq, one.first_seq - 1):
            yield Fault("unread", f"{one.person} has {one.unread} unread of {one.last_seq}, read to {one.read_seq}")
        if not one.final:
            continue
        history = known.histories[one.conversation, one.person]
        end = history.lines[-1].seq if history.lines else one.first_seq - 1
        if end != one.last_seq:
            yield Fault("unread", f"the list of {one.person} ends at {one.last_seq}, the history at {end}")
        own = max((line.seq for line in history.lines if line.sender == one.person), default=0)
        place = known.places.get((one.conversation, one.person))
        if place is not None and place.was_away:
            continue
        read = max(asked[one.conversation, one.person, "read"], own)
        if one.read_seq != read:
            yield Fault("unread", f"{one.person} read to {read}, the list says {one.read_seq}")
        delivered = max(asked[one.conversation, one.person, "delivered"], read)
        if one.delivered_seq != delivered:
            yield Fault("mark", f"{one.person} took in up to {delivered}, the list says {one.delivered_seq}")


def _marks(journal: Journal, known: Known) -> Iterator[Fault]:
    """No mark beyond what its owner asked for or wrote; none goes back."""
    highest: dict[tuple[str, str, str], int] = defaultdict(int)
    ends = dict(sorted(known.stands))
    own: dict[tuple[str, str], int] = defaultdict(int)
    for (conversation, seq), line in known.stands.items():
        if line.sender is not None:
            own[conversation, line.sender] = max(own[conversation, line.sender], seq)
    for _, fact in journal.of(Fact):
        match fact:
            case Asked():
                kinds = ("read", "delivered") if fact.what == "read" else ("delivered",)
                for what in kinds:
                    at = (fact.conversation, fact.person, what)
                    highest[at] = max(highest[at], fact.seq)
            case Marked():
                if fact.seq > ends.get(fact.conversation, 0):
                    yield Fault("mark", f"{fact.of} has {fact.what} {fact.seq}, beyond the end")
                if fact.seq > max(highest[fact.conversation, fact.of, fact.what], own[fact.conversation, fact.of]):
                    yield Fault("mark", f"{fact.of} has {fact.what} {fact.seq} and never asked for it")
            case _:
                pass
    yield from _marks_that_went_back(journal)


def _marks_that_went_back(journal: Journal) -> Iterator[Fault]:
    """A list asked for after a mark was known must not say less."""
    told: dict[tuple[str, str, str], list[tuple[int, int]]] = defaultdict(list)
    for place, fact in journal.of(Fact):
        if isinstance(fact, Marked):
            _raise(told[fact.conversation, fact.of, fact.what], place, fact.seq)
        elif isinstance(fact, Listed):
            for what, seq in (("read", fact.read_seq), ("delivered", fact.delivered_seq)):
                steps = told[fact.conversation, fact.person, what]
                before = max((mark for at, mark in steps if at < fact.since), default=0)
                if seq < before:
                    yield Fault("mark", f"{what} of {fact.person} went back from {before} to {seq}")
                _raise(steps, place, seq)


def _raise(steps: list[tuple[int, int]], place: int, seq: int) -> None:
    if not steps or seq > steps[-1][1]:
        steps.append((place, seq))


def _recalls(journal: Journal, known: Known) -> Iterator[Fault]:
    """Once a recall is acknowledged nobody who asks reads the message, and settled devices have hidden it."""
    shown: dict[tuple[str, str, int], bool] = {}
    for _, fact in journal.of(Fact):
        match fact:
            case Shown():
                shown[fact.device, fact.conversation, fact.line.seq] = fact.line.type != RECALLED
            case Cleared():
                for at in [at for at in shown if at[:2] == (fact.device, fact.conversation)]:
                    del shown[at]
            case Hidden():
                shown[fact.device, fact.conversation, fact.seq] = False
                if not any(
                    said.type == "recall" and said.content["seq"] == fact.seq and key[0] == fact.conversation
                    for key, said in known.said.items()
                ):
                    yield Fault("recall", f"{fact.device} hid {fact.seq}, which nobody recalled")
            case Fetched() | History():
                since = fact.since if isinstance(fact, Fetched) else len(journal)
                for line in fact.lines:
                    recalled_at, _ = known.recalls.get((fact.conversation, line.seq), (since, 0))
                    if recalled_at < since and line.type != RECALLED:
                        yield Fault("recall", f"{fact.person} reads {line.seq} though it was recalled")
                    if line.type == RECALLED and line.content != {}:
                        yield Fault("recall", f"{fact.person} still gets the content of {line.seq}")
            case _:
                pass
    owners = {fact.device: fact.person for fact in journal.facts}
    for (device, conversation, seq), is_shown in shown.items():
        if is_shown and device in known.settled and (conversation, seq) in known.recalls:
            place = known.places.get((conversation, owners[device]))
            if place is None or covers(place, known.recalls[conversation, seq][1]):
                yield Fault("recall", f"{device} still shows {seq}")


def _audits(journal: Journal, known: Known) -> Iterator[Fault]:
    """The auditor reads every message as it was said, recalled ones too."""
    for _, audited in journal.of(Audited):
        found = {line.seq: line for line in audited.lines}
        for key, acks in known.acknowledged.items():
            if key[0] != audited.conversation or key not in known.said:
                continue
            said, line = known.said[key], found.get(acks[0][1].seq)
            if line is None or not reads_as(said, line):
                yield Fault("audit", f"{key} is {line} for the auditor")


def _places(journal: Journal, known: Known) -> Iterator[Fault]:
    for fact, line in _lines(journal):
        place = known.places.get((fact.conversation, fact.person))
        if place is not None and not isinstance(fact, Audited) and not covers(place, line.seq):
            yield Fault("place", f"{fact.person} saw {line.seq}, though their place is {span(place)}")


def _typing(journal: Journal, known: Known) -> Iterator[Fault]:
    """Droppable: nobody has to hear of it. Whoever does is another member, and it has no number, id or text."""
    writers = set()
    for _, fact in journal.of(Fact):
        match fact:
            case Types():
                writers.add((fact.conversation, fact.person))
            case TypingSeen():
                if (fact.conversation, fact.of) not in writers:
                    yield Fault("typing", f"{fact.device} heard that {fact.of} writes, who did not")
                if fact.person == fact.of or (fact.conversation, fact.person) not in known.places:
                    yield Fault("typing", f"{fact.device} heard that {fact.of} writes, and is no other member")
                if fact.fields != _PASSING:
                    yield Fault("typing", f"{fact.device} heard {sorted(fact.fields - _PASSING)} with it")
            case _:
                pass


_PASSING = frozenset({"type", "conversation_id", "person_id"})
