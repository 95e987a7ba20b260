"""A conversation among staff, and what members do in it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

from messaging.manage_conversations.app import app as manage_conversations
from messaging.view_conversations.app import app as view_conversations
from tests.builders.gateway import Answer, call
from tests.builders.people import PatientOf, Staff
from tests.builders.sockets import Frame, Sockets

Json = dict[str, Any]
_KEYS = itertools.count(1)


@dataclass
class Group:
    """A conversation of several people, by its id."""

    id: str
    sockets: Sockets

    def keep(self, who: PatientOf | Staff, method: str, path: str, body: Any = None) -> Answer:
        """An act below `/conversations/<id>`."""
        key = f"key-of-an-act-{next(_KEYS)}"
        return call(manage_conversations, method, f"/conversations/{self.id}{path}", body, who=who.caller, key=key)

    def view(self, who: PatientOf | Staff) -> Json:
        """The conversation as that person sees it."""
        shown: Json = call(view_conversations, "GET", f"/conversations/{self.id}", who=who.caller).ok()
        return shown

    def read(self, who: PatientOf | Staff, query: str = "limit=100") -> list[Json]:
        """What that person reads."""
        path = f"/conversations/{self.id}/messages?{query}"
        items: list[Json] = call(view_conversations, "GET", path, who=who.caller).ok()["items"]
        return items

    def numbers(self, who: PatientOf | Staff, query: str = "limit=100") -> list[int]:
        """The numbers of it."""
        return [message["seq"] for message in self.read(who, query)]

    def say(self, who: PatientOf | Staff, text: str) -> Frame:
        """A text of that person's; the answer."""
        return self.sockets.open(who.caller).send(self.id, text, f"client-id-{next(_KEYS):08}")


def opens(who: Staff, body: Json, sockets: Sockets) -> Group:
    """A new conversation that somebody opens."""
    shown = call(
        manage_conversations, "POST", "/conversations", body, who=who.caller, key=f"key-of-opening-{next(_KEYS)}"
    ).ok(201)
    return Group(shown["id"], sockets)


def group_of(owner: Staff, *others: Staff, sockets: Sockets, history: str = "all", name: str = "心内科会诊") -> Group:
    """A group that its owner opened with colleagues."""
    ids = [one.role.id for one in others]
    return opens(owner, {"type": "group", "name": name, "practitioner_role_ids": ids, "history": history}, sockets)


def direct(one: Staff, other: Staff, sockets: Sockets) -> Group:
    """The conversation of two colleagues."""
    return opens(one, {"type": "direct", "practitioner_role_id": other.role.id}, sockets)
