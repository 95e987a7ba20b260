"""Searching: what one may read and nothing else, and an answer that says how far it came."""

from __future__ import annotations

import pytest

from messaging.view_conversations import search
from messaging.view_conversations.app import app
from tests.builders.conversations import Talk
from tests.builders.gateway import Answer, call
from tests.builders.groups import group_of
from tests.builders.people import Clinic

pytestmark = pytest.mark.store


def ask(who, query: str) -> Answer:
    return call(app, "GET", f"/messages?{query}", who=who.caller)


def found(who, query: str) -> list[str]:
    """What is found, asked until nothing is left to look at."""
    texts, cursor = [], ""
    for _ in range(50):
        answer = ask(who, query + cursor).ok()
        texts += [one["content"]["text"] for one in answer["items"]]
        if answer["cursor"] is None:
            return texts
        cursor = f"&cursor={answer['cursor']}"
    raise AssertionError("the search goes on for ever")


def test_one_finds_what_was_said_the_newest_first_however_it_is_written(talk: Talk):
    page = talk.socket(talk.patient)
    for number, text in enumerate(("吃了 ASPIRIN", "没有", "aspirin 一片", "ａｓｐｉｒｉｎ？")):
        page.send(talk.id, text, f"client-id-{number}")
    for who in (talk.patient, talk.doctor):
        assert found(who, "words=Aspirin") == ["ａｓｐｉｒｉｎ？", "aspirin 一片", "吃了 ASPIRIN"]
        assert found(who, f"words=Aspirin&conversation_id={talk.id}&limit=1") == found(who, "words=Aspirin")
    assert found(talk.doctor, "words=布洛芬") == []
    assert found(talk.clinic.colleague, "words=aspirin") == []
    ask(talk.clinic.colleague, f"words=a&conversation_id={talk.id}").refused(404, "conversation.not_found")


def test_nobody_finds_what_was_said_before_they_came_or_after_they_left(clinic: Clinic, sockets):
    group = group_of(clinic.doctor, clinic.colleague, sockets=sockets, history="from_join")
    group.say(clinic.doctor, "密语一")
    group.keep(clinic.doctor, "POST", "/members", {"practitioner_role_ids": [clinic.nurse.role.id]}).ok()
    group.say(clinic.doctor, "密语二")
    group.keep(clinic.nurse, "DELETE", f"/members/{clinic.nurse.caller.person_id}").ok()
    group.say(clinic.doctor, "密语三")
    assert found(clinic.nurse, "words=密语") == ["密语二"]
    assert found(clinic.colleague, "words=密语") == ["密语三", "密语二", "密语一"]


def test_a_request_that_reads_its_fill_says_how_far_it_came(clinic: Clinic, sockets, monkeypatch):
    monkeypatch.setattr(search, "_PAGE", 2)
    groups = [group_of(clinic.doctor, sockets=sockets, name=f"组{number}") for number in range(3)]
    for group in groups:
        for number in range(4):
            group.say(clinic.doctor, f"记录{number}")
    monkeypatch.setattr(search, "READS", 2)
    first = ask(clinic.doctor, "words=没有这个词").ok()
    assert first["items"] == []
    assert first["cursor"], "not everything was looked at"
    assert first["searched_to"]["seq"] == 2
    assert len(found(clinic.doctor, "words=记录")) == 12
    assert len(found(clinic.doctor, "words=记录&limit=5")) == 12


@pytest.mark.parametrize("query", ["", "words=", "words=a&limit=0", "words=a&conversation_id=x y", "x=1"])
def test_what_cannot_be_asked(clinic: Clinic, query: str):
    ask(clinic.doctor, query).refused(400, "request.schema_broken")


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "WyJhIiwiYiIsImMiXQ",
        "WyItIiwiY252X2EiLCIxIl0",
        "WyItIiwiY252X2EiLCI5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTkiXQ",
        "WyJ4IiwiY252X2EiLCIxIl0",
    ],
    ids=["no cursor", "no number", "another conversation", "no such number", "no such list"],
)
def test_a_cursor_that_nobody_gave(talk: Talk, cursor: str):
    ask(talk.doctor, f"words=a&cursor={cursor}").refused(400, "request.cursor_unknown")
