"""HL7 v2 over MLLP: what only this protocol can get wrong. What every adapter does is in test_contract."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from adapters.his import HisAnsweredAnother, HisRefused, HisUnavailable, Presented, calling, hl7_message, mllp
from adapters.his.hl7 import Hl7His
from tests.builders.his import KEY, LI, WANG, fill, knows_his, told, who
from tests.builders.his_peers.hl7 import GB, Hl7Peer
from tests.layers.adapters.his.conftest import Far

pytestmark = pytest.mark.store

ODD = "心|内^科~\\&组"


def test_delimiters_in_texts_go_there_and_come_back(hl7: Far, hl7_peer: Hl7Peer):
    number = hl7.records.open(told(LI, cards=[{"kind": "visit", "number": "V-1"}]), "")["patient_number"]
    hl7.records.put("departments", {"code": "D1", "name": ODD, "organisation_code": "H1"}, "2026-11-20")
    assert [one.name for one in hl7.his.departments().items] == [ODD]
    with pytest.raises(HisRefused):
        hl7.his.cards(Presented(number, "V|1~@PID.3.1^P2"))
    assert "@PID.3.1^V\\F\\1\\R\\@PID.3.1\\S\\P2\r" in hl7_peer.wanted[-1]


def test_a_wish_that_is_repeated_has_the_same_control_id(hl7: Far, hl7_peer: Hl7Peer):
    for _ in range(2):
        hl7.his.open_file(LI, key="wish-1")
    hl7.his.open_file(LI, key="wish-2")
    ids = [one.split("|")[9] for one in hl7_peer.wanted if "|ADT^A28^ADT_A05|" in one]
    assert (len(ids), ids[0] == ids[1], ids[1] == ids[2]) == (3, True, False)


def test_nothing_that_ends_a_segment_can_be_told_in_a_name():
    assert hl7_message.escaped("张\r三\x0b\x1c") == "张 三  "


BROKEN: dict[str, Callable[[bytes], bytes]] = {
    "no beginning": lambda frame: frame[1:],
    "no end": lambda frame: frame[:-2],
    "half an end": lambda frame: frame[:-1],
    "two at once": lambda frame: frame + frame,
    "a frame in the frame": lambda frame: frame[:40] + b"\x0b" + frame[40:],
    "nothing in it": lambda frame: b"\x0b\x1c\r",
    "another message's answer": lambda frame: frame.replace(b"MSA|AA|", b"MSA|AA|0"),
    "no acknowledgement": lambda frame: frame.replace(b"MSA|", b"NTE|"),
    "an unknown acknowledgement": lambda frame: frame.replace(b"MSA|AA", b"MSA|OK"),
    "another query's answer": lambda frame: frame.replace(b"QAK|", b"QAK|0"),
    "an unknown character set": lambda frame: frame.replace(b"UNICODE UTF-8", b"EBCDIC"),
    "bytes of GBK said to be UTF-8": lambda frame: frame.decode().encode("gbk", "replace"),
    "no character set at all": lambda frame: frame.replace(b"|UNICODE UTF-8", b""),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_what_is_no_answer_is_none(hl7: Far, hl7_peer: Hl7Peer, broken: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(calling, "TIMEOUT_SECONDS", 5 if broken != "no end" else 0.5)
    hl7.records.open(told(WANG), "")
    hl7_peer.bent = BROKEN[broken]
    with pytest.raises(HisUnavailable):
        hl7.his.find_file(who(WANG))
    hl7_peer.bent = lambda frame: frame
    assert hl7.his.find_file(who(WANG)) is not None


def test_an_answer_that_is_too_long_is_none(hl7: Far, hl7_peer: Hl7Peer, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(mllp, "_LONGEST_ANSWER", 100)
    fill(hl7.records)
    with pytest.raises(HisUnavailable):
        hl7.his.organisations()


def test_a_his_that_speaks_gb_18030_is_understood(hl7: Far, hl7_peer: Hl7Peer, cloud):
    hl7_peer.charset = GB
    knows_his(cloud, HIS_URL=f"{hl7_peer.url}?charset=GB%2018030-2000")
    opened = hl7.his.open_file(LI, key="wish-1")
    assert (opened.name, hl7.his.find_file(who(LI))) == (LI.name, opened)


def test_one_that_says_gb_18030_and_speaks_utf_8_is_taken_for_nobody(hl7: Far, hl7_peer: Hl7Peer):
    """Such bytes can be read either way: the name that comes out is another."""
    hl7.records.open(told(WANG), "")
    hl7_peer.bent = lambda frame: frame.replace(b"UNICODE UTF-8", b"GB 18030-2000")
    with pytest.raises((HisAnsweredAnother, HisUnavailable)):
        hl7.his.find_file(who(WANG))


@pytest.mark.parametrize(
    ("code", "error", "refusal", "reason"),
    [
        ("AE", "103", HisRefused, "error_103"),
        ("CE", "103", HisRefused, "error_103"),
        ("AE", "204", HisRefused, "unknown_patient"),
        ("AE", "205", HisRefused, "error_205"),
        ("AE", "206", HisUnavailable, "error_206"),
        ("AR", "207", HisUnavailable, "error_207"),
        ("AR", "203", HisUnavailable, "rejected_203"),
    ],
)
def test_each_acknowledgement_has_its_meaning(hl7: Far, hl7_peer: Hl7Peer, code, error, refusal, reason):
    fill(hl7.records)
    told_so = f"MSA|{code}|".encode()
    hl7_peer.bent = lambda frame: frame.replace(b"MSA|AA|", told_so).replace(b"MFI|", f"ERR|||{error}|E\rMFI|".encode())
    with pytest.raises(refusal) as raised:
        hl7.his.organisations()
    assert raised.value.facts["reason"] == reason


def test_patients_of_two_files_in_one_answer_are_refused(hl7: Far, hl7_peer: Hl7Peer):
    visit = {"number": "J1", "at": "2026-03-01T09:30:00+08:00", "department_name": "内科", "diagnoses": []}
    number = hl7.records.open(told(LI, visits=[visit]), "")["patient_number"]
    other = hl7.records.open(told(WANG), "")["patient_number"]
    since = LI.birth_date
    assert len(hl7.his.past_visits(Presented(number), since).visits) == 1

    def mixed(frame: bytes) -> bytes:
        pid = frame[frame.index(b"PID|") : -2]
        return frame[:-2] + pid.replace(number.encode(), other.encode()) + frame[-2:]

    hl7_peer.bent = mixed
    with pytest.raises(HisAnsweredAnother):
        hl7.his.past_visits(Presented(number), since)

    def twice(frame: bytes) -> bytes:
        pid = next(one for one in frame.split(b"\r") if one.startswith(b"PID|"))
        return frame.replace(pid, pid + b"\r" + pid)

    hl7_peer.bent = twice
    with pytest.raises(HisRefused):
        hl7.his.cards(Presented(number))


@pytest.mark.parametrize("url", ["http://his", "mllp://", "mllp://his?charset=EBCDIC", "his:2575"])
def test_an_address_that_is_none_is_said_at_once(url: str):
    with pytest.raises(ValueError, match="HIS_URL"):
        Hl7His(url, KEY, ())


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"MSH",
        b"PID|1",
        b"MSH||||||||||||||||||UNICODE UTF-8\r",
        b"MSH|^^^^|",
        b"\xff" * 40,
        b"MSH|^~\\&" + b"|" * 99,
    ],
)
def test_what_is_no_message_is_said_so_or_read_as_empty(message: bytes):
    try:
        read = hl7_message.read(message)
    except hl7_message.NoMessage:
        return
    assert read.first("MSA").text(2) == ""
