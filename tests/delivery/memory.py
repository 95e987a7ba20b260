"""The hospital's own functions in this process, on the store in memory, at the same time by seeded turns.

Nothing here is left to the machine: who goes on, which function is killed at which call, which write is throttled or
whose answer is lost, which push is refused, lost, doubled or late, follows from the seed.
"""

from __future__ import annotations

import json
import random
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from typing import Any

from hospital import clock, ids
from hospital.caller import system
from hospital.conversations.model import About, Member
from hospital.conversations.store import open_conversation
from hospital.work import Work
from infra.local.store.faults import Fault
from messaging.audit_conversations.app import app as audit_conversations
from messaging.manage_conversations.app import app as manage_conversations
from messaging.on_message_stored_push.app import app as push
from messaging.open_socket.app import app as open_socket
from messaging.view_conversations.app import app as view_conversations
from messaging.ws_connect.app import app as connect
from messaging.ws_disconnect.app import app as disconnect
from messaging.ws_message.app import app as receive
from tests.builders.acting import act
from tests.builders.cloud import Cloud
from tests.builders.gateway import call
from tests.builders.people import Clinic, hire, new_patient
from tests.builders.sockets import Sockets, signed_in
from tests.delivery.acting import Event, Run
from tests.delivery.device import Device
from tests.delivery.effects import Connect, Effect, Fetch, Hang, Look, Speak
from tests.delivery.holdings import Holdings
from tests.delivery.script import TOLD, Script
from tests.delivery.turns import Turns, taking

PACE = 30
"""Turns between one act and the next."""
MOST = 120_000.0
"""Turns that it may take until everybody is settled."""

_READER = "proof"
_PUSHES = ["test-conversations"]


@dataclass(frozen=True)
class Troubles:
    """Shares (0 to 1) of what goes wrong."""

    deadly: float = 0.002  # of turns
    throttled: float = 0.01  # of operations on tables
    failing: float = 0.01
    conflicting: float = 0.02
    lost_answers: float = 0.01
    gone: float = 0.01  # of pushes: answered 410 though the device listens
    busy: float = 0.03
    lost: float = 0.03
    doubled: float = 0.05
    late: float = 0.10
    batches_doubled: float = 0.10
    given_up: float = 0.01  # of the stream's batches: nobody is pushed what is in them


CALM = Troubles(*[0.0] * len(fields(Troubles)))


class Lines(Sockets):
    """The far ends of all sockets, over lines on which pushes get lost, doubled, late and out of order."""

    def __init__(self, seed: int, troubles: Troubles, now: Callable[[], float]) -> None:
        super().__init__()
        self.troubles = troubles
        self.on_their_way: dict[str, list[tuple[float, dict[str, Any]]]] = {}
        self._seed, self._now = seed, now
        self._posts: dict[str, int] = {}
        self.met: Counter[str] = Counter()

    def answers(self, method: str, connection_id: str, body: bytes) -> int:
        """By the chance of this socket's next push."""
        if method == "DELETE" or connection_id not in self.frames:
            return super().answers(method, connection_id, body)
        number = self._posts[connection_id] = self._posts.get(connection_id, 0) + 1
        chance, troubles = random.Random(f"{self._seed}/{connection_id}/{number}"), self.troubles
        for share, met, status in (
            (troubles.gone, "pushes answered 410", 410),
            (troubles.busy, "pushes refused as too many", 429),
            (troubles.lost, "pushes lost", 200),
        ):
            if chance.random() < share:
                self.met[met] += 1
                return status
        is_late = chance.random() < troubles.late
        at = self._now() + (chance.randrange(1000) if is_late else 0)
        is_doubled = chance.random() < troubles.doubled
        self.met["pushes late, out of order"] += is_late
        self.met["pushes doubled"] += is_doubled
        way = self.on_their_way.setdefault(connection_id, [])
        for _ in range(1 + is_doubled):
            way.append((at, json.loads(body)))
        return 200

    def arrived(self, connection_id: str) -> list[dict[str, Any]]:
        """What has come since the last time."""
        way, now = self.on_their_way.get(connection_id, []), self._now()
        if not way:
            return []
        self.on_their_way[connection_id] = [one for one in way if one[0] > now]
        return [frame for at, frame in way if at <= now]


class MemoryHospital:
    """A `Ground`. Its time is counted in turns."""

    heartbeat = 3000.0
    patience = 1500.0

    def __init__(self, cloud: Cloud, clinic: Clinic, script: Script, troubles: Troubles) -> None:
        self._cloud, self._script = cloud, script
        self._chance = random.Random(f"turns {script.seed}")
        self.turns = Turns(self._chance)
        self._turn = 0
        self.lines = Lines(script.seed, CALM, self.now)
        self._happened: deque[Event] = deque()
        self._connections: dict[int, str] = {}
        self._opened = 0
        self._stalled: set[int] = set()
        self._is_pushing = False
        self._caused: list[Fault] = []
        patient = new_patient()
        self._holdings = Holdings(clinic, patient)
        self._callers = [patient.caller, clinic.doctor.caller]
        self._callers += [hire("doctor", clinic.id).caller for _ in range(script.persons - 2)]
        self._auditor = hire("auditor", clinic.id).caller
        self.people = [caller.person_id for caller in self._callers]
        self._sessions = [signed_in(self._callers[person]) for person in script.devices]
        self.conversations = [self._opens(clinic, *one) for one in enumerate(script.conversations)]
        cloud.store.done(_READER, cloud.store.last_seq())
        self.suffers(troubles)

    @contextmanager
    def open(self) -> Iterator[None]:
        """Within the block functions take turns."""
        with taking(self.turns, self.lines.answers):
            yield

    def suffers(self, troubles: Troubles) -> None:
        """From now on this goes wrong."""
        faults = self._cloud.store.faults
        faults.clear()
        self._now_troubles, self.lines.troubles, self.turns.deadly = troubles, troubles, troubles.deadly
        for trouble, share in (
            ("throttle", troubles.throttled),
            ("fail", troubles.failing),
            ("conflict", troubles.conflicting),
            ("lose answer", troubles.lost_answers),
        ):
            if share:
                self._caused.append(faults.cause(trouble, share=share))  # type: ignore[arg-type]

    def injected(self) -> dict[str, int]:
        """How often each trouble came so far, those of the script among them."""
        met = Counter({"functions killed": self.turns.killed}) + self.lines.met
        for fault in self._caused:
            met[f"table calls: {fault.trouble}"] += fault.met
        met.update(TOLD[act.what] for act in self._script.acts if act.what in TOLD)
        return dict(met)

    def _opens(self, clinic: Clinic, number: int, members: tuple[int, ...]) -> str:
        if 0 not in members:
            there = [member for member in members[1:] if member not in self._script.late(number)]
            body = {
                "type": "group",
                "name": "会诊",
                "practitioner_role_ids": [self._callers[member].practitioner_role_id for member in there],
                "history": self._script.history(number),
            }
            opened = call(manage_conversations, "POST", "/conversations", body, who=self._callers[members[0]])
            return str(opened.ok(201)["id"])
        with Work(by=system("builder"), doing="test.set_up") as work:
            joined = tuple(
                Member(person_id=one.person_id, name="某人", role=one.role or "patient")
                for one in (self._callers[member] for member in members)
            )
            about = About(type="visit", id=ids.new_id("vis"))
            return open_conversation(
                work, organisation_id=clinic.id, about=about, members=joined, greeting="您好", now=clock.now()
            ).id

    # -- what devices ask for --------------------------------------------------------------------------------------

    def now(self) -> float:
        """Turns so far."""
        return float(self._turn)

    def do(self, device: int, effect: Effect) -> None:
        """Begins it; what comes of it is told by `happened`."""
        match effect:
            case Connect():
                self._connects(device)
            case Hang():
                self.breaks(device)
            case Speak(frame):
                self._speaks(device, frame)
            case Fetch(conversation, after):
                path = f"/conversations/{conversation}/messages?after={after}&limit=100"
                self._asks(device, effect, path, "page")
            case Look():
                self._asks(device, effect, "/conversations?limit=25", "list")

    def _connects(self, device: int) -> None:
        self._opened += 1
        connection_id = f"Conn{self._opened}="
        who = self._sessions[device]

        def work() -> int:
            ticket = call(open_socket, "POST", "/tickets", who=who).ok(201)["ticket"]
            event = {"requestContext": _request(connection_id), "queryStringParameters": {"ticket": ticket}}
            status: int = act(connect, event)["statusCode"]
            return status

        def done(status: Any, error: BaseException | None) -> None:
            if error is not None or status != 200:
                self._happened.append(Event(device, "closed"))
                return
            self.lines.frames[connection_id] = []
            self._connections[device] = connection_id
            self._happened.append(Event(device, "opened"))

        self.turns.begin(work, done)

    def _speaks(self, device: int, frame: dict[str, Any]) -> None:
        connection_id = self._connections.get(device)
        if connection_id is None:
            return
        event = {"requestContext": _request(connection_id), "body": json.dumps(frame, ensure_ascii=False)}
        self.turns.begin(lambda: act(receive, event), lambda answer, error: None)

    def _asks(self, device: int, asked: Fetch | Look, path: str, what: str) -> None:
        who = self._sessions[device]

        def done(answer: Any, error: BaseException | None) -> None:
            if error is None and answer.status == 200:
                self._happened.append(Event(device, what, asked, answer.json))
            else:
                is_gone = error is None and answer.status == 404
                self._happened.append(Event(device, "gone" if is_gone else "failed", asked))

        self.turns.begin(lambda: call(view_conversations, "GET", path, who=who), done)

    def breaks(self, device: int) -> None:
        """The device's line is gone; the hospital hears of it, mostly."""
        connection_id = self._connections.pop(device, None)
        if connection_id is None:
            return
        self.lines.frames.pop(connection_id, None)
        self.lines.on_their_way.pop(connection_id, None)
        if self._chance.random() < 0.8:
            event = {"requestContext": _request(connection_id)}
            self.turns.begin(lambda: act(disconnect, event), lambda answer, error: None)

    def stalls(self, device: int, is_stalled: bool) -> None:
        """The device reads nothing from its line, until it does again."""
        (self._stalled.add if is_stalled else self._stalled.discard)(device)

    # -- time ------------------------------------------------------------------------------------------------------

    def happened(self) -> list[Event]:
        """One turn of one function; what has arrived since."""
        self._turn += 1
        if not self._is_pushing and self.turns.wrote:
            self._pushes()
        if len(self.turns):
            self.turns.step()
        else:
            self._turn += 50
        for device, connection_id in list(self._connections.items()):
            if connection_id not in self.lines.frames:
                del self._connections[device]
                self._happened.append(Event(device, "closed"))
            elif device not in self._stalled:
                for frame in self.lines.arrived(connection_id):
                    self._happened.append(Event(device, "frame", None, frame))
        found = list(self._happened)
        self._happened.clear()
        return found

    def _pushes(self, attempt: int = 0) -> None:
        """The stream's next batch, as it is delivered in the cloud: in order, at least once, given up after a while."""
        changes = self._cloud.store.changes(_READER, _PUSHES)
        self.turns.wrote = bool(changes)  # behind these there may be more
        if not changes:
            return
        last = changes[-1].seq
        records = [
            {"eventName": "INSERT", "dynamodb": {"SequenceNumber": str(change.seq), "NewImage": change.new}}
            for change in changes
            if change.name == "INSERT" and change.new is not None and change.new.get("kind") == {"S": "Message"}
        ]
        is_given_up = bool(records) and self._chance.random() < self._now_troubles.given_up
        self.lines.met["stream batches given up"] += is_given_up
        if not records or is_given_up:
            self._cloud.store.done(_READER, last)
            return
        self._is_pushing = True

        def done(answer: Any, error: BaseException | None) -> None:
            self._is_pushing = False
            failed = error is not None or answer["batchItemFailures"]
            if failed and attempt < 3:
                self._pushes(attempt + 1)
            elif not failed and self._chance.random() < self._now_troubles.batches_doubled:
                self.lines.met["stream batches doubled"] += 1
                self._pushes(attempt)
            else:
                self._cloud.store.done(_READER, last)

        self.turns.begin(lambda: act(push, {"Records": records}), done)

    def strikes(self, what: str) -> None:
        """The gateway starts anew: all sockets are gone without a word. Nothing else of this process can be killed."""
        if what == "drop":
            for device in list(self._connections):
                self.lines.frames.pop(self._connections[device], None)

    def calms_down(self) -> None:
        """Nothing goes wrong any more, but for batches that the stream gives up: the heartbeat has to do for them."""
        self.suffers(replace(CALM, given_up=self._now_troubles.given_up))

    # -- groups ----------------------------------------------------------------------------------------------------

    def parts(self, conversation: int, person: int) -> bool | None:
        """Leaves, at once for everybody: acts of groups do not take turns here."""
        path = f"/conversations/{self.conversations[conversation]}/members/{self.people[person]}"
        return _is_done(call(manage_conversations, "DELETE", path, who=self._callers[person]).status)

    def joins(self, conversation: int, person: int) -> bool | None:
        """The group's owner takes the person in."""
        owner = self._callers[self._script.conversations[conversation][0]]
        body = {"practitioner_role_ids": [self._callers[person].practitioner_role_id]}
        path = f"/conversations/{self.conversations[conversation]}/members"
        return _is_done(call(manage_conversations, "POST", path, body, who=owner).status)

    def holds(self, conversation: int, person: int, type_: str) -> dict[str, Any] | None:
        """Had at once for everybody, like acts of groups; where a trouble comes between, there is none."""
        return self._holdings.of(type_, self.conversations[conversation], self._callers[person])

    # -- the end ---------------------------------------------------------------------------------------------------

    def asks(self, person: int, path: str) -> Any:
        """The answer of a route, now; None when there is no such thing for that person."""
        answer = call(view_conversations, "GET", path, who=self._callers[person])
        return None if answer.status == 404 else answer.ok()

    def audits(self, conversation: int, query: str) -> Any | None:
        """A page as the auditor reads it."""
        path = f"/audit/conversations/{self.conversations[conversation]}/messages?{query}"
        return call(audit_conversations, "GET", path, who=self._auditor).ok()


def _is_done(status: int) -> bool | None:
    return status < 300 if status < 500 else None


def _request(connection_id: str) -> dict[str, Any]:
    return {"connectionId": connection_id, "requestId": f"req-{connection_id}", "identity": {"sourceIp": "203.0.113.7"}}


def proven(cloud: Cloud, clinic: Clinic, seed: int, messages: int, *, talking: int = 1) -> tuple[Run, MemoryHospital]:
    """A whole run: acted, settled, looked at; its journal is to be checked."""
    script = Script.made(seed, messages, talking)
    print(script)
    ground = MemoryHospital(cloud, clinic, script, Troubles())
    return carried_out(script, ground), ground


def carried_out(script: Script, ground: MemoryHospital, make: type[Device] = Device) -> Run:
    """The script on that ground, with devices of that make."""
    run = Run(script, ground, make)
    with ground.open():
        run.acts(PACE)
        run.settles(MOST)
        run.looks()
    return run
