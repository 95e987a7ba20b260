"""The SMPP adapter before a centre that we did not write: the port's contract, long texts, receipts, and trouble."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from adapters import sms
from adapters.sms import smpp_pdu as pdu
from adapters.sms.smpp import SmppSms
from hospital import secret_keys
from hospital.carrying import Outgoing, Receipt, Refused, Taken, Undecided
from hospital.errors import Unavailable
from tests.builders.cloud import Cloud, client
from tests.builders.moments import START, Time
from tests.builders.smpp import Centre, opened_centre

pytestmark = pytest.mark.store

TEXT = Outgoing("sms_1.1", "sms_1", "13912345678", "李明医生已接诊", "visit_accepted", {}, {}, START)
KEYS = {"id": "hospital", "key": "secret", "source": "10690001", "sign_name": "云诊", "blocked": "0x400, 401"}
LONG = "请于明日上午携带身份证到门诊大楼三层检验科复查，" * 5 + "𠮷"


@pytest.fixture(scope="module")
def open_centre() -> Iterator[Centre]:
    with opened_centre() as opened:
        yield opened


@pytest.fixture
def centre(open_centre: Centre, cloud: Cloud) -> Centre:
    open_centre.begins()
    turned(cloud, open_centre)
    return open_centre


def turned(cloud: Cloud, centre: Centre, **keys: str) -> None:
    """The carrier with that centre behind it, and these keys."""
    client("secretsmanager").put_secret_value(
        SecretId="test-vendor", SecretString=json.dumps({"smpp": {**KEYS, "address": centre.url, **keys}})
    )
    secret_keys.forget_keys()
    cloud.turn(SMS_ADAPTER="smpp")


def carrier() -> SmppSms:
    """One that does not wait long."""
    (named,) = sms.carriers()
    assert isinstance(named, SmppSms)
    return SmppSms(pauses=(0.01, 0.01, 0.01))


def collected(count: int = 0, leaves: int = 0) -> list[Receipt]:
    """What the centre says once it has said so much; the first so many are left, to come again later."""
    heard: list[Receipt] = []
    left: list[Receipt] = []

    def take(receipt: Receipt) -> bool:
        (left if len(left) < leaves else heard).append(receipt)
        return receipt in heard

    for _ in range(20):
        carrier().collect(take, seconds=10, quiet=0.5)
        if len(heard) >= count:
            break
    return heard


def test_a_text_leaves_signed_and_under_one_number_with_a_receipt_asked_for(centre: Centre):
    taken = carrier().hand_over(TEXT)
    (text,) = centre.all("text")
    assert taken == Taken(text["number"])
    assert (text["phone"], text["source"], text["text"]) == ("8613912345678", "10690001", "【云诊】李明医生已接诊")
    assert (text["coding"], text["receipt"], text["part"]) == (8, 1, None)
    assert [one["known"] for one in centre.all("bind_transmitter")] == [True]
    assert centre.all("unbind")


@pytest.mark.parametrize("window", ["1", "8"])
def test_a_long_text_leaves_in_parts_and_the_last_ones_receipt_stands_for_it(centre: Centre, cloud: Cloud, window: str):
    turned(cloud, centre, window=window)
    taken = carrier().hand_over(replace(TEXT, text=LONG))
    parts = centre.all("text")
    assert len(parts) == 2
    assert "".join(one["text"] for one in parts) == f"【云诊】{LONG}"
    assert [one["part"][-2:] for one in parts] == [[2, 1], [2, 2]]
    assert len({tuple(one["part"][:-1]) for one in parts}) == 1, "one reference"
    assert ([one["receipt"] for one in parts], taken.number) == ([0, 1], parts[-1]["number"])


def test_a_long_text_leaves_whole_where_the_centre_splits_it(centre: Centre, cloud: Cloud):
    turned(cloud, centre, long="payload")
    carrier().hand_over(replace(TEXT, text=LONG))
    (text,) = centre.all("text")
    assert (text["text"], text["payload"], text["part"]) == ("", f"【云诊】{LONG}", None)


def test_half_of_a_character_is_never_cut_off():
    parts = pdu.parts_of("一" * 66 + "𠮷" * 40, 7)
    assert [text[6:].decode("utf-16-be") for _, text in parts] == ["一" * 66, "𠮷" * 33, "𠮷" * 7]
    assert pdu.parts_of("一" * 70, 7) == [(0, ("一" * 70).encode("utf-16-be"))]


@pytest.mark.parametrize(("status", "cause", "blocked"), [(0x400, "keyword", True), (0x0B, "no_such_number", False)])
def test_what_no_carrier_would_take(centre: Centre, status: int, cause: str, blocked: bool):
    centre.turn(statuses=[status])
    with pytest.raises(Refused) as refusal:
        carrier().hand_over(TEXT)
    assert (refusal.value.cause, refusal.value.blocked) == (cause, blocked)


def test_what_another_carrier_may_take(centre: Centre, cloud: Cloud):
    centre.turn(statuses=[0x45])
    with pytest.raises(Unavailable):
        carrier().hand_over(TEXT)
    assert cloud.counted("vendor_refused", party="smpp", code="0x45") == 1


def test_what_is_too_much_at_first_leaves_a_moment_later_and_once(centre: Centre):
    centre.turn(statuses=[0, 0x58, 0x14])
    carrier().hand_over(replace(TEXT, text=LONG))
    assert [one["part"][-1] for one in centre.all("text")] == [1, 2]
    centre.turn(statuses=[0x58] * 4)
    with pytest.raises(Unavailable) as refusal:
        carrier().hand_over(TEXT)
    assert refusal.value.facts["reason"] == "throttled"


def test_what_nobody_knows(centre: Centre):
    centre.turn(hangsUp=True)
    with pytest.raises(Undecided):
        carrier().hand_over(TEXT)
    with pytest.raises(Unavailable):
        carrier().look_up(TEXT)


def test_what_breaks_off_while_it_is_asked_again_is_known_to_nobody_either(centre: Centre):
    centre.turn(statuses=[0x58], hangsUpAfter=1)
    with pytest.raises(Undecided):
        carrier().hand_over(TEXT)


def test_with_another_key_the_centre_refuses(centre: Centre, cloud: Cloud):
    turned(cloud, centre, key="another")
    with pytest.raises(Unavailable) as refusal:
        carrier().hand_over(TEXT)
    assert (refusal.value.facts["reason"], centre.all("text")) == ("unbound_0xe", [])


def test_where_nobody_listens_it_certainly_was_not_taken(centre: Centre, cloud: Cloud):
    turned(cloud, centre, address="smpp://127.0.0.1:9")
    with pytest.raises(Unavailable) as refusal:
        carrier().hand_over(TEXT)
    assert refusal.value.facts["reason"] == "unreachable"


def test_receipts_are_collected_and_one_that_is_left_comes_again(centre: Centre, time: Time):
    first, second = carrier().hand_over(TEXT), carrier().hand_over(replace(TEXT, id="sms_2.1"))
    heard = collected(1, leaves=1)
    assert [one.number for one in heard] == [second.number]
    assert [one.number for one in collected(1)] == [first.number]
    assert collected() == []
    (one,) = heard
    assert (one.id, one.cause, one.received_at) == ("", "", START)
    assert [one["status"] for one in centre.all("receipt")] == [0x64, 0, 0]
    assert centre.all("alive"), "it asked whether we are there"
    assert centre.all("enquired"), "and was asked"


@pytest.mark.parametrize(
    ("state", "cause"), [("EXPIRED", "expired"), ("UNDELIV", "unreachable"), ("UNKNOWN", "unknown")]
)
def test_a_receipt_says_why_it_failed(centre: Centre, state: str, cause: str):
    carrier().hand_over(TEXT)
    centre.turn(state=state)
    assert [one.cause for one in collected(1)] == [cause]


def test_a_line_that_breaks_is_opened_again(centre: Centre):
    carrier().hand_over(TEXT)
    centre.turn(loses=1)
    assert len(collected(1)) == 1
    assert len(centre.all("bind_receiver")) == 2


def test_a_receipt_by_its_own_parameters_and_what_is_none():
    head = b"\0\0\0" + b"1069\0" + b"\0\0" + b"86139\0"
    state = b"\x04\x27\0\x01\x02" + b"\x00\x1e\0\x03" + b"77\0"
    assert pdu.receipt_of(head + b"\x04\0\0\0\0\0\0\0\0\0" + state) == pdu.Told("77", "DELIVRD", "")
    assert pdu.receipt_of(head + b"\0\0\0\0\0\0\0\0\0\x02hi") is None, "somebody answers a text"
    with pytest.raises(pdu.Broken):
        pdu.receipt_of(b"\0\0\0ab")
