"""What waits leaves once, whatever carriers do meanwhile."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field, replace

import pytest

from adapters import sms
from hospital import clock
from hospital.caller import system
from hospital.carrying import Receipt
from hospital.errors import Unavailable
from hospital.records import Key
from hospital.sms import leaving
from hospital.sms.keys import sms_key
from hospital.sms.leaving import leave_at_once
from hospital.sms.model import Sms
from hospital.sms.receiving import note_receipt
from hospital.sms.store import get_sms, queue, sms_messages, written
from hospital.table import Table
from hospital.work import Work
from messaging.on_sms_due_send.app import app as send
from tests.builders.acting import act
from tests.builders.carriers import CarrierDouble
from tests.builders.cloud import Cloud
from tests.builders.moments import Time

pytestmark = pytest.mark.store

US = system("test")
_NUMBERS = itertools.count(13_900_000_000)


@dataclass
class Door:
    """Two carriers, and everything that waits; events and due-list are walked by hand."""

    cloud: Cloud
    time: Time
    first: CarrierDouble = field(default_factory=lambda: CarrierDouble("first"))
    second: CarrierDouble = field(default_factory=lambda: CarrierDouble("second"))

    def asks(self, text: str = "医生已接诊", phone: str | None = None) -> str:
        """Somebody wants a text to leave; its id."""
        sms = written(
            text, {}, phone=phone or str(next(_NUMBERS)), occasion="visit_accepted", now=clock.now(),
            organisation_id="org_1",
        )  # fmt: skip
        with Work(by=US) as work:
            return queue(work, sms).id

    def walks(self, *, times: int = 1) -> None:
        """What happened since is told `times` over, and what is due is looked at."""
        now = f"{clock.text(clock.now())}~"
        for sort in ("event", "due"):
            for row in self.cloud.rows("people", sort):
                if sort == "event" or row["sk"] < now:
                    Table("people").remove(Key(row["pk"], row["sk"]))
                    for _ in range(times):
                        self.hands_over(json.loads(row["envelope"]))

    def hands_over(self, envelope: dict[str, object]) -> bool:
        """One delivery; whether it was dealt with."""
        record = {"messageId": "message-1", "body": json.dumps({"detail": envelope})}
        answer: dict[str, object] = act(send, {"Records": [record]})
        return answer == {"batchItemFailures": []}

    def later(self, minutes: int, *, step: int = 1) -> None:
        """So many minutes pass, each `step` of them looked at."""
        for _ in range(0, minutes, step):
            self.time.passes(minutes=step)
            self.walks()

    def states(self, ids: list[str]) -> list[str]:
        """How these stand."""
        return [get_sms(one).state for one in ids]

    @property
    def texts(self) -> list[str]:
        """Everything that any carrier took."""
        return sorted(self.first.texts + self.second.texts)


@pytest.fixture
def door(cloud: Cloud, time: Time, monkeypatch: pytest.MonkeyPatch) -> Door:
    opened = Door(cloud, time)
    monkeypatch.setattr(sms, "carriers", lambda: [opened.first, opened.second])
    return opened


def test_what_waits_leaves_and_its_receipt_ends_it(door: Door, time: Time):
    one = door.asks()
    door.walks()
    assert (door.first.texts, door.second.calls) == (["医生已接诊"], 0)
    assert get_sms(one).state == "handed_over"
    time.passes(seconds=20)
    assert note_receipt("first", Receipt(f"first-{one}.1", "", clock.now()), US)
    ended = get_sms(one)
    assert (ended.state, ended.outcome, ended.delay and ended.delay.total_seconds()) == ("delivered", "delivered", 20)
    assert not note_receipt("first", Receipt(f"first-{one}.1", "", clock.now()), US), "a receipt counts once"


def test_told_often_it_leaves_once(door: Door):
    door.asks()
    door.walks(times=3)
    door.walks(times=3)
    assert door.texts == ["医生已接诊"]


def test_carriers_down_for_an_hour_lose_nothing_and_double_nothing(door: Door):
    door.first.mood = door.second.mood = "down"
    asked = [door.asks(f"第 {number} 条") for number in range(3)]
    door.walks(times=2)
    door.later(60, step=4)
    assert door.texts == []
    assert set(door.states(asked)) == {"queued"}
    assert all(get_sms(one).late for one in asked), "that they are late is known"
    assert door.first.calls <= 3 * 12, "a carrier that is down is not asked all the time"
    door.first.mood = door.second.mood = "well"
    door.later(16, step=8)
    assert door.texts == sorted(f"第 {number} 条" for number in range(3))
    assert set(door.states(asked)) == {"handed_over"}


def test_an_answer_that_is_lost_is_asked_after_and_doubles_nothing(door: Door):
    door.first.mood = "breaks_off"
    one = door.asks()
    door.walks(times=2)
    assert (get_sms(one).state, door.second.calls) == ("queued", 0), "it may have left: nobody else is asked"
    door.first.mood = "down"
    door.later(60, step=6)
    assert (get_sms(one).state, door.texts, door.second.calls) == ("queued", ["医生已接诊"], 0)
    door.first.mood = "well"
    door.later(16, step=8)
    assert (get_sms(one).state, door.texts) == ("handed_over", ["医生已接诊"])


def test_one_that_was_dropped_with_its_answer_goes_again(door: Door):
    door.first.mood = "drops"
    one = door.asks()
    door.walks()
    door.first.mood = "well"
    door.later(3)
    assert (get_sms(one).state, get_sms(one).tries, door.texts) == ("handed_over", 2, ["医生已接诊"])


def test_a_crash_in_the_middle_of_a_call_doubles_nothing(door: Door, time: Time):
    one = door.asks()
    before = get_sms(one)
    with Work(by=US) as work:  # the try is written down, the text leaves, and the function dies
        begun = work.change(sms_messages, before, before.begin("first", clock.now()))
    door.first.hand_over(begun.outgoing())
    time.passes(seconds=5)
    door.walks()
    assert door.texts == ["医生已接诊"], "somebody may still be at it"
    door.later(6)
    assert (get_sms(one).state, door.texts) == ("handed_over", ["医生已接诊"])


def test_where_one_carrier_is_down_the_other_takes_it(door: Door):
    door.first.mood = "down"
    one = door.asks()
    door.walks(times=2)
    assert (get_sms(one).carrier, door.second.texts) == ("second", ["医生已接诊"])


def test_a_blocked_word_is_said_and_not_tried_elsewhere(door: Door):
    door.first.mood = "blocks"
    one = door.asks()
    door.walks()
    door.later(10)
    held = get_sms(one)
    assert (held.state, held.cause, door.first.calls, door.second.calls) == ("blocked", "keyword", 1, 0)


def test_what_nobody_wants_any_more_is_given_up(door: Door, time: Time):
    door.first.mood = door.second.mood = "down"
    one = door.asks()
    door.walks()
    time.passes(hours=24)
    door.walks()
    time.passes(minutes=20)
    door.walks()
    held = get_sms(one)
    assert (held.state, held.cause) == ("failed", "expired")


def test_a_failed_delivery_goes_again_by_another_carrier_so_many_times(door: Door):
    one = door.asks()
    door.walks()
    for number, carrier in ((1, door.first), (2, door.second), (3, door.first)):
        told = Receipt(f"{carrier.name}-{one}.{number}", "", clock.now(), "unreachable")
        assert note_receipt(carrier.name, told, US)
        door.walks()
        assert len(door.texts) == number, "not at once"
        door.later(2)
    held = get_sms(one)
    assert (held.state, held.cause, held.resends, len(door.texts)) == ("failed", "unreachable", 2, 3)


def test_a_number_that_is_nobodys_stays_so(door: Door):
    one = door.asks()
    door.walks()
    note_receipt("first", Receipt(f"first-{one}.1", "", clock.now(), "no_such_number"), US)
    door.later(5)
    assert (get_sms(one).state, door.first.calls) == ("failed", 1)


def test_one_that_takes_longer_than_five_minutes_rings_and_is_counted(door: Door, time: Time):
    fast, slow = door.asks("快"), door.asks("慢")
    door.walks()
    time.passes(seconds=299)
    note_receipt("first", Receipt(f"first-{fast}.1", "", clock.now()), US)
    door.walks()
    assert door.cloud.counted("sms_late") == 0
    time.passes(seconds=2)
    door.walks()
    assert (door.cloud.counted("sms_late"), get_sms(slow).outcome) == (1, "overdue")
    note_receipt("first", Receipt(f"first-{slow}.1", "", clock.now()), US)
    assert (get_sms(slow).outcome, get_sms(fast).outcome) == ("delivered_late", "delivered")
    assert door.cloud.counted("sms_late") == 1, "it rings once"


def test_a_receipt_that_is_faster_than_the_answer_counts(door: Door):
    one = door.asks()
    real = door.first.hand_over

    def hand_over(outgoing):
        taken = real(outgoing)
        assert note_receipt("first", Receipt(taken.number, outgoing.id, clock.now()), US)
        return taken

    door.first.hand_over = hand_over  # type: ignore[method-assign]
    door.walks(times=2)
    assert (get_sms(one).state, door.texts) == ("delivered", ["医生已接诊"])


def test_one_phone_gets_so_many_an_hour_and_the_rest_waits(door: Door, monkeypatch: pytest.MonkeyPatch):
    assert leaving.PER_PHONE.most == 10
    monkeypatch.setattr(leaving, "PER_PHONE", replace(leaving.PER_PHONE, most=2))
    asked = [door.asks(f"第 {number} 条", phone="13911111111") for number in range(3)]
    door.walks()
    assert door.states(asked).count("handed_over") == 2
    door.later(29, step=29)
    assert door.states(asked).count("handed_over") == 2, "an hour of the clock"
    door.later(1)
    assert (door.states(asked).count("handed_over"), len(door.texts)) == (3, 3)


def a_code() -> Sms:
    return written("验证码 {code}", {"code": "123456"}, phone="13912345678", occasion="sign_in_code", now=clock.now())


def test_a_code_leaves_at_once_and_is_never_stored(door: Door):
    sent = leave_at_once(a_code(), [door.first, door.second], US, {"code": "123456"}, "验证码 123456")
    assert (sent.state, door.first.texts) == ("handed_over", ["验证码 123456"])
    held = sms_messages.need(sms_key(sent.id))
    assert (held.text, held.variables) == ("验证码 ******", {})
    door.walks(times=2)
    door.later(30)
    assert door.first.calls == 1


@pytest.mark.parametrize("mood", ["down", "drops", "refuses"])
def test_a_code_that_nobody_takes_is_said_and_never_comes_later(door: Door, mood: str):
    door.first.mood = door.second.mood = mood
    with pytest.raises(Unavailable):
        leave_at_once(a_code(), [door.first, door.second], US, {"code": "123456"}, "验证码 123456")
    door.first.mood = door.second.mood = "well"
    door.later(10)
    assert door.texts == []
