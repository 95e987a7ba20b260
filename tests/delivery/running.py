"""A running local hospital as the ground: its gateway, its sockets and polls, its stream, its store on disk.

Devices talk to it through one event loop on a thread of its own; what happens is handed to the run through a queue.
Every third device polls instead of holding a socket.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import queue
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

import aiohttp

from tests.delivery.acting import Event
from tests.delivery.effects import Connect, Effect, Fetch, Hang, Look, Speak
from tests.delivery.script import Script
from tests.journeys.hospital import HospitalProcess, eventually
from tests.journeys.people import Clinic, Device, Doctor, Patient, Staff, in_progress

PUSHES = {"gone": 0.02, "busy": 0.03, "failed": 0.02, "lost": 0.04, "doubled": 0.05, "late": 0.10, "seconds": 0.4}
TABLES = (("throttle", 0.01), ("fail", 0.01), ("conflict", 0.02), ("lose answer", 0.01), ("kill", 0.01))
TABLE = "conversations"
_BROKEN = (aiohttp.ClientError, OSError, TimeoutError, ValueError, KeyError)


class RunningHospital:
    """A `Ground`. Its time is in seconds."""

    heartbeat = 2.0
    patience = 4.0

    def __init__(self, hospital: HospitalProcess, script: Script) -> None:
        self.hospital, self._script = hospital, script
        self.kills = 0
        clinic = Clinic.founded(hospital)
        staff = [clinic.doctor(0), clinic.doctor(1), clinic.one("nurse"), clinic.one("pharmacist")]
        self._persons: list[Device] = [Patient.new(hospital), *staff][: script.persons]
        self._auditor = clinic.one("auditor")
        self.people = [person.person_id for person in self._persons]
        self._visits: dict[int, str] = {}
        self.conversations = [self._opens(*one) for one in enumerate(script.conversations)]
        used = hospital.get("/sandbox/api/tables").json()["items"]
        self._table = next(str(one["table"]) for one in used if str(one["table"]).endswith(TABLE))
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._lines: dict[int, Line] = {}
        self._stalled: set[int] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._session: aiohttp.ClientSession | None = None

    def _opens(self, number: int, members: tuple[int, ...]) -> str:
        if 0 in members:
            patient, doctor = self._persons[0], self._persons[members[1]]
            assert isinstance(patient, Patient) and isinstance(doctor, Doctor)
            self._visits[number], opened = in_progress(patient, doctor)
            return opened
        owner, history = self._persons[members[0]], self._script.history(number)
        roles = [self._role(member) for member in members[1:] if member not in self._script.late(number)]
        body = {"type": "group", "name": "会诊", "practitioner_role_ids": roles, "history": history}
        return str(owner.ok("POST", "/messaging/conversations", body)["id"])

    def _role(self, person: int) -> str:
        staff = self._persons[person]
        assert isinstance(staff, Staff)
        return staff.role_id

    @contextmanager
    def open(self) -> Iterator[None]:
        """Within the block devices have their loop, and everything goes wrong that may."""
        self._thread.start()
        self._session = self._on_loop(_a_session())
        self._goes_wrong()
        try:
            yield
        finally:
            for line in self._lines.values():
                self._loop.call_soon_threadsafe(line.hang)
            self._on_loop(self._session.close())
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(timeout=10)

    def _on_loop(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=30)

    # -- troubles --------------------------------------------------------------------------------------------------

    def _goes_wrong(self) -> None:
        self._sandbox("/troubles", {"pushes": PUSHES, "skew_seconds": 2})
        for trouble, share in TABLES:
            self._sandbox("/tables/troubles", {"trouble": trouble, "table": self._table, "share": share})

    def calms_down(self) -> None:
        """Nothing goes wrong any more."""
        self._sandbox("/tables/troubles", {"clear": True})
        self._sandbox("/troubles", {"pushes": {}, "skew_seconds": 0})

    def strikes(self, what: str) -> None:
        """`drop`: the gateway cuts off all sockets. `kill`: kill -9, and open again on the same folder."""
        if what == "drop":
            self._sandbox("/troubles", {"drop": True})
        elif what == "kill":
            self.kills += 1
            self.hospital.restart()
            self._goes_wrong()

    def _sandbox(self, path: str, body: dict[str, Any]) -> None:
        answer = self.hospital.post(f"/sandbox/api{path}", body)
        assert answer.status_code == 200, answer.text

    # -- what devices ask for --------------------------------------------------------------------------------------

    def now(self) -> float:
        """Seconds of this machine's clock."""
        return time.monotonic()

    def do(self, device: int, effect: Effect) -> None:
        """Begins it; what comes of it is told by `happened`."""
        self._loop.call_soon_threadsafe(self._begins, device, effect)

    def _begins(self, device: int, effect: Effect) -> None:
        line = self._lines.get(device)
        match effect:
            case Connect():
                if line is not None:
                    line.hang()
                make = Poll if device % 3 == 2 else Socket
                self._lines[device] = make(self, device)
            case Hang():
                if line is not None:
                    line.hang()
            case Speak(frame):
                if line is not None:
                    line.keeps(line.speaks(frame))
            case Fetch(conversation, after):
                path = f"/messaging/conversations/{conversation}/messages?after={after}&limit=100"
                self._asks(device, effect, path, "page")
            case Look():
                self._asks(device, effect, "/messaging/conversations?state=all&limit=25", "list")

    def _asks(self, device: int, asked: Fetch | Look, path: str, what: str) -> None:
        async def work() -> None:
            try:
                status, body = await self.rest(device, "GET", path)
            except _BROKEN:
                status, body = 0, None
            told = what if status == 200 else "gone" if status == 404 else "failed"
            self.tells(Event(device, told, asked, body))

        task = self._loop.create_task(work())
        self._lines.setdefault(device, Line(self, device)).tasks.append(task)

    async def rest(self, device: int, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Status and JSON of one request."""
        assert self._session is not None
        person = self._persons[self._script.devices[device]]
        headers = {"Authorization": f"Bearer {person.token}"}
        async with self._session.request(
            method, f"{self.hospital.origin}/api{path}", json=body, headers=headers, timeout=_PATIENCE
        ) as answer:
            text = await answer.text()
            return answer.status, json.loads(text) if text else None

    async def socket(self, address: str) -> aiohttp.ClientWebSocketResponse:
        """An open WebSocket."""
        assert self._session is not None
        return await self._session.ws_connect(address, timeout=aiohttp.ClientWSTimeout(ws_close=1))

    def tells(self, event: Event) -> None:
        """For `happened`."""
        self._events.put(event)

    def breaks(self, device: int) -> None:
        """The device's line is gone without a word."""
        self._loop.call_soon_threadsafe(self._begins, device, Hang())

    def stalls(self, device: int, is_stalled: bool) -> None:
        """The device reads nothing from its line, until it does again."""
        (self._stalled.add if is_stalled else self._stalled.discard)(device)

    def is_stalled(self, device: int) -> bool:
        """Does it read nothing now?"""
        return device in self._stalled

    def happened(self) -> list[Event]:
        """What happened since, after a short wait for something."""
        found: list[Event] = []
        with contextlib.suppress(queue.Empty):
            found.append(self._events.get(timeout=0.02))
            while True:
                found.append(self._events.get_nowait())
        return found

    # -- groups ----------------------------------------------------------------------------------------------------

    def parts(self, conversation: int, person: int) -> bool | None:
        """Leaves."""
        path = f"/messaging/conversations/{self.conversations[conversation]}/members/{self.people[person]}"
        return _is_done(self._persons[person].ask("DELETE", path).status)

    def joins(self, conversation: int, person: int) -> bool | None:
        """The group's owner takes the person in."""
        owner = self._persons[self._script.conversations[conversation][0]]
        path = f"/messaging/conversations/{self.conversations[conversation]}/members"
        return _is_done(owner.ask("POST", path, {"practitioner_role_ids": [self._role(person)]}).status)

    def holds(self, conversation: int, person: int, type_: str) -> dict[str, Any] | None:
        """A card of the visit that the conversation is about; files are proven where they cost less."""
        visit_id = self._visits.get(conversation)
        return {"card": {"type": "visit", "id": visit_id}} if visit_id and type_ == "card" else None

    # -- the end ---------------------------------------------------------------------------------------------------

    def asks(self, person: int, path: str) -> Any:
        """The answer of a route below `/messaging`, once there is one; None when there is no such thing for them."""
        return _answered(lambda: self._persons[person].ask("GET", f"/messaging{path}"))

    def audits(self, conversation: int, query: str) -> Any | None:
        """A page as the auditor reads it."""
        path = f"/messaging/audit/conversations/{self.conversations[conversation]}/messages?{query}"
        return _answered(lambda: self._auditor.ask("GET", path))


_PATIENCE = aiohttp.ClientTimeout(total=20)


async def _a_session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession()


def _answered(ask: Callable[[], Any]) -> Any:
    answer = eventually(lambda: (found := ask()).status in (200, 404) and found, seconds=20)
    assert answer, ask()
    return answer.json if answer.status == 200 else None


def _is_done(status: int) -> bool | None:
    return status < 300 if status < 500 else None


class Line:
    """How a device reaches the hospital; nothing yet."""

    def __init__(self, ground: RunningHospital, device: int) -> None:
        self.ground, self.device = ground, device
        self.tasks: list[asyncio.Task[None]] = []
        self.is_hung = False

    def keeps(self, work: Coroutine[Any, Any, None]) -> None:
        """Goes on with it until the line is hung up."""
        if self.is_hung:
            work.close()
            return
        self.tasks = [task for task in self.tasks if not task.done()]
        self.tasks.append(asyncio.get_running_loop().create_task(work))

    def hang(self) -> None:
        """Nothing more is said or heard on it."""
        self.is_hung = True
        for task in self.tasks:
            task.cancel()

    def tells(self, what: str, answer: Any = None) -> None:
        """Something happened here."""
        if not self.is_hung:
            self.ground.tells(Event(self.device, what, None, answer))

    def fails(self) -> None:
        """It is over; whoever holds it is told once."""
        self.tells("closed")
        self.is_hung = True

    async def speaks(self, frame: dict[str, Any]) -> None:
        """A frame to the hospital."""


class Socket(Line):
    """A WebSocket, opened by a ticket."""

    def __init__(self, ground: RunningHospital, device: int) -> None:
        super().__init__(ground, device)
        self._wire: aiohttp.ClientWebSocketResponse | None = None
        self.keeps(self._lives())

    async def _lives(self) -> None:
        try:
            _, ticket = await self.ground.rest(self.device, "POST", "/messaging/tickets", {})
            self._wire = await self.ground.socket(f"{ticket['url']}?ticket={ticket['ticket']}")
            self.tells("opened")
            async for message in self._wire:
                while self.ground.is_stalled(self.device):
                    await asyncio.sleep(0.05)
                self.tells("frame", json.loads(message.data))
        except _BROKEN:
            pass
        self.fails()

    async def speaks(self, frame: dict[str, Any]) -> None:
        if self._wire is not None:
            with contextlib.suppress(*_BROKEN):
                await self._wire.send_str(json.dumps(frame, ensure_ascii=False))

    def hang(self) -> None:
        super().hang()
        if self._wire is not None and self._wire._response.connection is not None:
            transport = self._wire._response.connection.transport
            if transport is not None:
                transport.abort()


class Poll(Line):
    """Long polling of the same frames, where sockets are blocked."""

    def __init__(self, ground: RunningHospital, device: int) -> None:
        super().__init__(ground, device)
        self._path = ""
        self._greeting: dict[str, Any] = {}
        self.keeps(self._lives())

    async def _lives(self) -> None:
        try:
            hello = {"v": 1, "device": f"poll {self.device}", "have": {}}
            _, opened = await self.ground.rest(self.device, "POST", "/messaging/polls", hello)
            self._path = f"/messaging/polls/{opened['poll_id']}"
            self.tells("opened")
            after = 0
            while True:
                while self.ground.is_stalled(self.device):
                    await asyncio.sleep(0.05)
                body = {"after": after, "wait_seconds": 5, "have": {}}
                status, heard = await self.ground.rest(self.device, "POST", self._path, body)
                if status == 410:
                    break
                for one in heard["frames"] if status == 200 else []:
                    after = max(after, one["n"])
                    self.tells("frame", one["frame"])
        except _BROKEN:
            pass
        self.fails()

    async def speaks(self, frame: dict[str, Any]) -> None:
        if frame["action"] == "hello":
            self.tells("frame", {"type": "welcome", "behind": {}})
            return
        with contextlib.suppress(*_BROKEN):
            status, answer = await self.ground.rest(self.device, "POST", f"{self._path}/frames", frame)
            if status == 200:
                self.tells("frame", answer)
            elif status == 410:
                self.fails()
            elif 400 <= status < 500 and status not in (401, 429):
                self.tells("frame", {"type": "error", "id": frame.get("id"), "code": answer.get("code", "")})
