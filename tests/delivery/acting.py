"""Carries a script out: people act on their devices, devices on the hospital, and everything is noted.

The hospital is whatever is a `Ground`: the functions in this process under seeded turns (`memory`), or a running local
hospital (`running`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from tests.delivery.checker import check
from tests.delivery.device import Device, listed
from tests.delivery.effects import Effect, Fetch, Hang, Look
from tests.delivery.facts import Acknowledged, Audited, History, Journal, Line, Place, Said, Settled, Stuck
from tests.delivery.known import Fault
from tests.delivery.script import Act, Script, held_by, said


@dataclass(frozen=True)
class Event:
    """What happened to a device: `opened`, `closed`, `frame`, `page`, `list`, `failed`, `gone`."""

    device: int
    what: str
    asked: Fetch | Look | None = None
    answer: Any = None


class Ground(Protocol):
    """Where the hospital runs. `now` is in a unit of its own, in which heartbeat and patience are given too."""

    heartbeat: float
    patience: float
    people: list[str]
    conversations: list[str]

    def now(self) -> float: ...
    def do(self, device: int, effect: Effect) -> None: ...
    def breaks(self, device: int) -> None: ...
    def stalls(self, device: int, is_stalled: bool) -> None: ...
    def happened(self) -> list[Event]: ...
    def calms_down(self) -> None: ...
    def parts(self, conversation: int, person: int) -> bool | None:
        """The person leaves; None when nobody knows whether that was done."""
        ...

    def joins(self, conversation: int, person: int) -> bool | None:
        """The owner takes the person in; likewise."""
        ...

    def holds(self, conversation: int, person: int, type_: str) -> dict[str, Any] | None:
        """What that person sends of that type: a card of a record, a file that was uploaded and checked. None where
        there is none to send: then they say it in words."""
        ...

    def strikes(self, what: str) -> None: ...
    def asks(self, person: int, path: str) -> Any: ...
    def audits(self, conversation: int, query: str) -> Any | None: ...


@dataclass
class Run:
    """One run of a script on a ground."""

    script: Script
    ground: Ground
    make: type[Device] = Device
    journal: Journal = field(default_factory=Journal)
    devices: list[Device] = field(default_factory=list)
    said: int = 0
    _stalled: dict[int, int] = field(default_factory=dict)
    _away: dict[int, set[int]] = field(default_factory=dict)
    _left: set[tuple[int, int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        ground = self.ground
        for number, person in enumerate(self.script.devices):
            device = self.make(
                f"{person}.{number}",
                ground.people[person],
                self.journal,
                heartbeat=ground.heartbeat,
                patience=ground.patience,
            )
            self.devices.append(device)

    def acts(self, pace: int) -> None:
        """The whole script, with `pace` rounds of events between one act and the next."""
        for number, act in enumerate(self.script.acts):
            self.does(number, act)
            for _ in range(pace):
                self.turn()

    def settles(self, most: float) -> None:
        """No more troubles; everybody comes back, and goes on until nothing is left to do. What is not settled after
        `most` units of time stays so, and the journal says it."""
        self.ground.calms_down()
        for number, device in enumerate(self.devices):
            if number in self._stalled:
                self.ground.stalls(number, False)
            if not device.wanted:
                device.comes()
        since, until = len(self.journal), self.ground.now() + most
        while not all(device.is_quiet(since) for device in self.devices) and self.ground.now() < until:
            self.turn()
        for device in self.devices:
            if device.is_quiet(since):
                self.journal.note(Settled(device.name, device.person, ""))
            else:
                self.journal.note(Stuck(device.name, device.person, "", device.said_of_itself()))

    def looks(self) -> None:
        """What everybody can read in the end, and the auditor."""
        for number, members in enumerate(self.script.conversations):
            conversation = self.ground.conversations[number]
            path = f"/conversations/{conversation}"
            whole: tuple[Line, ...] = ()
            for member in members:
                person = self.ground.people[member]
                item = self.ground.asks(member, path)
                if item is None:  # has not come yet
                    continue
                lines = self._history(lambda query: self.ground.asks(member, f"{path}/messages?{query}"))  # noqa: B023
                whole = whole or lines  # the owner's, who never leaves
                self.journal.note(self._place(number, member, whole))
                self.journal.note(History("", person, conversation, lines))
                self.journal.note(listed("", person, item, len(self.journal), final=True))
            if self.ground.audits(number, "limit=1") is not None:
                audited = self._history(lambda query: self.ground.audits(number, query))  # noqa: B023
                self.journal.note(Audited("", "", conversation, audited))

    def faults(self) -> list[Fault]:
        """What the checker finds."""
        return check(self.journal)

    def turn(self) -> None:
        """What happened since the last turn reaches the devices."""
        for event in self.ground.happened():
            self.do(event.device, self._answered(event))
        for number, device in enumerate(self.devices):
            self.do(number, device.ticks(self.ground.now()))

    def _history(self, page_of: Any) -> tuple[Line, ...]:
        lines: list[Line] = []
        last = 0
        while True:
            page = page_of(f"after={last}&limit=100")
            lines += [Line.of(message) for message in page["items"]]
            if page["complete"] or not page["items"]:
                return tuple(lines)
            last = lines[-1].seq

    def _answered(self, event: Event) -> list[Effect]:
        device = self.devices[event.device]
        match event.what, event.asked:
            case "opened", _:
                return device.opened()
            case "closed", _:
                return [one for one in device.closes() if not isinstance(one, Hang)]
            case "frame", _:
                return device.heard(event.answer)
            case "page", Fetch() as fetch:
                return device.fetched(fetch, event.answer)
            case "list", Look() as look:
                return device.looked(look, event.answer["items"])
            case "gone", Fetch() as fetch:
                device.loses(fetch.conversation)
                return []
            case _, (Fetch() | Look()) as asked:
                return device.fails(asked)
            case _:
                raise ValueError(event.what)

    def do(self, number: int, effects: list[Effect]) -> None:
        """What a device wants done."""
        for effect in effects:
            self.ground.do(number, effect)

    def does(self, number: int, act: Act) -> None:
        """The act of that number."""
        device, conversation = self.devices[act.device], self.ground.conversations[act.conversation]
        self._wakes(number)
        if act.what in ("drop", "kill"):
            self.ground.strikes(act.what)
        elif act.what == "part":
            self._comes_or_goes(act)
        elif act.what == "break":
            self.ground.breaks(act.device)
            self.do(act.device, device.closes())
        elif act.what == "stall":
            self.ground.stalls(act.device, True)
            self._stalled[act.device] = number + 10
        elif act.what == "leave":
            self.do(act.device, device.leaves())
            self._stalled[act.device] = number + 5 + int(act.luck * 20)
        elif act.what == "reload":
            self.do(act.device, device.reloads())
        elif conversation in device.screens:
            self.do(act.device, self._talks(device, conversation, act, number))
        elif act.what == "say":
            # Said before the device has even seen the conversation: the outbox takes it all the same.
            self.do(act.device, self._talks(device, conversation, act, number))

    def _talks(self, device: Device, conversation: str, act: Act, number: int) -> list[Effect]:
        id_ = f"{self.script.seed}-{act.device}-{number:06d}"
        if act.what == "say":
            self.said += 1
            type_ = held_by(act)
            held = self.ground.holds(act.conversation, self.script.devices[act.device], type_) if type_ else None
            return device.says(conversation, id_, *((type_, held) if type_ and held else said(act, number)))
        if act.what == "read":
            return device.reads(conversation)
        if act.what == "recall":
            seq = self._own_newest(device, conversation)
            return device.recalls(conversation, id_, seq) if seq else []
        return device.types(conversation)

    def _own_newest(self, device: Device, conversation: str) -> int | None:
        """The number of the message that this person wrote last here, unless it was taken back already."""
        mine = {
            fact.id: fact.seq
            for fact in self.journal.facts
            if isinstance(fact, Acknowledged) and (fact.person, fact.conversation) == (device.person, conversation)
        }
        for fact in self.journal.facts:
            if isinstance(fact, Said) and fact.type == "recall":
                mine.pop(fact.id, None)
                mine = {id_: seq for id_, seq in mine.items() if seq != fact.content["seq"]}
        return max(mine.values(), default=None)

    def _comes_or_goes(self, act: Act) -> None:
        """Members of groups but the owner leave and come back. A group that shows newcomers only what is said from
        then on has a last member who comes late, and nobody comes back to it."""
        members, person = self.script.conversations[act.conversation], self.script.devices[act.device]
        if 0 in members or person == members[0]:
            return
        away = self._away.setdefault(act.conversation, self.script.late(act.conversation))
        if person not in away:
            if self.ground.parts(act.conversation, person) is not False:
                away.add(person)
                self._left.add((act.conversation, person))
        elif self.script.history(act.conversation) == "from_join" and (act.conversation, person) in self._left:
            return
        elif self.ground.joins(act.conversation, person) is not False:
            away.discard(person)

    def _place(self, number: int, member: int, whole: tuple[Line, ...]) -> Place:
        """What the history rule says of a member, by the lines that say who came and went."""
        person, history = self.ground.people[member], self.script.history(number)
        first, last, was_away = (
            (1, None, False) if member not in self.script.late(number) else (len(whole) + 1, 0, True)
        )
        for line in whole:
            told = line.content
            if told.get("event") == "left" and told["member"]["person_id"] == person:
                last, was_away = line.seq, True
            elif told.get("event") == "joined" and any(one["person_id"] == person for one in told["members"]):
                first, last = (1 if history == "all" else line.seq), None
        return Place("", person, self.ground.conversations[number], first, last, was_away)

    def _wakes(self, number: int) -> None:
        for device, until in list(self._stalled.items()):
            if number >= until:
                del self._stalled[device]
                self.ground.stalls(device, False)
                if not self.devices[device].wanted:
                    self.devices[device].comes()
