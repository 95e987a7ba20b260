"""What people send besides text: the other side opens it as it was meant, and nothing else gets through."""

from __future__ import annotations

import io
from urllib.parse import urlsplit

import av
import pytest
import requests
from PIL import Image

from tests.builders import files
from tests.journeys.hospital import HospitalProcess
from tests.journeys.people import Clinic, Doctor, Patient, a_key, in_progress
from tests.journeys.sockets import Socket, online
from tests.journeys.uploads import asking, checked, opens, put, uploads

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def talking(hospital: HospitalProcess) -> tuple[Patient, Doctor, str]:
    """A patient, their doctor, and the conversation that is open between them."""
    patient, doctor = Patient.new(hospital), Clinic.founded(hospital).doctor()
    _, conversation_id = in_progress(patient, doctor)
    return patient, doctor, conversation_id


def sends(socket: Socket, conversation_id: str, type_: str, upload_id: str) -> int:
    """The number that the message got."""
    name = a_key()
    content = {"upload_id": upload_id}
    socket.say(action="send", id=name, conversation_id=conversation_id, type=type_, content=content)
    return int(socket.hears("ack", id=name)["seq"])


def refused(socket: Socket, conversation_id: str, type_: str, upload_id: str) -> str:
    """The code with which sending it was refused."""
    name = a_key()
    content = {"upload_id": upload_id}
    socket.say(action="send", id=name, conversation_id=conversation_id, type=type_, content=content)
    return str(socket.hears("error", id=name)["code"])


def picture(answer: requests.Response) -> Image.Image:
    """What a browser shows of it: of our own type, never as a page."""
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    return Image.open(io.BytesIO(answer.content))


@pytest.mark.req("IM-02", "IM-03")
def test_a_photo_is_sent_smaller_and_opened_at_full_size_and_as_a_thumbnail(
    talking: tuple[Patient, Doctor, str],
) -> None:
    """A large photo arrives smaller, upright and legible, without the place where it was taken; what is no picture,
    too large, or says it is a picture and is none, does not arrive."""
    patient, doctor, conversation_id = talking
    photo = files.noisy(2600, 1300)
    with online(patient, doctor) as (at_patient, at_doctor):
        seq = sends(at_patient, conversation_id, "image", uploads(patient, conversation_id, "image", photo)["id"])
        told = at_doctor.hears_message(seq=seq)["content"]
        shown = opens(doctor, conversation_id, seq)
        assert (told["width"], told["height"]) == picture(shown).size == (2048, 1024)
        assert told["size"] == len(shown.content) < len(photo)
        small = picture(opens(doctor, conversation_id, seq, "thumbnail"))
        assert small.size == (told["thumbnail"]["width"], told["thumbnail"]["height"]) == (320, 160)

        located = uploads(patient, conversation_id, "image", files.photo())
        seq = sends(at_patient, conversation_id, "image", located["id"])
        upright = opens(doctor, conversation_id, seq)
        assert picture(upright).size == (400, 640)
        assert b"PhoneMaker" not in upright.content

        for content, other, status, code in (
            (b"words", {"media_type": "text/plain"}, 400, "upload.type_unsupported"),
            (files.SCRIPTED_SVG, {"media_type": "image/svg+xml"}, 400, "upload.type_unsupported"),
            (b"", {}, 400, "upload.empty"),
            (photo, {"size": 20_000_001}, 413, "upload.too_large"),
        ):
            body = asking(conversation_id, "image", content, **other)
            patient.refused(status, code, "POST", "/messaging/uploads", body, key=a_key())
        for content, code in (
            (files.SCRIPTED_SVG, "upload.not_what_it_says"),
            (files.bomb(), "upload.too_many_pixels"),
            (photo[: len(photo) // 2], "upload.damaged"),
        ):
            view = uploads(patient, conversation_id, "image", content)
            assert (view["state"], view["code"]) == ("refused", code)
            assert refused(at_patient, conversation_id, "image", view["id"]) == "upload.refused"


@pytest.mark.req("IM-04")
def test_a_voice_message_plays_with_its_length(talking: tuple[Patient, Doctor, str]) -> None:
    """What a phone records plays on every other; an empty recording is refused, before or after it is put."""
    patient, doctor, conversation_id = talking
    with online(patient, doctor) as (at_patient, at_doctor):
        for kind, claim in (("webm", "audio/webm;codecs=opus"), ("m4a", "audio/mp4")):
            voice = files.voice(kind, 3.0)
            view = uploads(patient, conversation_id, "voice", voice, media_type=claim)
            seq = sends(at_patient, conversation_id, "voice", view["id"])
            told = at_doctor.hears_message(seq=seq)["content"]
            assert abs(told["milliseconds"] - 3000) <= 100
            answer = opens(doctor, conversation_id, seq)
            assert answer.headers["Content-Type"] == "audio/mpeg"
            with av.open(io.BytesIO(answer.content), format="mp3") as sound:
                heard = sum(frame.samples / frame.sample_rate for frame in sound.decode(audio=0))
            assert abs(heard - 3.0) < 0.2
        patient.refused(
            400, "upload.empty", "POST", "/messaging/uploads", asking(conversation_id, "voice", b""), key=a_key()
        )
        silent = files.voice("wav", 0.04)
        view = uploads(patient, conversation_id, "voice", silent, media_type="audio/wav")
        assert (view["state"], view["code"]) == ("refused", "upload.empty")


@pytest.mark.req("IM-05")
def test_a_short_video_plays_with_a_cover(talking: tuple[Patient, Doctor, str]) -> None:
    """It plays in parts, as players ask for them; an unsupported, oversize or disguised one is refused."""
    patient, doctor, conversation_id = talking
    with online(patient, doctor) as (at_patient, at_doctor):
        view = uploads(patient, conversation_id, "video", files.video("mov"), media_type="video/quicktime")
        seq = sends(at_patient, conversation_id, "video", view["id"])
        told = at_doctor.hears_message(seq=seq)["content"]
        assert (told["width"], told["height"], told["milliseconds"], told["has_cover"]) == (160, 120, 2000, True)
        answer = opens(doctor, conversation_id, seq)
        assert answer.headers["Content-Type"] == "video/mp4"
        with av.open(io.BytesIO(answer.content), format="mov") as video:
            assert len(list(video.decode(video=0))) == 10
        assert picture(opens(doctor, conversation_id, seq, "cover")).size == (160, 120)
        for content, other, status, code in (
            (b"RIFF", {"media_type": "video/x-msvideo"}, 400, "upload.type_unsupported"),
            (b"ftyp", {"size": 50_000_001}, 413, "upload.too_large"),
        ):
            body = asking(conversation_id, "video", content, **other)
            patient.refused(status, code, "POST", "/messaging/uploads", body, key=a_key())
        disguised = uploads(patient, conversation_id, "video", files.voice("m4a"))
        assert (disguised["state"], disguised["code"]) == ("refused", "upload.not_what_it_says")


def test_a_document_comes_in_parts_goes_on_after_a_reload_and_is_saved_under_its_name(
    talking: tuple[Patient, Doctor, str],
) -> None:
    """An address takes exactly the bytes it was signed for, once, and leads to nobody's file but for members."""
    patient, doctor, conversation_id = talking
    content = b"%PDF-1.7\n" + b"%" * (5 * 1024 * 1024)
    view = patient.ok("POST", "/messaging/uploads", asking(conversation_id, "file", content), key=a_key())
    path = f"/messaging/uploads/{view['id']}"
    put(view | {"parts": view["parts"][1:]}, content)
    assert patient.refused(409, "upload.incomplete", "POST", f"{path}/finish", key=a_key()) == {"missing": [1]}
    again = patient.ok("GET", path)
    assert [part["number"] for part in again["parts"]] == [1]
    assert put(again, content) == [200]
    patient.ok("POST", f"{path}/finish", key=a_key())
    assert checked(patient, view["id"])["state"] == "ready"
    with online(patient) as (at_patient,):
        seq = sends(at_patient, conversation_id, "file", view["id"])
    answer = opens(doctor, conversation_id, seq)
    assert answer.content == content
    assert "filename*=UTF-8''%E5%8C%96%E9%AA%8C%E5%8D%95.pdf" in answer.headers["Content-Disposition"]

    small = patient.ok("POST", "/messaging/uploads", asking(conversation_id, "file", files.pdf()), key=a_key())
    (part,) = small["parts"]
    assert requests.put(part["url"], files.pdf() + b" ", headers=part["headers"], timeout=40).status_code >= 400
    assert requests.put(part["url"], files.pdf()[:-1] + b" ", headers=part["headers"], timeout=40).status_code >= 400
    assert requests.get(part["url"], timeout=40).status_code >= 400
    assert put(small, files.pdf()) == [200]
    bare = urlsplit(answer.url)
    assert requests.get(f"{patient.hospital.origin}{bare.path}", timeout=40).status_code >= 400
    outsider = Patient.new(patient.hospital)
    for device in (outsider, doctor.clinic.doctor(1)):
        device.refused(404, "conversation.not_found", "GET", f"/messaging/conversations/{conversation_id}/files/{seq}")


def test_the_scan_of_a_paper_is_opened_by_its_owner_and_who_reviews_them_and_by_nobody_else(
    talking: tuple[Patient, Doctor, str],
) -> None:
    """It goes the way of all files, for a paper instead of a conversation; DIR-06 in part (what a review looks at)."""
    patient, doctor, conversation_id = talking
    admin, own = doctor.clinic.one("org_admin"), "/directory/registration/papers"
    kind = doctor.ok("GET", "/directory/registration")["asked"][0]["id"]
    paper_id = doctor.ok("POST", own, {"kind_id": kind, "number": "110110000000021"}, key=a_key())["id"]
    scan_at, reviewed_at = f"{own}/{paper_id}/scan", f"/directory/staff/{doctor.role_id}/papers/{paper_id}/scan"
    body = asking(paper_id, "file", files.pdf())
    for device in (patient, doctor.clinic.doctor(1)):
        device.refused(404, "staff.paper_not_found", "POST", "/messaging/uploads", body, key=a_key())
    talk = {"upload_id": uploads(doctor, conversation_id, "image", files.picture("PNG", 20, 10))["id"]}
    doctor.refused(404, "upload.not_found", "PUT", scan_at, talk, key=a_key())
    wrong = uploads(doctor, paper_id, "file", b"words", name="a.pdf")
    assert (wrong["state"], wrong["code"]) == ("refused", "upload.not_what_it_says")
    scan = {"upload_id": uploads(doctor, paper_id, "file", files.pdf())["id"]}
    assert doctor.ok("PUT", scan_at, scan, key=a_key())["scan"] == "file"
    for device, path in ((doctor, scan_at), (admin, reviewed_at)):
        answer = requests.get(device.ok("GET", path)["url"], timeout=40)
        assert (answer.content, answer.headers["Content-Type"]) == (files.pdf(), "application/pdf")
        assert answer.headers["Content-Disposition"].startswith("attachment")
    doctor.clinic.doctor(1).refused(404, "staff.paper_not_found", "GET", scan_at)
    stranger = Clinic.founded(doctor.hospital).one("org_admin")
    stranger.refused(404, "staff.not_found", "GET", reviewed_at)
