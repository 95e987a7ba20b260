"""The movable clock: kept, never going back, and what waits for it: schedules, delayed messages, functions."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest

from infra.local.addresses import Addresses, environment_of
from infra.local.cloud import furnish
from infra.local.dispatcher.cron import Schedule
from infra.local.dispatcher.schedules import Clockwork, Timed
from infra.local.hospital_clock import ClockGoesBack, ClockRefused, HospitalClock, Setting, read_setting
from infra.local.invoker import Invoker
from infra.local.store.delays import delay_seams, delays_by
from infra.local.store.testing import memory_cloud
from infra.local.template import read_template
from tests.infra.local.clinic import TEMPLATE
from tests.journeys.hospital import eventually

pytestmark = pytest.mark.store

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC).timestamp()
DAY = 86400.0


class Machine:
    """The machine's time, turned by hand."""

    def __init__(self, at: float = NOON) -> None:
        self.at = at

    def __call__(self) -> float:
        return self.at


def test_it_runs_with_the_machine_until_it_is_moved_and_then_ahead_of_it(tmp_path: Path) -> None:
    machine = Machine()
    clock = HospitalClock(tmp_path / "clock.json", machine)
    assert (clock(), clock.is_moved, clock.offset) == (NOON, False, 0.0)
    clock.set(Setting(NOON + 3 * DAY))
    machine.at += 60
    assert clock() == NOON + 3 * DAY + 60
    assert clock.now() == datetime(2026, 11, 25, 4, 1, tzinfo=UTC)
    assert HospitalClock(tmp_path / "clock.json", machine)() == clock()


def test_it_stands_and_runs_on_from_where_it_stood(tmp_path: Path) -> None:
    machine = Machine()
    clock = HospitalClock(tmp_path / "clock.json", machine)
    clock.set(Setting(stands=True))
    machine.at += 3600
    assert clock() == NOON and clock.stands
    assert HospitalClock(tmp_path / "clock.json", machine)() == NOON
    clock.set(Setting(NOON + 10))
    assert clock() == NOON + 10 and clock.stands
    clock.set(Setting(stands=False))
    machine.at += 5
    assert clock() == NOON + 15 and not clock.stands
    assert HospitalClock(tmp_path / "clock.json", machine)() == NOON + 15


def test_it_does_not_go_back_except_where_nothing_has_lived_yet(tmp_path: Path) -> None:
    clock = HospitalClock(tmp_path / "clock.json", Machine())
    with pytest.raises(ClockGoesBack, match="does not go back to 2026-11-22 11:59"):
        clock.set(Setting(NOON - 1))
    assert clock() == NOON and not (tmp_path / "clock.json").exists()
    clock.set(Setting(NOON - 200 * DAY), may_go_back=True)
    assert clock() == NOON - 200 * DAY


def test_those_who_wait_hear_of_a_move_once_it_holds() -> None:
    clock = HospitalClock(machine=Machine())
    heard: list[float] = []
    clock.on_move(lambda: heard.append(clock()))
    clock.set(Setting(NOON + DAY))
    with pytest.raises(ClockGoesBack):
        clock.set(Setting(NOON))
    assert heard == [NOON + DAY]


@pytest.mark.parametrize(
    ("text", "setting"),
    [
        ("2026-12-01T08:00+08:00", Setting(datetime(2026, 12, 1, tzinfo=UTC).timestamp())),
        ("2026-12-01T08:00", Setting(datetime(2026, 12, 1, tzinfo=UTC).timestamp())),
        ("2026-12-01T00:00Z standing", Setting(datetime(2026, 12, 1, tzinfo=UTC).timestamp(), True)),
        ("+3d", Setting(NOON + 3 * DAY)),
        ("+1d12h30m5s running", Setting(NOON + DAY * 1.5 + 1805, False)),
        ("standing", Setting(None, True)),
    ],
)
def test_what_is_written_behind_clock(text: str, setting: Setting) -> None:
    assert read_setting(text, NOON) == setting


@pytest.mark.parametrize("text", ["", "tomorrow", "+3", "+d", "-3d", "3d", "+3d +4d", "standing running", "+1d2"])
def test_what_the_clock_does_not_understand_is_one_sentence(text: str) -> None:
    with pytest.raises(ClockRefused, match=r"^The clock does not understand .*standing or running\.$"):
        read_setting(text, NOON)


@pytest.mark.parametrize("year", [1999, 2100])
def test_it_stays_where_keys_and_tokens_can_follow(year: int) -> None:
    with pytest.raises(ClockRefused, match="from 2000 to 2099 only"):
        HospitalClock().set(Setting(datetime(year, 6, 1, tzinfo=UTC).timestamp()), may_go_back=True)


@pytest.mark.parametrize(
    ("kept", "sentence"),
    [("{", "cannot be read"), ('{"format": 1}', "cannot be read"), ('{"format": 2}', "newer version")],
)
def test_a_clock_file_that_is_not_understood_refuses_the_folder(tmp_path: Path, kept: str, sentence: str) -> None:
    (tmp_path / "clock.json").write_text(kept)
    with pytest.raises(ClockRefused, match=sentence):
        HospitalClock(tmp_path / "clock.json")


# -- what waits for it --------------------------------------------------------------------------------------------


class Called:
    """Notes for when which call was due; what was called in an earlier life is not known."""

    def __init__(self) -> None:
        self.events: list[float] = []

    def fired(self) -> dict[str, float]:
        return {}

    def note_fired(self, schedule: str, at: float) -> None:
        assert schedule == "tick"


@pytest.fixture
def timed() -> Iterator[Callable[[str], tuple[HospitalClock, Machine, Called]]]:
    """A running schedule by a machine that stands still at noon."""
    running: list[tuple[Clockwork, threading.Thread]] = []

    def start(expression: str) -> tuple[HospitalClock, Machine, Called]:
        machine = Machine()
        clock = HospitalClock(machine=machine)
        called = Called()
        one = Timed("tick", "Tick", Schedule(expression), called.events.append)
        work = Clockwork([one], called, lambda *said: None, clock)
        clock.on_move(work.look_again)
        thread = threading.Thread(target=work.run, daemon=True)
        thread.start()
        running.append((work, thread))
        return clock, machine, called

    yield start
    for work, thread in running:
        work.stop()
        thread.join(5)


def test_a_leap_over_three_nights_calls_what_fell_due_once(timed: Any) -> None:
    clock, _, called = timed("cron(0 18 * * ? *)")
    clock.set(Setting(NOON + 3 * DAY))
    assert eventually(lambda: called.events)
    clock.set(Setting(NOON + 3 * DAY + 60))
    assert not eventually(lambda: len(called.events) > 1, seconds=0.3)
    clock.set(Setting(NOON + 4 * DAY))
    assert eventually(lambda: len(called.events) == 2)
    assert called.events == [NOON + 14 * 3600, NOON + 3 * DAY + 14 * 3600]


def test_a_rate_goes_on_from_where_the_clock_leapt_to(timed: Any) -> None:
    clock, _, called = timed("rate(1 minute)")
    assert eventually(lambda: called.events == [NOON])
    clock.set(Setting(NOON + DAY))
    assert eventually(lambda: len(called.events) == 2)
    clock.set(Setting(NOON + DAY + 59))
    assert not eventually(lambda: len(called.events) > 2, seconds=0.3)
    clock.set(Setting(NOON + DAY + 60))
    assert eventually(lambda: called.events[-1] == NOON + DAY + 60)


def test_a_delayed_message_comes_when_the_clock_reaches_it_and_visibility_stays_the_machines() -> None:
    clock = HospitalClock()
    with memory_cloud(), delays_by(clock):
        sqs = boto3.client("sqs")
        url = sqs.create_queue(QueueName="later")["QueueUrl"]

        def receive() -> list[Any]:
            found = sqs.receive_message(QueueUrl=url, VisibilityTimeout=600)
            return list(found.get("Messages", []))

        sqs.send_message(QueueUrl=url, MessageBody="ring", DelaySeconds=900)
        assert receive() == []
        clock.set(Setting(clock() + 899))
        assert receive() == []
        clock.set(Setting(clock() + 2))
        assert [message["Body"] for message in receive()] == ["ring"]
        # A leap of a week neither doubles what is being handled nor ends what still waits.
        sqs.send_message(QueueUrl=url, MessageBody="kept")
        clock.set(Setting(clock() + 30 * DAY))
        assert [message["Body"] for message in receive()] == ["kept"]


def test_the_delays_take_hold_of_the_moto_that_is_installed() -> None:
    assert [seam.complaint() for seam in delay_seams(HospitalClock())] == [None, None]


def test_functions_live_by_it() -> None:
    clock = HospitalClock()
    clock.set(Setting(datetime(2031, 5, 1, tzinfo=UTC).timestamp(), stands=True))
    template = read_template(TEMPLATE)
    with memory_cloud() as store:
        furnish(template, store)
        environment = environment_of(template, Addresses("127.0.0.1", 8820))
        invoker = Invoker(template, environment, lambda *_: None, clock=clock)

        def asked() -> datetime:
            from hospital import clock as kit

            return kit.now()

        assert invoker.lend(asked).result(10) == datetime(2031, 5, 1, tzinfo=UTC)
        function = next(function for function in invoker.functions if function.module == "clinic.echo")
        read: list[datetime] = []
        function._handler = lambda _event, _context: read.append(asked())
        invoker.call(function, {})
        assert read == [datetime(2031, 5, 1, tzinfo=UTC)]
