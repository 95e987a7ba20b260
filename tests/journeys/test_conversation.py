"""Patient and doctor talk: over sockets, on several devices, through bad networks. Nothing is lost or doubled."""

from __future__ import annotations

import statistics
import time

import pytest

from tests.journeys.hospital import HospitalProcess
from tests.journeys.journal import SAID
from tests.journeys.line import line_to
from tests.journeys.people import Clinic, Doctor, Patient, a_key, in_progress
from tests.journeys.sockets import Socket, Thread, online

pytestmark = pytest.mark.journey

BURST = 200


@pytest.fixture
def talking(hospital: HospitalProcess) -> tuple[Patient, Doctor, str]:
    """A patient, their doctor, and the conversation that is open between them."""
    patient, doctor = Patient.new(hospital), Clinic.founded(hospital).doctor()
    _, conversation_id = in_progress(patient, doctor)
    return patient, doctor, conversation_id


@pytest.mark.req("IM-01")
def test_text_and_emoji_the_same_for_both_and_for_nobody_else(
    hospital: HospitalProcess, talking: tuple[Patient, Doctor, str]
) -> None:
    """Both sides see the same content in the same order; an outsider is refused, as one who may not even know."""
    patient, doctor, conversation_id = talking
    outsiders = (Patient.new(hospital), doctor.clinic.doctor(1), Clinic.founded(hospital).doctor())
    texts = ["您好 😷", "发烧 38.5 °C，两天了 🤒", "👨‍👩‍👧 全家都感冒了", "第一行\n第二行", "𠮷田先生：‮ نعم", "👍🏽"]
    with online(patient, doctor) as (at_patient, at_doctor):
        for number, text in enumerate(texts):
            writer = (at_patient, at_doctor)[number % 2]
            sent = writer.sends(conversation_id, text)
            assert sent["seq"] == number + 2
            for reader in (at_patient, at_doctor):
                assert reader.hears_message(seq=sent["seq"])["content"]["text"] == text
        for device in (patient, doctor):
            items = device.reads_messages(conversation_id)["items"]
            assert [message["content"]["text"] for message in items][1:] == texts
            writers = [message["sender"]["person_id"] for message in items[1:]]
            assert writers == [patient.person_id, doctor.person_id] * 3

        with online(*outsiders) as listening:
            for outsider, socket in zip(outsiders, listening, strict=True):
                message_id = a_key()
                socket.puts(conversation_id, "我也想说一句", message_id)
                assert socket.hears("error", id=message_id)["code"] == "conversation.not_found"
                path = f"/messaging/conversations/{conversation_id}"
                outsider.refused(404, "conversation.not_found", "GET", path)
                outsider.refused(404, "conversation.not_found", "GET", f"{path}/messages")
                outsider.refused(404, "conversation.not_found", "POST", f"{path}/read", {"seq": 1})
            at_doctor.sends(conversation_id, "只有我们两人")
            at_patient.hears_message(text="只有我们两人")
            for socket in listening:
                socket.hears_nothing(0.3)
    assert patient.sees_conversation(conversation_id)["last_seq"] == len(texts) + 2


def test_read_marks_and_unread_counts(talking: tuple[Patient, Doctor, str]) -> None:
    """Writing reads what stands above; a mark is told to the other side, never goes back, and never runs ahead."""
    patient, doctor, conversation_id = talking
    path = f"/messaging/conversations/{conversation_id}/read"
    with online(patient, doctor) as (at_patient, at_doctor):
        for text in ("一", "二", "三"):
            at_doctor.sends(conversation_id, text)
        unread = patient.sees_conversation(conversation_id)
        assert (unread["unread"], unread["last_message"]["content"]["text"]) == (4, "三")
        assert doctor.sees_conversation(conversation_id)["unread"] == 0
        (listed,) = patient.ok("GET", "/messaging/conversations")["items"]
        assert listed == unread | {"marks": {patient.person_id: unread["marks"][patient.person_id]}}, "one's own mark"

        at_patient.say(action="read", conversation_id=conversation_id, seq=3)
        for socket in (at_patient, at_doctor):
            assert socket.hears("read", person_id=patient.person_id)["seq"] == 3
        assert patient.sees_conversation(conversation_id)["unread"] == 1
        assert patient.ok("POST", path, {"seq": 2}) == {"read_seq": 3, "unread": 1}
        assert patient.refused(400, "message.read_mark_beyond_end", "POST", path, {"seq": 5}) == {"last_seq": 4}
        assert patient.ok("POST", path, {"seq": 4}) == {"read_seq": 4, "unread": 0}
        assert at_doctor.hears("read", person_id=patient.person_id)["seq"] == 4


def test_two_devices_of_one_person(talking: tuple[Patient, Doctor, str]) -> None:
    """What one device writes or reads stands on the other; one that is closed does not disturb."""
    patient, doctor, conversation_id = talking
    tablet = patient.on_another_device()
    assert tablet.person_id == patient.person_id
    with online(patient, tablet, doctor) as (at_phone, at_tablet, at_doctor):
        at_phone.sends(conversation_id, "用手机写的")
        for socket in (at_tablet, at_doctor, at_phone):
            socket.hears_message(text="用手机写的")
        at_doctor.sends(conversation_id, "收到")
        for socket in (at_phone, at_tablet):
            socket.hears_message(text="收到")
        at_tablet.say(action="read", conversation_id=conversation_id, seq=3)
        assert at_phone.hears("read", person_id=patient.person_id)["seq"] == 3
        assert patient.sees_conversation(conversation_id)["unread"] == 0
        at_tablet.close()
        at_doctor.sends(conversation_id, "还在吗？")
        at_phone.hears_message(text="还在吗？")


def test_a_message_that_is_sent_again_is_stored_once(talking: tuple[Patient, Doctor, str]) -> None:
    """The acknowledgement was lost: the same id gets the same number; another text under it is refused."""
    patient, doctor, conversation_id = talking
    with online(patient, doctor) as (at_patient, at_doctor):
        message_id = a_key()
        first = at_patient.sends(conversation_id, "只说一次", message_id)
        assert at_patient.sends(conversation_id, "只说一次", message_id) == first
        at_patient.puts(conversation_id, "另一句话", message_id)
        assert at_patient.hears("error", id=message_id)["code"] == "message.id_reused"
        # The id is the sender's own: the other side may use the same one.
        assert at_doctor.sends(conversation_id, "我的话", message_id)["seq"] == first["seq"] + 1
    texts = [message["content"]["text"] for message in patient.reads_messages(conversation_id)["items"]]
    assert texts[1:] == ["只说一次", "我的话"]


def test_cut_off_and_back_exactly_what_was_missed(talking: tuple[Patient, Doctor, str]) -> None:
    """Three times cut at a different place: what the pushes did not bring is fetched, and nothing else."""
    patient, doctor, conversation_id = talking
    thread = Thread(patient, conversation_id)
    thread.catches_up()
    with online(doctor) as (at_doctor,):
        for missed in (1, 5, 0):
            at_patient = Socket(patient)
            assert thread.catches_up() == []
            live = at_doctor.sends(conversation_id, "在线时")["seq"]
            thread.takes({"message": at_patient.hears_message(seq=live)})
            assert thread.seen == live
            at_patient.breaks()
            gone = [at_doctor.sends(conversation_id, f"断线时 {number}")["seq"] for number in range(missed)]
            back = Socket(patient)
            assert thread.catches_up() == gone
            back.close()
    assert thread.texts == [
        message["content"]["text"] for message in doctor.reads_messages(conversation_id, "limit=100")["items"]
    ]


def test_a_line_that_went_dead_unnoticed(hospital: HospitalProcess, talking: tuple[Patient, Doctor, str]) -> None:
    """Neither side was told: the hospital pushes into the void, the doctor is not held up, and the patient's next
    socket misses nothing."""
    patient, doctor, conversation_id = talking
    thread = Thread(patient, conversation_id)
    thread.catches_up()
    with line_to(hospital.port) as line, online(doctor) as (at_doctor,):
        lost = Socket(patient, port=line.port)
        at_doctor.sends(conversation_id, "听得到吗？")
        thread.takes({"message": lost.hears_message(text="听得到吗？")})
        line.goes_dead()
        unheard = a_key()
        lost.puts(conversation_id, "这句没有送到", unheard)
        began = time.monotonic()
        missed = [at_doctor.sends(conversation_id, f"无人听到 {number}")["seq"] for number in range(10)]
        assert time.monotonic() - began < 5
        heard = lost.waits(0.2)
        assert not [frame for frame in heard if frame["type"] == "ack" or "无人听到" in str(frame)]
        back = Socket(patient, port=line.port)
        assert thread.catches_up() == missed
        assert back.sends(conversation_id, "这句没有送到", unheard)["seq"] == missed[-1] + 1
        thread.takes({"message": back.hears_message(text="这句没有送到")})
        back.close()
    assert thread.texts[-1] == "这句没有送到"


def test_a_burst_while_the_other_side_is_away(talking: tuple[Patient, Doctor, str]) -> None:
    """200 numbered messages: each once, in order, whatever page size they are fetched by."""
    patient, doctor, conversation_id = talking
    texts = [f"第 {number} 条" for number in range(1, BURST + 1)]
    with online(patient) as (at_patient,):
        acknowledged = [at_patient.sends(conversation_id, text)["seq"] for text in texts]
    assert acknowledged == list(range(2, BURST + 2))
    thread = Thread(doctor, conversation_id)
    assert thread.catches_up() == list(range(1, BURST + 2))
    assert thread.texts[1:] == texts
    assert doctor.sees_conversation(conversation_id)["unread"] == BURST + 1

    newest = doctor.reads_messages(conversation_id, "limit=30")
    pages, backwards = [newest["items"]], newest
    while not backwards["complete"]:
        backwards = doctor.reads_messages(conversation_id, f"before={backwards['items'][0]['seq']}&limit=30")
        pages.insert(0, backwards["items"])
    assert [message["seq"] for page in pages for message in page] == list(range(1, BURST + 2))


def test_many_frames_at_once_get_numbers_without_gaps(talking: tuple[Patient, Doctor, str]) -> None:
    """Both sides write without waiting: every message is acknowledged once, under a number of its own, and stands
    there with the text that was acknowledged."""
    patient, doctor, conversation_id = talking
    each = 12
    with online(patient, doctor) as (at_patient, at_doctor):
        said = {}
        for number in range(each):
            for name, socket in (("病人", at_patient), ("医生", at_doctor)):
                message_id = a_key()
                said[message_id] = f"{name} {number}"
                socket.puts(conversation_id, said[message_id], message_id)
        numbers = {}
        for socket in (at_patient, at_doctor):
            for _ in range(each):
                ack = socket.hears("ack", seconds=30)
                numbers[ack["id"]] = ack["seq"]
        pushed = {seq: at_patient.hears_message(seq=seq, seconds=20) for seq in numbers.values()}
    assert sorted(numbers.values()) == list(range(2, 2 * each + 2))
    thread = Thread(doctor, conversation_id)
    thread.catches_up()
    assert {message_id: thread.messages[seq]["content"]["text"] for message_id, seq in numbers.items()} == said
    assert pushed == {seq: message for seq, message in thread.messages.items() if seq > 1}


def test_a_burst_outruns_the_end_of_the_visit(hospital: HospitalProcess) -> None:
    """The doctor finishes while the patient types on: what was acknowledged is there, what came too late was refused,
    and nothing stands after the end."""
    patient, doctor = Patient.new(hospital), Clinic.founded(hospital).doctor()
    visit_id, conversation_id = in_progress(patient, doctor)
    with online(patient) as (at_patient,):
        ids = [a_key() for _ in range(60)]
        for number, message_id in enumerate(ids):
            at_patient.puts(conversation_id, f"{number}", message_id)
            if number == 30:
                doctor.finishes(visit_id)
        last_seq = doctor.sees_conversation(conversation_id)["last_seq"]
        answers = [at_patient.hears_answer(message_id, seconds=20) for message_id in ids]
    acknowledged = sorted(frame["seq"] for frame in answers if frame["type"] == "ack")
    refused = {frame["code"] for frame in answers if frame["type"] == "error"}
    assert acknowledged == list(range(2, last_seq + 1))
    assert refused <= {"conversation.closed"}
    assert patient.sees_conversation(conversation_id)["last_seq"] == last_seq


@pytest.mark.req("IM-11")
def test_a_message_appears_without_asking(request: pytest.FixtureRequest, talking: tuple[Patient, Doctor, str]) -> None:
    """Pushed to the other side at once; from sending to receiving is measured, and told at the end of the run."""
    patient, doctor, conversation_id = talking
    took = []
    with online(patient, doctor) as (at_patient, at_doctor):
        for number in range(40):
            writer, reader = (at_patient, at_doctor) if number % 2 else (at_doctor, at_patient)
            name = a_key()
            began = time.monotonic()
            writer.puts(conversation_id, f"第 {number} 条", name)
            while reader.hears("message")["message"]["id"] != name:
                pass  # one's own, pushed to all one's devices
            took.append(time.monotonic() - began)
    middle, slow = statistics.median(took) * 1000, statistics.quantiles(took, n=20)[-1] * 1000
    request.config.stash.setdefault(SAID, []).append(
        f"messages, from sending to receiving: median {middle:.0f} ms, 95 % within {slow:.0f} ms ({len(took)} of them)"
    )
    assert middle < 1000, f"{middle:.0f} ms is not near-instant"
