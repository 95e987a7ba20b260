"""The delivery proof on a real page: what was written on it, told to it and drawn by it, as a journal for the checker.

The page is read from outside alone: its rows, and the frames that pass between it and the hospital.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator, Page, Request, WebSocket, expect

from tests.browser import phone
from tests.delivery.checker import check
from tests.delivery.device import listed
from tests.delivery.facts import Acknowledged, History, Journal, Line, Place, Refused, Said, Settled, Shown
from tests.delivery.known import Fault
from tests.journeys.people import Device
from tests.journeys.sockets import Socket

ROWS = """() => [...document.querySelectorAll('.yz-windowed-row[data-key^="m-"]')].map((row) => ({
    id: row.dataset.key.slice(2),
    words: (row.querySelector('.yz-prose, .yz-file-name') ?? row).textContent.trim(),
    waits: row.querySelector('.yz-said-state') !== null,
}))"""
"""The messages on the page from top to bottom; `id` is the sender's, or the number of what the hospital says."""


@dataclass
class Watched:
    """A page of a person in the conversation."""

    name: str
    who: Device
    page: Page
    is_open: bool = True


class Proof:
    """One conversation, and every page on which it is watched."""

    def __init__(self, conversation_id: str) -> None:
        self.conversation_id = conversation_id
        self.journal = Journal()
        self.sockets: list[str] = []
        self._pages: list[Watched] = []
        self._answers: list[tuple[Watched, Request]] = []

    def watches(self, name: str, who: Device, page: Page) -> Page:
        """From now on. The page under a name that another had before is the same device, opened again."""
        watched = Watched(name, who, page)
        for before in self._pages:
            before.is_open = before.is_open and before.name != name
        self._pages.append(watched)
        page.on("websocket", lambda socket: self._opened(watched, socket))
        page.on("requestfinished", lambda request: self._answered(watched, request))
        return page

    def says(self, page: Page, text: str) -> None:
        """A text written on a phone; it stands on the page before anybody is asked."""
        phone.say(page, text)
        self._said(page, phone.bubble(page, text), "text", {"text": text})

    def answers(self, socket: Socket, text: str) -> None:
        """A text that somebody says over a socket of their own, acknowledged."""
        told = socket.sends(self.conversation_id, text)
        by = ("socket", socket.device.person_id, self.conversation_id)
        self.journal.note(Said(*by, told["id"], "text", {"text": text}))
        self.journal.note(Acknowledged(*by, told["id"], told["seq"]))

    def sends(self, page: Page, name: str, content: bytes) -> None:
        """A text file."""
        phone.attach(page, "file", name, "text/plain", content)
        self._said(page, phone.bubble(page, name), "file", {"name": name})

    def ends(self, page: Page) -> None:
        """The page is closed: it need not show anything in the end."""
        self._of(page).is_open = False

    def faults(self) -> list[Fault]:
        """What the checker finds, once every open page shows everything that was said, and waits for nothing."""
        said = [fact for _, fact in self.journal.of(Said)]
        for watched in self._pages:
            for fact in said if watched.is_open else ():
                expect(self._row(watched.page, fact.id)).to_have_count(1)
            if watched.is_open:
                expect(watched.page.locator(".yz-said-state")).to_have_count(0)
        for watched, request in self._answers:
            self._heard(watched, request.response().json())  # type: ignore[union-attr]
        read = {watched.who.person_id: self._reads(watched.who) for watched in self._pages}
        for watched in self._pages:
            if watched.is_open:
                self._shows(watched, read[watched.who.person_id])
        return check(self.journal)

    # -- what is noted ---------------------------------------------------------------------------------------------

    def _said(self, page: Page, bubble: Locator, type_: str, content: dict[str, Any]) -> None:
        row = page.locator(".yz-windowed-row").filter(has=bubble)
        expect(row).to_have_count(1)
        id_ = str(row.get_attribute("data-key")).removeprefix("m-")
        watched = self._of(page)
        self.journal.note(Said(watched.name, watched.who.person_id, self.conversation_id, id_, type_, content))

    def _opened(self, watched: Watched, socket: WebSocket) -> None:
        if "/socket?" in socket.url:
            self.sockets.append(watched.name)
            socket.on("framereceived", lambda frame: self._heard(watched, json.loads(frame)))

    def _answered(self, watched: Watched, request: Request) -> None:
        if request.method == "POST" and request.url.endswith("/frames"):
            self._answers.append((watched, request))

    def _heard(self, watched: Watched, frame: dict[str, Any]) -> None:
        by = (watched.name, watched.who.person_id, self.conversation_id)
        if frame.get("type") == "ack":
            self.journal.note(Acknowledged(*by, frame["id"], frame["seq"]))
        elif frame.get("type") == "error" and frame.get("id"):
            self.journal.note(Refused(*by, frame["id"], frame["code"]))

    def _reads(self, who: Device) -> tuple[Line, ...]:
        """All that the person may read by REST, and the conversation in their list."""
        by = ("", who.person_id, self.conversation_id)
        lines = tuple(_line(one) for one in who.reads_messages(self.conversation_id, "after=0&limit=100")["items"])
        self.journal.note(Place(*by, 1, None))
        self.journal.note(History(*by, lines))
        item = who.sees_conversation(self.conversation_id)
        self.journal.note(listed("", who.person_id, item, len(self.journal)))
        return lines

    def _shows(self, watched: Watched, lines: Iterable[Line]) -> None:
        """The page from top to bottom. What it draws under an id is that message only if the words are the same; an
        own one that waits for nothing any more is one that the page takes for acknowledged."""
        known = {line.id or str(line.seq): line for line in lines}
        by, me = (watched.name, watched.who.person_id, self.conversation_id), watched.who.person_id
        for row in watched.page.evaluate(ROWS):
            line = known.get(row["id"], Line(len(known) + 1, row["id"], me, "text", {}))
            words = line.content.get("text") or line.content.get("name")
            if line.sender is not None and words != row["words"]:
                line = Line(line.seq, line.id, line.sender, line.type, {"text": row["words"]})
            self.journal.note(Shown(*by, line))
            if line.sender == me and line.id and not row["waits"]:
                self.journal.note(Acknowledged(*by, line.id, line.seq))
        self.journal.note(Settled(*by))

    def _row(self, page: Page, id_: str) -> Locator:
        return page.locator(f'.yz-windowed-row[data-key="m-{id_}"]')

    def _of(self, page: Page) -> Watched:
        return next(watched for watched in self._pages if watched.page is page)


def _line(message: dict[str, Any]) -> Line:
    """Of a file, the name alone: the rest is what the hospital found out about it."""
    line = Line.of(message)
    return line if line.type != "file" else Line(line.seq, line.id, line.sender, "file", {"name": line.content["name"]})
