"""The whole record of a conversation as one file: asked for, written, opened by those who may."""

from __future__ import annotations

import hashlib

import pytest

from hospital.settings import current
from messaging.export_conversation.app import app
from tests.builders.calls import a_relay, acts, rings, talking
from tests.builders.cloud import client
from tests.builders.conversations import Talk
from tests.builders.files import pdf
from tests.builders.gateway import Answer, call
from tests.builders.moments import Time
from tests.builders.people import found_clinic
from tests.builders.uploads import make_buckets, uploaded

pytestmark = pytest.mark.store


@pytest.fixture
def told(talk: Talk) -> Talk:
    """A conversation with markup in it, and something taken back."""
    make_buckets()
    page = talk.socket(talk.patient)
    page.send(talk.id, "<script>alert(1)</script>\u202e头痛", "client-id-1")
    page.send(talk.id, "说错的话", "client-id-2")
    page.say(action="recall", id="recall-id-1", conversation_id=talk.id, seq=3)
    return talk


def ask(talk: Talk, who, method: str = "POST", more: str = "") -> Answer:
    key = "key-of-an-export-1" if method == "POST" else None
    return call(app, method, f"/conversations/{talk.id}/exports{more}", who=who.caller, key=key)


def file_of(talk: Talk, export_id: str) -> str:
    body: bytes = (
        client("s3").get_object(Bucket=current().media_bucket, Key=f"media/{talk.id}/{export_id}/record")["Body"].read()
    )
    return body.decode()


def test_the_doctor_takes_the_record_away_when_it_is_written(told: Talk, deliver, time: Time):
    asked = ask(told, told.doctor).ok(202)
    assert (asked["state"], asked["messages"], asked["url"]) == ("asked", 4, None)
    deliver(twice=True)
    ready = ask(told, told.doctor, "GET", f"/{asked['id']}").ok()
    assert (ready["state"], ready["written"], ready["expires_at"]) == ("ready", 4, "2026-11-21T06:35:00Z")
    assert f"/media/{told.id}/{asked['id']}/record?" in ready["url"]
    text = file_of(told, asked["id"])
    assert (hashlib.sha256(text.encode()).hexdigest(), len(text.encode())) == (ready["sha256"], ready["size"])
    assert "&lt;script&gt;alert(1)" in text
    assert "<script" not in text
    assert "http" not in text, "nothing is fetched from anywhere"
    assert "说错的话" not in text
    assert "撤回了第 3 条消息" in text
    for who in (told.clinic.colleague, found_clinic().doctor):
        ask(told, who).refused(404, "conversation.not_found")
        ask(told, who, "GET", f"/{asked['id']}").refused(404, "conversation.not_found")
    ask(told, told.patient).refused(403, "policy.refused")
    ask(told, told.doctor, "GET", "/exp_unknown").refused(404, "export.not_found")
    ask(told, told.clinic.auditor, "GET", f"/{asked['id']}").refused(404, "export.not_found")


def test_a_call_stands_in_it_with_outcome_and_length(told: Talk, deliver, time: Time):
    call_id = talking(told, a_relay())
    time.passes(minutes=3, seconds=12)
    acts(call_id, "end", told.doctor).ok()
    acts(rings(told, told.doctor, media="audio").ok(201)["id"], "decline", told.patient).ok()
    deliver()
    asked = ask(told, told.doctor).ok(202)
    deliver()
    text = file_of(told, asked["id"])
    assert "视频通话：已结束，3 分 12 秒<" in text
    assert "语音通话：已拒绝<" in text


def test_an_auditors_record_holds_what_was_recalled(told: Talk, deliver, cloud):
    asked = ask(told, told.clinic.auditor).ok(202)
    deliver()
    text = file_of(told, asked["id"])
    assert "（已撤回）</b><pre><bdi>说错的话" in text
    assert ask(told, told.clinic.auditor, "GET", f"/{asked['id']}").ok()["state"] == "ready"
    acts = [line["acts"] for line in cloud.rows("conversations", "audit") if line["kind"] == "Export"]
    assert ["conversation.export_asked.v1"] in acts
    ask(told, found_clinic().auditor).refused(404, "conversation.not_found")


def test_the_list_of_files_holds_the_digest_of_what_lies_there(told: Talk, deliver):
    sheet = uploaded(told, told.patient, "file", pdf())
    page = told.socket(told.patient)
    content = {"upload_id": sheet["id"]}
    page.say(action="send", id="client-id-3", conversation_id=told.id, type="file", content=content)
    asked = ask(told, told.doctor).ok(202)
    deliver()
    text = file_of(told, asked["id"])
    assert "[文件] 化验单.pdf" in text
    assert hashlib.sha256(pdf()).hexdigest() in text.partition("文件清单")[2]
