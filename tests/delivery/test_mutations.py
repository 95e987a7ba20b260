"""The proof is proven: with each guard taken away in turn, the checker finds the fault that the guard is there for."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from hospital import clock, work
from hospital.conversations import keys, sending
from hospital.conversations.model import Sent
from hospital.conversations.store import get_tail
from messaging import answering
from messaging.view_conversations import use_case as viewing
from tests.builders.cloud import Cloud
from tests.builders.people import Clinic
from tests.delivery.device import Device
from tests.delivery.effects import Effect, Screen
from tests.delivery.facts import Line
from tests.delivery.memory import MemoryHospital, Troubles, carried_out
from tests.delivery.script import Act, Script

pytestmark = pytest.mark.store

ROUGH = Troubles(deadly=0.02, lost_answers=0.05, lost=0.30, late=0.20, conflicting=0.05)
DEAF = replace(ROUGH, given_up=1.0)
Patch = pytest.MonkeyPatch


def without_dedupe(patch: Patch) -> None:
    """The hospital does not know a client's message id again."""
    key = keys.sent_key
    patch.setattr(keys, "sent_key", lambda sent_id: key(f"{sent_id}{uuid.uuid4().hex}"))


def without_store(patch: Patch) -> None:
    """It acknowledges first, and is killed before it has stored every fifth message."""
    store = sending.store_message

    def store_message(conversation_id: str, by: Any, client_id: str, *more: Any, **named: Any) -> Sent:
        if int(client_id[-6:]) % 5:
            return store(conversation_id, by, client_id, *more, **named)
        seq = get_tail(conversation_id).last_seq + 1
        return Sent(id="", conversation_id=conversation_id, seq=seq, content_hash="", sent_at=clock.now())

    patch.setattr(answering, "store_message", store_message)


def without_heartbeat(patch: Patch) -> None:
    """Nobody is told what they are behind with."""
    patch.setattr(answering, "conversations_behind", lambda person_id, have: {})


def without_hiding(patch: Patch) -> None:
    """Histories show what was recalled."""
    patch.setattr(viewing, "as_readers_see", lambda messages: messages)


def without_condition(patch: Patch) -> None:
    """A number is written whether or not somebody else took it."""
    commit = work.commit

    def careless(writes: Any, met: Exception | None = None) -> None:
        is_number = [isinstance(write.otherwise, sending.NumberTaken) for write in writes]
        free = [replace(one, condition=None) if is_it else one for one, is_it in zip(writes, is_number, strict=True)]
        commit(free, met)

    patch.setattr(work, "commit", careless)


class WithoutCatchUp(Device):
    """Shows what is pushed, and fetches nothing after the first page."""

    def _catches_up(self, conversation: str, screen: Screen) -> list[Effect]:
        return super()._catches_up(conversation, screen) if screen.have < screen.first else []


class WithoutGapCheck(Device):
    """Shows whatever comes, in the order in which it comes."""

    def _is_next(self, screen: Screen) -> bool:
        return bool(screen.held)


class WithoutDedupe(Device):
    """Shows a number again when it comes again."""

    def _takes(self, conversation: str, screen: Screen, line: Line) -> None:
        if line.seq == screen.have:
            self._shows(conversation, screen, line)
        else:
            super()._takes(conversation, screen, line)


class WithoutOutbox(Device):
    """Sends once, and forgets."""

    def closes(self, *, at_once: bool = False) -> list[Effect]:
        self.outbox.clear()
        return super().closes(at_once=at_once)


SERVER: dict[str, tuple[Callable[[Patch], None], set[str]]] = {
    "dedupe by client id": (without_dedupe, {"doubled"}),
    "conditional sequence": (without_condition, {"order", "lost", "content"}),
    "store before acknowledge": (without_store, {"lost", "order"}),
    "recalled hidden from history": (without_hiding, {"recall"}),
    "heartbeat": (without_heartbeat, {"lost"}),
}
DEVICES: dict[str, tuple[type[Device], set[str]]] = {
    "catch-up": (WithoutCatchUp, {"stuck", "lost"}),
    "gap check": (WithoutGapCheck, {"gap"}),
    "dedupe at the device": (WithoutDedupe, {"doubled"}),
    "outbox": (WithoutOutbox, {"unanswered"}),
}


def short_script(seed: int) -> Script:
    """Two people with two devices each, in one conversation, who talk, take back, and lose their lines."""
    what = {8: "break", 4: "recall"}
    acts = [Act((n * 7 + seed) % 4, 0, what.get(n % 9, "say"), 0.5) for n in range(45)]
    return Script(seed, 2, (0, 0, 1, 1), ((0, 1),), tuple(acts))


def faults_of(cloud: Cloud, clinic: Clinic, make: type[Device] = Device, troubles: Troubles = ROUGH) -> set[str]:
    """The names of what the checker finds in a short rough run."""
    script = short_script(1)
    run = carried_out(script, MemoryHospital(cloud, clinic, script, troubles), make)
    return {fault.name for fault in run.faults()}


def test_with_all_guards_there_is_no_fault(cloud: Cloud, clinic: Clinic) -> None:
    """The same run that finds the mutants finds nothing else."""
    assert faults_of(cloud, clinic) == set()


def test_without_any_push_the_heartbeat_brings_everything(cloud: Cloud, clinic: Clinic) -> None:
    """The stream gives up on every message: devices notice by what the answer to their ping says."""
    assert faults_of(cloud, clinic, troubles=DEAF) == set()


@pytest.mark.parametrize("guard", SERVER)
def test_a_hospital_without_a_guard_is_found_out(cloud: Cloud, clinic: Clinic, monkeypatch: Patch, guard: str) -> None:
    remove, names = SERVER[guard]
    remove(monkeypatch)
    troubles = DEAF if guard == "heartbeat" else ROUGH
    assert faults_of(cloud, clinic, troubles=troubles) & names


@pytest.mark.parametrize("guard", DEVICES)
def test_a_device_without_a_guard_is_found_out(cloud: Cloud, clinic: Clinic, guard: str) -> None:
    make, names = DEVICES[guard]
    assert faults_of(cloud, clinic, make) & names
