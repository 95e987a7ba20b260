"""A device, pure: the reference of what every client has to do so that nothing is lost, doubled or out of order.

It is told what happened (`opened`, `heard`, `fetched`, `fails`, `closes`, `ticks`) and what its person does (`says`,
`reads`, `recalls`, `reloads`); it answers what to do next (`Effect`s), and notes the facts. Time is whatever unit
`ticks` is told in. The rules:

- **Outbox.** What was said is kept until it is acknowledged or refused for good, over broken sockets and reloads, and
  is said again under the same id: at each welcome, and when no answer came in time.
- **Dedupe.** A number that is shown or held already is ignored.
- **Gap check.** Only the number after the last one is shown. A later one is held, and what lies between is fetched.
- **Heartbeat.** It says how far it holds everything; the answer names what goes further, and that is fetched.
- **Catch-up.** Pages after the last number, until a page says that it is complete.
- **Recall.** A recall hides what it names, whichever of the two comes first.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.delivery.effects import Connect, Effect, Fetch, Frame, Hang, Look, Marking, Pending, Screen, Speak
from tests.delivery.facts import (
    Acknowledged,
    Asked,
    Cleared,
    Fetched,
    Hidden,
    Journal,
    Line,
    Listed,
    Mark,
    Marked,
    Refused,
    Said,
    Shown,
    Types,
    TypingSeen,
)

RECALLED = "recalled"
TEMPORARY = frozenset({"edge.unexpected", "edge.unavailable", "edge.busy", "socket.hello_first", "session.over"})
"""Refusals that say nothing about the message: it is said again."""


class Device:
    """One device of one person."""

    def __init__(self, name: str, person: str, journal: Journal, *, heartbeat: float, patience: float) -> None:
        self.name, self.person, self.journal = name, person, journal
        self.heartbeat, self.patience = heartbeat, patience
        self.state = "away"
        self.wanted = True
        self.now = 0.0
        self.outbox: dict[str, Pending] = {}
        self.screens: dict[str, Screen] = {}
        self._call_at = self._beat_at = 0.0
        self._beating: int | None = None
        self.told_all: int | None = None
        self._looking: float | None = None

    # -- what the person does --------------------------------------------------------------------------------------

    def says(self, conversation: str, id_: str, type_: str, content: dict[str, Any]) -> list[Effect]:
        """A message, written down first."""
        frame = {"action": "send", "id": id_, "conversation_id": conversation, "type": type_, "content": content}
        return self._puts(conversation, id_, type_, content, frame)

    def recalls(self, conversation: str, id_: str, seq: int) -> list[Effect]:
        """Takes a message back."""
        frame = {"action": "recall", "id": id_, "conversation_id": conversation, "seq": seq}
        return self._puts(conversation, id_, "recall", {"seq": seq}, frame)

    def types(self, conversation: str) -> list[Effect]:
        """Is writing: told once, by a frame that may get lost."""
        if self.state != "here":
            return []
        self.journal.note(Types(self.name, self.person, conversation))
        return [Speak({"action": "typing", "conversation_id": conversation})]

    def reads(self, conversation: str) -> list[Effect]:
        """The person has seen what is on the screen."""
        screen = self.screens.get(conversation)
        if screen is None or screen.is_left or self.state != "here" or screen.have < max(screen.first, 1):
            return []
        screen.delivered = max(screen.delivered, screen.have)
        return self._marks(conversation, screen, "read")

    def reloads(self) -> list[Effect]:
        """The page is loaded anew: only the outbox is left."""
        for conversation in self.screens:
            self.journal.note(Cleared(self.name, self.person, conversation))
        self.screens.clear()
        return self.closes(at_once=True)

    def leaves(self) -> list[Effect]:
        """The page is closed, until `comes`."""
        self.wanted = False
        return self.closes()

    def comes(self) -> list[Effect]:
        """The page is opened again."""
        self.wanted, self._call_at = True, 0.0
        return []

    # -- what happens to it ----------------------------------------------------------------------------------------

    def ticks(self, now: float) -> list[Effect]:
        """Time goes on."""
        self.now = now
        return list(self._ticks(now))

    def _ticks(self, now: float) -> Iterator[Effect]:
        if self.state == "away":
            if self.wanted and now >= self._call_at:
                self.state, self._call_at = "calling", now + 5 * self.patience
                yield Connect()
            return
        if self.state in ("calling", "greeting"):
            if now >= self._call_at:
                yield from self.closes()
            return
        if now >= self._beat_at:
            if self._beating is not None and now >= self._beat_at + 2 * self.patience:
                yield from self.closes()  # nobody answers: the line is dead
                return
            if self._beating is None:
                self._beating, self._beat_at = len(self.journal), now + self.heartbeat
                yield Speak({"action": "ping", "have": self._have()})
        for pending in self.outbox.values():
            if pending.said_at is None or now >= pending.said_at + self.patience:
                pending.said_at = now
                yield Speak(pending.frame)
        if self._looking is not None and now >= self._looking + 3 * self.patience:
            self._looking = now
            yield Look(len(self.journal))
        for conversation, screen in self.screens.items():
            yield from self._looks_after(conversation, screen, now)

    def _looks_after(self, conversation: str, screen: Screen, now: float) -> Iterator[Effect]:
        if screen.fetching is not None and now >= screen.fetching + 3 * self.patience:
            screen.fetching = None
            yield from self._catches_up(conversation, screen)
        if screen.is_left:
            return
        for what, marking in screen.marking.items():
            if now >= marking.said_at + self.patience:
                marking.said_at = now
                yield Speak({"action": what, "conversation_id": conversation, "seq": marking.seq})
        if screen.have > screen.delivered and now >= screen.delivers_at:
            screen.delivered, screen.delivers_at = screen.have, now + self.heartbeat
            yield from self._marks(conversation, screen, "delivered")

    def opened(self) -> list[Effect]:
        """The connection stands."""
        self.state = "greeting"
        return [Speak({"action": "hello", "v": 1, "device": self.name, "have": self._have()})]

    def closes(self, *, at_once: bool = False) -> list[Effect]:
        """The connection is gone, or was refused, or is given up."""
        was_away, self.state = self.state == "away", "away"
        self._call_at = self.now if at_once else self.now + self.patience / 2
        self._beating = self._looking = None
        for pending in self.outbox.values():
            pending.said_at = None
        for screen in self.screens.values():
            screen.fetching = None
        return [] if was_away else [Hang()]

    def heard(self, frame: Frame) -> list[Effect]:
        """A frame came."""
        answer = getattr(self, f"_hears_{frame.get('type')}", None)
        return list(answer(frame)) if answer else []

    def fetched(self, asked: Fetch, page: dict[str, Any]) -> list[Effect]:
        """The answer to `Fetch`."""
        screen = self.screens.get(asked.conversation)
        if screen is None:
            return []
        lines = tuple(Line.of(message) for message in page["items"])
        self.journal.note(Fetched(self.name, self.person, asked.conversation, lines, asked.since))
        screen.fetching = None
        for line in lines:
            self._takes(asked.conversation, screen, line)
        if not page["complete"] or (screen.held and lines):
            return self._catches_up(asked.conversation, screen)
        return []

    def looked(self, asked: Look, items: list[dict[str, Any]]) -> list[Effect]:
        """The answer to `Look`: conversations that it did not know are fetched from their first number."""
        self._looking = None
        effects: list[Effect] = []
        for item in items:
            self.journal.note(listed(self.name, self.person, item, asked.since))
            if item["id"] not in self.screens:
                self.screens[item["id"]] = Screen(item["first_seq"], item["first_seq"] - 1)
            screen = self.screens[item["id"]]
            if item["last_seq"] > screen.have:
                effects += self._catches_up(item["id"], screen)
        return effects

    def fails(self, asked: Fetch | Look) -> list[Effect]:
        """A request was not answered: it is asked again in time."""
        if isinstance(asked, Look):
            self._looking = self.now
        elif asked.conversation in self.screens:
            self.screens[asked.conversation].fetching = self.now
        return []

    def loses(self, conversation: str) -> None:
        """The conversation is not theirs any more."""
        self.screens.pop(conversation, None)

    def is_quiet(self, since: int) -> bool:
        """Nothing is left to do: all was acknowledged and shown, and a heartbeat that began after that place in the
        journal had nothing new."""
        screens = self.screens.values()
        return (
            self.state == "here"
            and self.told_all is not None
            and self.told_all >= since
            and not self.outbox
            and self._looking is None
            and all(screen.fetching is None and not screen.held and not screen.marking for screen in screens)
            and all(screen.is_left or screen.delivered >= screen.have for screen in screens)
        )

    def said_of_itself(self) -> str:
        """What is left to do, for whoever looks for the reason."""
        open_screens = {
            conversation: (screen.have, sorted(screen.held), screen.fetching, dict(screen.marking))
            for conversation, screen in self.screens.items()
            if screen.held or screen.fetching is not None or screen.marking
        }
        to_say = [pending.frame["action"] for pending in self.outbox.values()]
        return f"{self.state}, to say {to_say}, told all at {self.told_all}, screens {open_screens}"

    # -- frames ----------------------------------------------------------------------------------------------------

    def _hears_welcome(self, frame: Frame) -> Iterator[Effect]:
        self.state, self._beat_at, self._beating = "here", self.now + self.heartbeat, None
        self._looking = self.now
        yield Look(len(self.journal))
        yield from self._behind(frame.get("behind") or {})
        for pending in self.outbox.values():
            pending.said_at = self.now
            yield Speak(pending.frame)

    def _hears_pong(self, frame: Frame) -> Iterator[Effect]:
        since, self._beating = self._beating, None
        behind = frame.get("behind") or {}
        yield from self._behind(behind)
        newest = frame.get("newest")
        if newest is not None and newest not in self.screens and self._looking is None:
            self._looking = self.now
            yield Look(len(self.journal))
        elif not behind:
            self.told_all = since

    def _hears_message(self, frame: Frame) -> Iterator[Effect]:
        message = frame["message"]
        conversation, line = message["conversation_id"], Line.of(message)
        screen = self.screens.get(conversation)
        if screen is None:
            if self._looking is None:
                self._looking = self.now
                yield Look(len(self.journal))
            return
        self._takes(conversation, screen, line)
        if screen.held:
            yield from self._catches_up(conversation, screen)

    def _hears_ack(self, frame: Frame) -> Iterator[Effect]:
        self.journal.note(Acknowledged(self.name, self.person, frame["conversation_id"], frame["id"], frame["seq"]))
        self.outbox.pop(frame["id"], None)
        yield from ()

    def _hears_error(self, frame: Frame) -> Iterator[Effect]:
        pending = self.outbox.get(frame.get("id") or "")
        if pending is not None and frame["code"] not in TEMPORARY:
            del self.outbox[frame["id"]]
            conversation = pending.frame["conversation_id"]
            self.journal.note(Refused(self.name, self.person, conversation, frame["id"], frame["code"]))
        yield from ()

    def _hears_typing(self, frame: Frame) -> Iterator[Effect]:
        conversation, of = frame["conversation_id"], frame["person_id"]
        self.journal.note(TypingSeen(self.name, self.person, conversation, of, frozenset(frame)))
        yield from ()

    def _hears_read(self, frame: Frame) -> Iterator[Effect]:
        yield from self._hears_mark("read", frame)

    def _hears_delivered(self, frame: Frame) -> Iterator[Effect]:
        yield from self._hears_mark("delivered", frame)

    def _hears_mark(self, what: Mark, frame: Frame) -> Iterator[Effect]:
        conversation, of, seq = frame["conversation_id"], frame["person_id"], frame["seq"]
        self.journal.note(Marked(self.name, self.person, conversation, of, what, seq))
        screen = self.screens.get(conversation)
        marking = screen.marking.get(what) if screen is not None and of == self.person else None
        if screen is not None and marking is not None and seq >= marking.seq:
            del screen.marking[what]
        yield from ()

    # -- rules -----------------------------------------------------------------------------------------------------

    def _puts(self, conversation: str, id_: str, type_: str, content: dict[str, Any], frame: Frame) -> list[Effect]:
        self.journal.note(Said(self.name, self.person, conversation, id_, type_, content))
        pending = self.outbox[id_] = Pending(frame)
        if self.state != "here":
            return []
        pending.said_at = self.now
        return [Speak(frame)]

    def _marks(self, conversation: str, screen: Screen, what: Mark) -> list[Effect]:
        self.journal.note(Asked(self.name, self.person, conversation, what, screen.have))
        screen.marking[what] = Marking(screen.have, self.now)
        return [Speak({"action": what, "conversation_id": conversation, "seq": screen.have})]

    def _have(self) -> dict[str, int]:
        return {conversation: screen.have for conversation, screen in list(self.screens.items())[:50]}

    def _behind(self, behind: dict[str, int]) -> Iterator[Effect]:
        for conversation, last in behind.items():
            screen = self.screens.get(conversation)
            if screen is not None and last > screen.have:
                yield from self._catches_up(conversation, screen)

    def _takes(self, conversation: str, screen: Screen, line: Line) -> None:
        """Shows what follows without a gap, holds back the rest, ignores what is known."""
        if line.seq <= screen.have or line.seq in screen.held:
            return
        screen.held[line.seq] = line
        while self._is_next(screen):
            self._shows(conversation, screen, screen.held.pop(min(screen.held)))

    def _is_next(self, screen: Screen) -> bool:
        return screen.have + 1 in screen.held

    def _shows(self, conversation: str, screen: Screen, line: Line) -> None:
        screen.have = line.seq
        if line.seq in screen.recalled and line.type != RECALLED:
            line = Line(line.seq, line.id, line.sender, RECALLED, {})
        self.journal.note(Shown(self.name, self.person, conversation, line))
        if line.type == "recall":
            gone = line.content["seq"]
            screen.recalled.add(gone)
            self.journal.note(Hidden(self.name, self.person, conversation, gone))
        elif line.type == "system":
            self._hears_who_comes(screen, line.content)

    def _hears_who_comes(self, screen: Screen, content: dict[str, Any]) -> None:
        """Who left marks nothing any more, until they are back."""
        if content.get("event") == "left" and content["member"]["person_id"] == self.person:
            screen.is_left = True
            screen.marking.clear()
        elif content.get("event") == "joined" and any(one["person_id"] == self.person for one in content["members"]):
            screen.is_left = False

    def _catches_up(self, conversation: str, screen: Screen) -> list[Effect]:
        if screen.fetching is not None:
            return []
        screen.fetching = self.now
        return [Fetch(conversation, screen.have, len(self.journal))]


def listed(device: str, person: str, item: dict[str, Any], since: int, *, final: bool = False) -> Listed:
    """A conversation of the list, as a fact."""
    first, last, read, delivered, unread = (
        int(item[name]) for name in ("first_seq", "last_seq", "read_seq", "delivered_seq", "unread")
    )
    return Listed(device, person, item["id"], first, last, read, delivered, unread, since, final)
