"""People who write without rest while the hospital is killed, and what each of them was told is done.

`writes()` goes on until the line breaks; `sends_again()` settles what was on its way then, under the same key;
`check()` looks whether everything that was acknowledged is there, once.
"""

from __future__ import annotations

from typing import Any

import requests
from websockets.exceptions import ConnectionClosed

from tests.journeys.hospital import eventually
from tests.journeys.people import Clinic, Doctor, Json, Patient, a_key, conversation_of
from tests.journeys.sockets import Socket, online

_BROKEN = (ConnectionClosed, requests.RequestException, OSError)


class Writer:
    """Writes numbered messages one after the other, as a page's outbox does, until the line breaks."""

    def __init__(self, device: Patient | Doctor, conversation_id: str) -> None:
        self.device, self.conversation_id = device, conversation_id
        self.said: list[str] = []
        self.acknowledged: dict[str, int] = {}
        self.acknowledged_now = 0
        self._open: tuple[str, str] | None = None

    def writes(self) -> None:
        """Until the hospital is gone."""
        self.acknowledged_now = 0
        try:
            socket = Socket(self.device)
            while True:
                name, text = a_key(), f"第 {len(self.said) + 1} 句"
                self._open = (name, text)
                self.said.append(text)
                self.acknowledged[name] = socket.sends(self.conversation_id, text, name)["seq"]
                self.acknowledged_now += 1
                self._open = None
        except _BROKEN:
            return

    def sends_again(self) -> None:
        """What was written last and not acknowledged, under the same id."""
        if self._open is None:
            return
        name, text = self._open
        with online(self.device) as (socket,):
            self.acknowledged[name] = socket.sends(self.conversation_id, text, name)["seq"]
        self._open = None


class Desk:
    """An administrator who writes one entry of the reference data after the other: REST commands."""

    def __init__(self, clinic: Clinic) -> None:
        self.device = clinic.one("org_admin")
        self.acknowledged: dict[str, str] = {}
        self.acknowledged_now = 0
        self._number = 0
        self._open: tuple[str, Json] | None = None
        self._others = self._entries()

    def writes(self) -> None:
        """Until the hospital is gone."""
        self.acknowledged_now = 0
        try:
            while True:
                self._number += 1
                question = f"第 {self._number} 问？"
                self._open = (a_key(), {"content": {"question": question, "answer": "答。"}})
                self._asks()
                self.acknowledged_now += 1
        except _BROKEN:
            return

    def sends_again(self) -> None:
        """The entry that was not acknowledged, under the same key."""
        if self._open is not None:
            self._asks()

    def _asks(self) -> None:
        assert self._open is not None
        key, body = self._open
        entry = self.device.ok("POST", "/directory/reference/faqs", body, key=key)
        self.acknowledged[entry["id"]] = body["content"]["question"]
        self._open = None

    def check(self) -> None:
        """Each entry is there once, as it was written, and there are no others."""
        found = self._entries()
        assert {name: text for name, text in found.items() if name not in self._others} == self.acknowledged
        assert len(set(found.values())) == len(found)

    def _entries(self) -> dict[str, str]:
        found: dict[str, str] = {}
        cursor = ""
        while True:
            page = self.device.ok("GET", f"/directory/reference/faqs?limit=50{cursor}")
            found |= {entry["id"]: entry["content"]["question"] for entry in page["items"]}
            if page["cursor"] is None:
                return found
            cursor = f"&cursor={page['cursor']}"


class WaitingRoom:
    """One new patient after the other applies; the doctor accepts every second one: events and timers begin."""

    def __init__(self, doctor: Doctor) -> None:
        self.doctor = doctor
        self.waiting: set[str] = set()
        self.accepted: dict[str, Patient] = {}
        self.acknowledged_now = 0
        self._open: tuple[Patient, Json, str] | None = None
        self._accepting: tuple[str, Patient] | None = None

    @property
    def acknowledged(self) -> set[str]:
        """The visits that were applied for or accepted."""
        return self.waiting | set(self.accepted)

    def writes(self) -> None:
        """Until the hospital is gone."""
        self.acknowledged_now = 0
        try:
            while True:
                patient = Patient.new(self.doctor.hospital)
                self._open = (patient, patient.application(self.doctor), a_key())
                self._applies()
                self.acknowledged_now += 1
        except _BROKEN:
            return

    def _applies(self) -> None:
        assert self._open is not None
        patient, application, key = self._open
        visit_id = str(patient.ok("POST", "/consultation/visits", application, key=key)["id"])
        self._open = None
        self.waiting.add(visit_id)
        if len(self.acknowledged) % 2:
            self._accepting = (visit_id, patient)
            self._accepts()

    def _accepts(self) -> None:
        assert self._accepting is not None
        visit_id, patient = self._accepting
        self.waiting.discard(visit_id)
        if self.doctor.sees_visit(visit_id)["state"] == "applied":
            self.doctor.accepts(visit_id)
        self.accepted[visit_id] = patient
        self._accepting = None

    def sends_again(self) -> None:
        """What the kill interrupted."""
        if self._accepting is not None:
            self._accepts()
        if self._open is not None:
            self._applies()

    def check(self) -> None:
        """Whoever waits is in the queue once; whoever was accepted gets a conversation, told by an event."""
        queue = [visit["id"] for visit in self.doctor.sees_queue()]
        assert sorted(queue) == sorted(self.waiting)
        for visit_id, patient in self.accepted.items():
            conversation_of(patient, visit_id)

    def check_expired(self) -> None:
        """The time to answer is over: each that waited has expired, and that was written down once."""

        def expired() -> list[Any]:
            seen = [self.doctor.sees_visit(visit_id) for visit_id in self.waiting]
            return [(visit["state"], visit["version"]) for visit in seen]

        assert eventually(lambda: expired() == [("expired", 2)] * len(self.waiting), seconds=30), expired()
        assert self.doctor.sees_queue() == []
