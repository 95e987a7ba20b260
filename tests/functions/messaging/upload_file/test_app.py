"""A file's way: asked for, put, checked, sent once, opened by members, locked; and the ways that end earlier."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image

from hospital import clock, settings
from hospital.uploads.model import MOST_OPEN, PART_SIZE
from hospital.uploads.purposes import KEEP
from house.sweep_due.app import app as sweep_due
from messaging.on_upload_put_check.app import app as check
from messaging.open_file.app import app as open_file
from messaging.upload_file.app import app as upload_file
from tests.builders import files
from tests.builders.acting import act
from tests.builders.cloud import client, together
from tests.builders.conversations import Talk
from tests.builders.gateway import Answer, call
from tests.builders.moments import Time
from tests.builders.people import new_patient
from tests.builders.uploads import (
    Who,
    asked,
    checked,
    kept,
    make_buckets,
    put,
    quarantined,
    said_to_be_put,
    send,
    uploaded,
    view_of,
)

pytestmark = pytest.mark.store

PICTURE = files.photo()


@pytest.fixture(autouse=True)
def buckets(cloud) -> None:
    make_buckets()


def opened(talk: Talk, who: Who, seq: int, variant: str = "original") -> Answer:
    return call(open_file, "GET", f"/conversations/{talk.id}/files/{seq}?variant={variant}", who=who.caller)


def fetched(url: str) -> tuple[bytes, str, str]:
    """(content, type, disposition) of what the address leads to."""
    address = urlsplit(url)
    query = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert url.startswith(settings.current().site_origin)
    assert query["X-Amz-Expires"] == "300"
    found = client("s3").get_object(Bucket=settings.current().media_bucket, Key=address.path.lstrip("/"))
    return found["Body"].read(), query["response-content-type"], query["response-content-disposition"]


def ready(talk: Talk, who: Who, type_: str = "image", content: bytes = PICTURE, **other: Any) -> str:
    view = uploaded(talk, who, type_, content, **other)
    assert (view["state"], view["code"], view["parts"]) == ("ready", None, [])
    return str(view["id"])


# -- the way that a picture goes --------------------------------------------------------------------------------------


def test_a_picture_is_sent_and_the_other_side_opens_it(talk: Talk):
    upload_id = ready(talk, talk.patient)
    assert quarantined() == [], "what was checked has left the quarantine"
    assert send(talk, talk.patient, "image", upload_id)["seq"] == 2
    content = talk.messages(talk.doctor)[-1]["content"]
    assert (content["upload_id"], content["name"], content["width"], content["height"]) == (
        upload_id, "手.jpg", 400, 640,
    )  # fmt: skip
    for variant in ("original", "display", "thumbnail"):
        body, media_type, disposition = fetched(opened(talk, talk.doctor, 2, variant).ok()["url"])
        assert media_type == "image/jpeg"
        assert disposition.startswith("attachment;") and "filename*=UTF-8''%E6%89%8B.jpg" in disposition
        assert b"PhoneMaker" not in body
    shown = Image.open(io.BytesIO(body))
    assert {"width": shown.width, "height": shown.height} == content["thumbnail"]
    opened(talk, talk.doctor, 2, "cover").refused(404, "upload.no_file")


def test_its_sender_is_told_when_the_check_is_over(talk: Talk):
    socket = talk.socket(talk.patient)
    upload_id = ready(talk, talk.patient)
    told = [frame for frame in socket.take() if frame["type"] == "notice"]
    assert [(frame["topic"], frame["subject"]) for frame in told] == [("upload.ready.v1", upload_id)]


def test_voice_video_and_document_carry_what_they_turned_out_to_be(talk: Talk):
    sent = [
        ("voice", files.voice("webm"), {}),
        ("video", files.video("mp4"), {}),
        ("file", files.pdf(), {}),
        ("file", "甲状腺\n".encode(), {"name": "说明", "media_type": "text/plain"}),
    ]
    for number, (type_, content, other) in enumerate(sent):
        ack = send(
            talk, talk.patient, type_, ready(talk, talk.patient, type_, content, **other), f"client-id-{number:04}"
        )
        assert ack["type"] == "ack", ack
    voice, video, paper, words = [message["content"] for message in talk.messages(talk.doctor)[1:]]
    assert abs(voice["milliseconds"] - 2000) <= 100
    assert (video["width"], video["height"], video["milliseconds"], video["has_cover"]) == (160, 120, 2000, True)
    assert (paper["name"], paper["media_type"], paper["size"]) == ("化验单.pdf", "application/pdf", len(files.pdf()))
    assert words["media_type"] == "text/plain"
    kinds = [fetched(opened(talk, talk.doctor, seq).ok()["url"]) for seq in (2, 3, 4, 5)]
    assert [kind[1] for kind in kinds] == ["audio/mpeg", "video/mp4", "application/pdf", "text/plain"]
    assert kinds[2][0] == files.pdf(), "a document is handed on as it came"
    assert kinds[3][2].endswith("%E8%AF%B4%E6%98%8E.txt"), "and has the end that its content has"
    assert fetched(opened(talk, talk.doctor, 3, "cover").ok()["url"])[1] == "image/jpeg"


def test_an_upload_is_used_once(talk: Talk):
    upload_id = ready(talk, talk.patient)
    first = send(talk, talk.patient, "image", upload_id)
    again = send(talk, talk.patient, "image", upload_id)
    assert again == first, "the same message, sent again, got its number before"
    assert send(talk, talk.patient, "image", upload_id, "client-id-0002")["code"] == "upload.used"
    other = ready(talk, talk.patient)
    assert send(talk, talk.patient, "image", other)["code"] == "message.id_reused"
    assert len(talk.messages(talk.doctor)) == 2


def test_of_many_messages_at_once_one_gets_it(talk: Talk):
    upload_id = ready(talk, talk.patient)
    sockets = [talk.socket(talk.patient) for _ in range(4)]

    def say(number: int) -> dict[str, Any]:
        return sockets[number].say(
            action="send", id=f"client-id-{number:04}", conversation_id=talk.id, type="image",
            content={"upload_id": upload_id},
        )  # fmt: skip

    said = sorted(answer.get("code", answer["type"]) for answer in together(4, say))
    assert said == ["ack", "upload.used", "upload.used", "upload.used"]


# -- whose it is ------------------------------------------------------------------------------------------------------


def test_nobody_but_its_sender_knows_an_upload(talk: Talk):
    upload_id = ready(talk, talk.patient)
    for who in (talk.doctor, new_patient()):
        for method, path in (("GET", ""), ("POST", "/finish"), ("DELETE", "")):
            answer = call(upload_file, method, f"/uploads/{upload_id}{path}", who=who.caller)
            answer.refused(404, "upload.not_found")
    assert send(talk, talk.doctor, "image", upload_id)["code"] == "upload.not_found"
    assert send(talk, talk.patient, "file", upload_id)["code"] == "upload.wrong_type"

    # And once a message holds it, its sender cannot take it back.
    upload_id = ready(talk, talk.patient)
    send(talk, talk.patient, "image", upload_id)
    answer = call(upload_file, "DELETE", f"/uploads/{upload_id}", who=talk.patient.caller)
    assert answer.refused(409, "upload.moved_on") == {"state": "sent"}


def test_who_takes_no_part_neither_sends_nor_opens(talk: Talk):
    asked(talk, new_patient(), "image", PICTURE).refused(404, "conversation.not_found")
    send(talk, talk.patient, "image", ready(talk, talk.patient))
    for who in (new_patient(), talk.clinic.colleague):
        opened(talk, who, 2).refused(404, "conversation.not_found")
    for seq in (1, 3):
        opened(talk, talk.doctor, seq).refused(404, "upload.no_file")

    # What was recalled opens for nobody.
    opened(talk, talk.doctor, 2).ok()
    said = talk.socket(talk.patient).say(action="recall", id="client-id-0002", conversation_id=talk.id, seq=2)
    assert said["type"] == "ack"
    for who in (talk.doctor, talk.patient):
        opened(talk, who, 2).refused(404, "upload.no_file")


def test_a_closed_conversation_takes_nothing(talk: Talk):
    upload_id = ready(talk, talk.patient)
    talk.close()
    asked(talk, talk.patient, "image", PICTURE).refused(409, "conversation.closed")
    assert send(talk, talk.patient, "image", upload_id)["code"] == "conversation.closed"


# -- what is refused --------------------------------------------------------------------------------------------------


AT_ONCE = [
    ("image", b"", {}, 400, "upload.empty"),
    ("image", PICTURE, {"size": 20_000_001}, 413, "upload.too_large"),
    ("image", files.SCRIPTED_SVG, {"media_type": "image/svg+xml", "name": "a.svg"}, 400, "upload.type_unsupported"),
    ("image", b"words", {"media_type": "text/plain"}, 400, "upload.type_unsupported"),
    ("video", b"RIFF", {"media_type": "video/x-msvideo"}, 400, "upload.type_unsupported"),
    ("image", PICTURE, {"sha256": "no digest"}, 400, "request.schema_broken"),
    ("image", PICTURE, {"type": "sticker"}, 400, "request.schema_broken"),
]
BY_THE_CHECK = [
    ("image", files.SCRIPTED_SVG, {}, "upload.not_what_it_says"),
    ("image", files.pdf(), {}, "upload.not_what_it_says"),
    ("image", files.bomb(), {}, "upload.too_many_pixels"),
    ("image", PICTURE[: len(PICTURE) // 2], {}, "upload.damaged"),
    ("voice", files.voice("wav", 0.04), {"media_type": "audio/wav"}, "upload.empty"),
    ("voice", files.video("mp4"), {"media_type": "audio/mp4"}, "upload.not_what_it_says"),
    ("video", files.voice("m4a"), {}, "upload.not_what_it_says"),
    ("file", files.locked_archive(), {"name": "a.zip", "media_type": "application/zip"}, "upload.locked"),
    ("file", files.archive({"a.exe": b"1"}), {"name": "a.zip", "media_type": ""}, "upload.harmful"),
    ("file", files.polyglot(), {"name": "a.jpg", "media_type": "image/jpeg"}, "upload.harmful"),
    ("file", files.EICAR, {"name": "a.txt", "media_type": "text/plain"}, "upload.harmful"),
    ("file", b"MZ" + bytes(500), {}, "upload.not_what_it_says"),
    ("file", files.archive({"a.txt": b"1"}), {}, "upload.not_what_it_says"),
    ("file", files.pdf(b"<</S/JavaScript>>"), {}, "upload.harmful"),
]


def test_what_is_refused_at_once_or_by_the_check_nobody_gets(talk: Talk):
    for type_, content, other, status, code in AT_ONCE:
        asked(talk, talk.patient, type_, content, **other).refused(status, code)
    for type_, content, other, code in BY_THE_CHECK:
        view = uploaded(talk, talk.patient, type_, content, **other)
        assert (view["state"], view["code"]) == ("refused", code), (type_, content[:20])
        assert (quarantined(), kept()) == ([], [])
        refusal = send(talk, talk.patient, type_, view["id"])
        assert (refusal["code"], refusal["facts"]) == ("upload.refused", {"code": code})

    # A byte more than was said, put past the signed length.
    view = asked(talk, talk.patient, "image", PICTURE).ok(201)
    keys = put(view, PICTURE)
    client("s3").put_object(Bucket=settings.current().quarantine_bucket, Key=keys[0], Body=PICTURE + b"\0")
    checked(*keys)
    assert view_of(view["id"], talk.patient)["code"] == "upload.damaged"


def test_a_name_says_what_it_is_and_no_path(talk: Talk):
    """Marks that turn `fdp.txt` around, places on somebody's disk and lines are gone; nothing left is a plain word."""
    for given, kept_name in (
        ("C:\\下载\\报告\u202efdp.txt", "报告fdp.txt"),
        ("../../etc/报告.txt", "报告.txt"),
        ("报告\r\nX: y\u200b.txt", "报告X: y.txt"),
    ):
        view = asked(talk, talk.patient, "file", b"WBC 7.2", name=given, media_type="text/plain").ok(201)
        assert view["name"] == kept_name


def test_what_nobody_asked_for_only_goes(talk: Talk):
    view = asked(talk, talk.patient, "image", PICTURE).ok(201)
    strays = [f"uploads/{view['id']}/guessed", "uploads/upl_1/x", "uploads/x", "elsewhere"]
    for key in strays:
        client("s3").put_object(Bucket=settings.current().quarantine_bucket, Key=key, Body=PICTURE)
    checked(*strays[:3])
    assert quarantined() == ["elsewhere"]
    assert view_of(view["id"], talk.patient)["state"] == "asked"


def test_a_buckets_first_message_says_nothing(cloud):
    hello = {"Records": [{"messageId": "m", "body": '{"Service": "Amazon S3", "Event": "s3:TestEvent"}'}]}
    assert act(check, hello) == {"batchItemFailures": []}


def test_a_scanner_that_cannot_tell_makes_the_upload_wait(talk: Talk, cloud, journal):
    view = asked(talk, talk.patient, "image", PICTURE).ok(201)
    keys = put(view, PICTURE)
    cloud.turn(SCAN_ADAPTER="clamd", SCAN_CLAMD_ADDRESS="unix:/nowhere/clamd.sock")
    assert act(check, said_to_be_put(*keys))["batchItemFailures"] == [{"itemIdentifier": "m-1"}]
    assert (view_of(view["id"], talk.patient)["state"], quarantined()) == ("checking", keys)
    refusal = send(talk, talk.patient, "image", view["id"])
    assert (refusal["code"], refusal["facts"]) == ("upload.not_ready", {"state": "checking"})
    cloud.turn(SCAN_ADAPTER="rules")
    checked(*keys)
    assert view_of(view["id"], talk.patient)["state"] == "ready"


def test_a_second_delivery_changes_nothing(talk: Talk):
    view = asked(talk, talk.patient, "image", PICTURE).ok(201)
    keys = put(view, PICTURE)
    checked(*keys, *keys)
    before = kept()
    put(view, PICTURE)  # the address is still good for a while
    checked(*keys)
    assert (kept(), quarantined()) == (before, [])
    assert view_of(view["id"], talk.patient)["state"] == "ready"


# -- going on after an interruption ----------------------------------------------------------------------------------


def test_parts_that_are_missing_are_named_with_fresh_addresses(talk: Talk):
    content = b"%PDF-1.7\n" + b"%" * (2 * PART_SIZE)
    view = asked(talk, talk.patient, "file", content).ok(201)
    assert [(part["number"], part["first"], part["size"]) for part in view["parts"]] == [
        (1, 0, PART_SIZE), (2, PART_SIZE, PART_SIZE), (3, 2 * PART_SIZE, 9),
    ]  # fmt: skip
    put(view, content, 1, 3)
    finish = call(upload_file, "POST", f"/uploads/{view['id']}/finish", who=talk.patient.caller)
    assert finish.refused(409, "upload.incomplete") == {"missing": [2]}
    again = view_of(view["id"], talk.patient)
    assert (again["state"], [part["number"] for part in again["parts"]]) == ("asked", [2])
    put(again, content)
    for _ in range(2):
        done = call(upload_file, "POST", f"/uploads/{view['id']}/finish", who=talk.patient.caller).ok()
        assert done["state"] == "checking"
    checked(*quarantined())
    assert view_of(view["id"], talk.patient)["state"] == "ready"

    # Those that S3 forgot meanwhile are sent anew.
    content = b"%PDF-1.7\n" + b"%" * PART_SIZE
    view = asked(talk, talk.patient, "file", content).ok(201)
    put(view, content, 1)
    begun = client("s3").list_multipart_uploads(Bucket=settings.current().quarantine_bucket)["Uploads"]
    for one in begun:
        client("s3").abort_multipart_upload(
            Bucket=settings.current().quarantine_bucket, Key=one["Key"], UploadId=one["UploadId"]
        )
    again = view_of(view["id"], talk.patient)
    assert [part["number"] for part in again["parts"]] == [1, 2]
    put(again, content)
    assert (
        call(upload_file, "POST", f"/uploads/{view['id']}/finish", who=talk.patient.caller).ok()["state"] == "checking"
    )

    # One that is there is missing no more.
    view = asked(talk, talk.patient, "image", PICTURE).ok(201)
    assert len(view_of(view["id"], talk.patient)["parts"]) == 1
    put(view, PICTURE)
    assert view_of(view["id"], talk.patient)["parts"] == []


def test_so_many_may_be_open_and_a_refused_one_makes_room(talk: Talk):
    views = [asked(talk, talk.patient, "image", PICTURE).ok(201) for _ in range(MOST_OPEN)]
    assert asked(talk, talk.patient, "image", PICTURE).refused(409, "upload.too_many_open") == {"limit": MOST_OPEN}
    asked(talk, talk.doctor, "image", PICTURE).ok(201)
    call(upload_file, "DELETE", f"/uploads/{views[0]['id']}", who=talk.patient.caller).ok(204)
    checked(*put(views[1], PICTURE))
    send(talk, talk.patient, "image", views[1]["id"])
    for _ in range(2):
        asked(talk, talk.patient, "image", PICTURE).ok(201)
    asked(talk, talk.patient, "image", PICTURE).refused(409, "upload.too_many_open")


# -- what goes, and what stays ---------------------------------------------------------------------------------------


def test_what_its_sender_gives_up_goes(talk: Talk, deliver):
    upload_id = ready(talk, talk.patient)
    waiting = asked(talk, talk.patient, "image", PICTURE).ok(201)
    put(waiting, PICTURE)
    assert len(kept()) == 2 and len(quarantined()) == 1
    for one in (upload_id, waiting["id"]):
        call(upload_file, "DELETE", f"/uploads/{one}", who=talk.patient.caller).ok(204)
        call(upload_file, "GET", f"/uploads/{one}", who=talk.patient.caller).refused(404, "upload.not_found")
    deliver(twice=True)
    assert (kept(), quarantined()) == ([], [])
    assert send(talk, talk.patient, "image", upload_id)["code"] == "upload.not_found"


def test_what_nobody_sends_in_a_day_goes_and_what_was_sent_stays(talk: Talk, deliver, time: Time):
    sent, left = ready(talk, talk.patient), ready(talk, talk.patient)
    parts = asked(talk, talk.patient, "file", b"%PDF-" + bytes(PART_SIZE)).ok(201)
    send(talk, talk.patient, "image", sent)
    time.passes(hours=24, minutes=1)
    act(sweep_due, {})
    deliver(twice=True)
    assert [key.split("/")[2] for key in kept()] == [sent, sent]
    for one in (left, parts["id"]):
        call(upload_file, "GET", f"/uploads/{one}", who=talk.patient.caller).refused(404, "upload.not_found")
    assert "Uploads" not in client("s3").list_multipart_uploads(Bucket=settings.current().quarantine_bucket)


def test_what_a_message_holds_is_locked_for_three_years(talk: Talk, deliver):
    send(talk, talk.patient, "image", ready(talk, talk.patient))
    call(upload_file, "DELETE", f"/uploads/{ready(talk, talk.patient)}", who=talk.patient.caller).ok(204)
    deliver(twice=True)
    bucket = settings.current().media_bucket
    assert len(kept()) == 2
    for key in kept():
        lock = client("s3").get_object_retention(Bucket=bucket, Key=key)["Retention"]
        assert lock["Mode"] == "COMPLIANCE"
        assert abs(lock["RetainUntilDate"] - clock.now() - KEEP) < timedelta(days=1)
    assert timedelta(days=3 * 365 + 1) <= KEEP


def test_names_and_secrets_are_sealed(talk: Talk, cloud):
    ready(talk, talk.patient)
    rows = [row for row in cloud.rows("conversations", "record") if row["kind"] == "Upload"]
    assert len(rows) == 1
    assert "手" not in str(rows) and all(
        isinstance(rows[0][name], bytes) or "手" not in rows[0][name] for name in ("name", "secret")
    )

    view = asked(talk, talk.patient, "file", files.pdf(), name="C:\\我的\\报\u202e告.pdf").ok(201)
    assert view["name"] == "报告.pdf"
