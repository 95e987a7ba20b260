"""The ring of invocations, and functions that are read again when they are saved."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.local.comfort import reading, replay
from infra.local.comfort.reloading import Reloader
from infra.local.comfort.ring import KEPT, LONGEST, Ring, RingReader, about
from infra.local.invoker import InvocationFailed, Invoker
from infra.local.journal import Journal
from infra.local.template import read_template

pytestmark = pytest.mark.store


# -- the ring -----------------------------------------------------------------------------------------------------


@pytest.fixture
def ring(tmp_path: Path) -> Iterator[Ring]:
    """A ring whose hospital time stands still."""
    opened = Ring(tmp_path / "invocations.db", lambda: 1_800_000_000.0)
    yield opened
    opened.close()


def read(tmp_path: Path) -> RingReader:
    """The same ring, as another process sees it."""
    return RingReader(tmp_path / "invocations.db")


def test_a_call_is_kept_with_what_came_in_went_out_and_was_written(ring: Ring, tmp_path: Path) -> None:
    journal = Journal(tmp_path, io.StringIO())
    ended = ring.begin("greet", "r1", json.dumps({"httpMethod": "GET", "path": "/beds", "body": "头痛"}))
    journal.wrote("greet", '{"message": "answered"}')
    ring.settle()
    assert [(one.outcome, one.milliseconds) for one in read(tmp_path).newest()] == [("running", None)]
    ended("", '{"ok": true}')
    ring.settle()
    (one,) = read(tmp_path).newest("greet", search="头痛")
    assert (one.id, one.about, one.outcome, one.answer) == (1, "GET /beds", "", '{"ok": true}')
    assert (one.lines, one.at) == (['{"message": "answered"}'], 1_800_000_000.0)
    assert one.milliseconds is not None and one.milliseconds >= 0
    assert read(tmp_path).newest(search="发热") == read(tmp_path).newest("other") == []


def test_failures_are_counted_and_found(ring: Ring, tmp_path: Path) -> None:
    for number in range(20):
        ring.begin("greet", f"r{number}", "{}")("" if number % 4 else "KeyError", "")
    ring.begin("sweep", "r20", "{}")
    ring.settle()
    greet, sweep = read(tmp_path).functions()
    assert (greet["function"], greet["calls"], greet["errors"]) == ("greet", 20, 5)
    assert greet["p50"] <= greet["p95"]
    assert (sweep["calls"], sweep["errors"], sweep["p50"]) == (1, 0, None)
    assert [one.request_id for one in read(tmp_path).newest(failed=True)] == ["r16", "r12", "r8", "r4", "r0"]
    assert [one.request_id for one in read(tmp_path).newest("greet", before=3)] == ["r1", "r0"]


def test_it_is_a_ring_and_goes_on_counting_after_a_restart(ring: Ring, tmp_path: Path) -> None:
    for _ in range(KEPT + 10):
        ring.begin("greet", "", "{}")("", "")
    ring.begin("greet", "", json.dumps("x" * LONGEST))("", "")
    ring.settle()
    found = read(tmp_path).newest(limit=KEPT * 2)
    assert (len(found), found[0].id, found[0].event) == (KEPT, KEPT + 11, "")
    again = Ring(tmp_path / "invocations.db")
    again.begin("greet", "", "{}")
    again.close()
    assert read(tmp_path).newest()[0].id == KEPT + 12
    assert read(tmp_path).one(1) is None


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ({"requestContext": {"eventType": "MESSAGE", "routeKey": "send"}, "body": "secret"}, "MESSAGE send"),
        ({"Records": [{"eventSource": "aws:sqs", "body": "secret"}] * 2}, "2 × aws:sqs"),
        ({"Records": [{"eventSource": "aws:dynamodb", "eventName": "INSERT"}]}, "1 × aws:dynamodb INSERT"),
        ({"detail-type": "Scheduled Event"}, "Scheduled Event"),
        ({"type": "TOKEN", "authorizationToken": "secret"}, "TOKEN"),
        (["secret"], ""),
    ],
)
def test_lists_say_what_was_asked_and_never_what_was_said(event: Any, words: str) -> None:
    assert about(json.dumps(event)) == words
    assert about("no json") == ""


def test_logs_on_the_terminal(ring: Ring, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ended = ring.begin("hospital-greet", "r1", json.dumps({"httpMethod": "GET", "path": "/beds", "body": "头痛"}))
    Journal(tmp_path, io.StringIO()).failed("hospital-greet", "r1", "Traceback\nKeyError: 'bed'")
    ended("KeyError", "'bed'")
    ring.begin("hospital-sweep", "r2", "{}")("", "3")
    ring.settle()
    assert reading.main(["greet", "--state", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "#1  " in said and "KeyError  GET /beds" in said and "    KeyError: 'bed'" in said
    assert "sweep" not in said and "头痛" not in said
    assert reading.main(["--events", "--state", str(tmp_path)]) == 0
    assert "头痛" in capsys.readouterr().out
    assert reading.main(["nobody", "--state", str(tmp_path)]) == 1
    assert "No function whose name holds 'nobody'" in capsys.readouterr().err


def test_what_cannot_be_played_is_said_in_one_sentence(ring: Ring, tmp_path: Path) -> None:
    ring.begin("greet", "r1", '{"bed": 3}')("", "")
    ring.begin("greet", "r2", json.dumps("x" * LONGEST))("", "")
    ring.settle()
    assert replay.find_piece("1", "", tmp_path) == replay.Piece("greet", {"bed": 3}, 1_800_000_000.0)
    file = tmp_path / "event.json"
    file.write_text('{"bed": 4}')
    assert replay.find_piece(str(file), "greet", tmp_path) == replay.Piece("greet", {"bed": 4})
    (tmp_path / "broken.json").write_text("{")
    for what, function, sentence in (
        ("9", "", "holds no call 9"),
        ("2", "", "too long"),
        (str(file), "", "--function"),
        (str(tmp_path / "none.json"), "greet", "cannot be read"),
        (str(tmp_path / "broken.json"), "greet", "is not JSON"),
    ):
        with pytest.raises(replay.ReplayRefused, match=sentence):
            replay.find_piece(what, function, tmp_path)


# -- reading again ------------------------------------------------------------------------------------------------

_TEMPLATE = """
Resources:
  Greet:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: greet
      CodeUri: functions
      Handler: {package}.greet.app.app
      Runtime: python3.11
  Other:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: other
      CodeUri: functions
      Handler: {package}.other.app
      Runtime: python3.11
"""


class Ward:
    """Two functions in a folder of their own; `greet` uses a module beside it."""

    def __init__(self, folder: Path, package: str) -> None:
        self.code, self.said = folder / "functions", []
        self._package = package
        self._at = 1_000_000_000_000_000_000
        (folder / "template.yaml").write_text(_TEMPLATE.format(package=package))
        self.save("greet/app.py", f"from {package}.words import HELLO\ndef app(event, context):\n    return HELLO\n")
        self.save("words.py", "HELLO = 'hello'\n")
        self.save("other.py", "COUNT = []\ndef app(event, context):\n    COUNT.append(1)\n    return len(COUNT)\n")
        for name in ("__init__.py", "greet/__init__.py"):
            self.save(name, "")
        template = read_template(folder / "template.yaml", {}, region="cn-northwest-1")
        self.invoker = Invoker(template, lambda _resource: {}, lambda *_: None)
        self.reloader = Reloader(self.invoker, [self.code], [folder / "template.yaml"], self.said.append)
        self.template = folder / "template.yaml"

    def save(self, name: str, text: str) -> None:
        """As an editor does; the file's time is another one each time."""
        path = self.code / self._package / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        self.touch(path)

    def touch(self, path: Path) -> None:
        """Gives it a new time."""
        import os

        self._at += 1_000_000_000
        os.utime(path, ns=(self._at, self._at))

    def call(self, name: str) -> Any:
        """What the function answers."""
        function = self.invoker.find(name)
        assert function is not None
        return self.invoker.call(function, {})


@pytest.fixture
def ward(tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Ward:
    """A ward whose package nobody else has."""
    import sys

    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    return Ward(tmp_path, f"ward_{abs(hash(request.node.name)) % 10**8}")


def test_a_saved_function_answers_anew_and_others_are_left_alone(ward: Ward) -> None:
    assert (ward.call("greet"), ward.call("other")) == ("hello", 1)
    ward.save("greet/app.py", "def app(event, context):\n    return 'good morning'\n")
    assert ward.call("greet") == "hello"
    ward.reloader.look()
    assert (ward.call("greet"), ward.call("other")) == ("good morning", 2)
    assert len(ward.said) == 1 and "greet/app.py: read again for greet." in ward.said[0]
    ward.reloader.look()
    assert len(ward.said) == 1


def test_a_saved_module_reaches_those_who_import_it(ward: Ward) -> None:
    assert ward.call("greet") == "hello"
    ward.save("words.py", "HELLO = '您好'\n")
    ward.reloader.look()
    assert ward.call("greet") == "您好"


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("def app(event, context):\n    return (\n", "app.py, line 2: '(' was never closed. What served before"),
        ("HELLO = missing\n", "NameError: name 'missing' is not defined. What served before serves on."),
        ("def other(event, context): ...\n", "AttributeError"),
        ("import nowhere_to_be_found\n", "No module named 'nowhere_to_be_found'"),
    ],
)
def test_code_that_cannot_be_read_is_told_and_the_old_serves_on(ward: Ward, code: str, sentence: str) -> None:
    assert ward.call("greet") == "hello"
    ward.save("greet/app.py", code)
    ward.reloader.look()
    assert ward.call("greet") == "hello"
    assert len(ward.said) == 1 and sentence in ward.said[0], ward.said
    ward.save("greet/app.py", "def app(event, context):\n    return 'well again'\n")
    ward.reloader.look()
    assert ward.call("greet") == "well again"


def test_a_function_that_could_not_be_loaded_is_loaded_once_it_can(ward: Ward) -> None:
    ward.save("greet/app.py", "HELLO = missing\n")
    with pytest.raises(InvocationFailed):
        ward.call("greet")
    ward.save("greet/app.py", "def app(event, context):\n    return 'here'\n")
    ward.reloader.look()
    assert ward.call("greet") == "here"


def test_a_changed_template_asks_for_a_new_opening(ward: Ward) -> None:
    ward.touch(ward.template)
    ward.reloader.look()
    assert [sentence.endswith("template.yaml was changed: open the hospital again for it.") for sentence in ward.said]
    assert len(ward.said) == 1


def test_calls_are_witnessed_in_their_own_context(ward: Ward) -> None:
    told: list[tuple[str, ...]] = []

    def witness(function: str, _request_id: str, event: str) -> Callable[[str, str], None]:
        return lambda outcome, answer: told.append((function, event, outcome, answer))

    ward.invoker.witness = witness
    ward.call("greet")
    ward.save("words.py", "")
    ward.save("greet/app.py", "def app(event, context):\n    raise KeyError('bed')\n")
    ward.reloader.look()
    with pytest.raises(InvocationFailed):
        ward.call("greet")
    assert told == [("greet", "{}", "", '"hello"'), ("greet", "{}", "KeyError", "'bed'")]
