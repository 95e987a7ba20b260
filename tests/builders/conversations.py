"""A conversation that is open, with both sides' sockets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from messaging.view_conversations.app import app as view_conversations
from tests.builders.delivery import Delivery
from tests.builders.gateway import Answer, call
from tests.builders.people import Clinic, PatientOf, Staff
from tests.builders.sockets import Socket, Sockets
from tests.builders.visits import finished, in_progress


@dataclass
class Talk:
    """The conversation of a visit in progress: the hospital has said its first line, number 1."""

    id: str
    visit_id: str
    clinic: Clinic
    patient: PatientOf
    deliver: Delivery
    sockets: Sockets

    @property
    def doctor(self) -> Staff:
        """The visit's doctor."""
        return self.clinic.doctor

    def socket(self, who: PatientOf | Staff) -> Socket:
        """A page of that person, connected; what it was sent so far is taken."""
        socket = self.sockets.open(who.caller)
        socket.take()
        return socket

    def close(self) -> None:
        """The doctor finishes the visit."""
        finished(self.clinic, self.visit_id)

    def ask(self, method: str, path: str, who: PatientOf | Staff, body: Any = None) -> Answer:
        """A request below `/conversations/<id>`."""
        return call(view_conversations, method, f"/conversations/{self.id}{path}", body, who=who.caller)

    def view(self, who: PatientOf | Staff) -> dict[str, Any]:
        """The conversation as that member sees it."""
        seen: dict[str, Any] = self.ask("GET", "", who).ok()
        return seen

    def messages(self, who: PatientOf | Staff, query: str = "?limit=100") -> list[dict[str, Any]]:
        """What that member reads."""
        items: list[dict[str, Any]] = self.ask("GET", f"/messages{query}", who).ok()["items"]
        return items


def opened_talk(clinic: Clinic, patient: PatientOf, deliver: Delivery, sockets: Sockets) -> Talk:
    """A conversation between the patient and the clinic's first doctor."""
    visit = in_progress(clinic, patient, deliver)
    return Talk(visit["conversation_id"], visit["id"], clinic, patient, deliver, sockets)
