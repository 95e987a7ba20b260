"""Functions as Lambda runs them: their layers, variables and slots, and what becomes of those that do not behave."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from infra.local.concurrency import Concurrency, Throttled
from infra.local.function_environment import environment_by_function
from infra.local.invoker import InvocationFailed
from infra.local.left_threads import threads_watched
from infra.local.template import TemplateError
from tests.infra.local.ward import Ward, answer, function, ward
from tests.journeys.hospital import eventually

pytestmark = pytest.mark.unit
__all__ = ["ward"]

# Layers.

NEEDS_OTHER = "import OTHER\ndef app(event, context): return OTHER.HERE"


def test_a_layer_that_is_given_is_seen(ward: Ward) -> None:
    ward.function("Fine", NEEDS_OTHER, Layers="[!Ref Own, !Ref Other]")
    assert answer(ward.invoker(), "Fine") is True


@pytest.mark.parametrize(
    "code",
    [
        NEEDS_OTHER,
        "def app(event, context):\n    from OTHER import HERE\n    return HERE",
        "from .also import app",
        "import pydantic\ndef app(event, context): return 1",
    ],
    ids=["at the top", "when called", "by another module", "a package"],
)
def test_a_module_of_a_layer_that_is_not_given_is_not_there_though_another_function_has_it(
    ward: Ward, code: str
) -> None:
    ward.write(f"code/{ward.mark}", "also", NEEDS_OTHER)
    ward.function("Given", "import pydantic\n" + NEEDS_OTHER, Layers="[!Ref Other, !Ref Bought]")
    ward.function("Lacking", code, Layers="[!Ref Own]")
    invoker = ward.invoker()
    assert answer(invoker, "Given") is True
    module = "pydantic" if "pydantic" in code else f"{ward.mark}_other"
    sentence = f"Unable to import module '{ward.mark}.lacking': No module named '{module}'"
    failures = [(failure.function, failure.kind, failure.message) for failure in invoker.load_all()]
    assert failures == [("yunzhen-Lacking", "ImportModuleError", sentence)]
    with pytest.raises(InvocationFailed, match="No module named"):
        answer(invoker, "Lacking")
    assert answer(invoker, "Given") is True


def test_what_is_only_for_type_checkers_or_whose_absence_is_caught_is_not_missed(ward: Ward) -> None:
    ward.function(
        "Careful",
        """
        from typing import TYPE_CHECKING
        import boto3, json
        if TYPE_CHECKING:
            import OTHER
        try:
            import uvloop_is_not_there
        except ImportError:
            uvloop_is_not_there = None
        def app(event, context): return uvloop_is_not_there
        """,
    )
    assert answer(ward.invoker(), "Careful") is None


def test_a_layer_of_another_account_is_an_error(ward: Ward) -> None:
    arn = "arn:aws-cn:lambda:cn-northwest-1:210987654321:layer:theirs:3"
    ward.function("Odd", "def app(event, context): ...", Layers=f'["{arn}"]')
    with pytest.raises(TemplateError, match=r"Odd\.Layers: .*layer:theirs:3 is no layer of this template"):
        ward.invoker()


# Variables.


def test_os_environ_is_the_functions_own(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OF_THE_DEVELOPER", "secret")
    monkeypatch.setenv("AWS_REGION", "cn-northwest-1")
    code = """
        import os
        def app(event, context):
            os.environ["NOTED"] = event
            return dict(os.environ), os.getenv("OWN"), "OF_THE_DEVELOPER" in os.environ, os.environ.copy()["NOTED"]
        """
    ward.function("One", code, Environment="{Variables: {NAME: one}}")
    ward.function("Two", code, Environment="{Variables: {NAME: two}}")
    with environment_by_function():
        invoker = ward.invoker()
        first, second = answer(invoker, "One", "a"), answer(invoker, "Two", "b")
        assert "NOTED" not in os.environ and os.environ["OF_THE_DEVELOPER"] == "secret"
    assert (first[0]["NAME"], second[0]["NAME"]) == ("one", "two")
    assert (first[0]["NOTED"], second[0]["NOTED"]) == ("a", "b")
    assert first[2] is False and first[0]["AWS_REGION"] == "cn-northwest-1" and "HOME" not in first[0]


# Slots.


WAITS = """
    import time
    from pathlib import Path
    def app(event, context):
        Path(event["seen"]).touch()
        until = time.monotonic() + 15
        while not Path(event["gate"]).exists() and time.monotonic() < until:
            time.sleep(0.01)
        return "done"
    """


def test_reserved_concurrency_refuses_a_person_and_makes_an_event_source_wait(ward: Ward, tmp_path: Path) -> None:
    ward.function("Narrow", WAITS, ReservedConcurrentExecutions=1, Timeout=20)
    ward.function("Free", "def app(event, context): return 'free'")
    invoker = ward.invoker()
    event = {"gate": str(tmp_path / "gate"), "seen": str(tmp_path / "seen")}
    answers: list[str] = []

    def source() -> None:
        answers.append(answer(invoker, "Narrow", event))

    sources = [threading.Thread(target=source) for _ in range(3)]
    for thread in sources:
        thread.start()
    assert eventually((tmp_path / "seen").exists)
    with pytest.raises(Throttled, match="ReservedFunctionConcurrentInvocationLimitExceeded"):
        asyncio.run(invoker.call_soon(function(invoker, "Narrow"), event))
    assert asyncio.run(invoker.call_soon(function(invoker, "Free"), {})) == "free"
    assert answers == []
    (tmp_path / "gate").touch()
    for thread in sources:
        thread.join(20)
    assert answers == ["done"] * 3
    assert asyncio.run(invoker.call_soon(function(invoker, "Narrow"), event)) == "done"


def test_a_slot_is_free_again_after_a_failure_and_after_a_time_out(ward: Ward) -> None:
    ward.function("Raises", "def app(event, context): raise KeyError", ReservedConcurrentExecutions=1)
    late = "import time\ndef app(event, context): time.sleep(3)"
    ward.function("Late", late, ReservedConcurrentExecutions=1, Timeout=1)
    invoker = ward.invoker()
    for name in ("Raises", "Late"):
        for _ in range(2):
            with pytest.raises(InvocationFailed):
                asyncio.run(invoker.call_soon(function(invoker, name), {}))
    assert not +invoker.concurrency.running


def test_the_account_has_a_limit_that_reserving_lowers_for_the_others() -> None:
    concurrency = Concurrency({"reserved": 2}, account=5)
    slots = [concurrency.take(name) for name in ("a", "a", "b", "reserved", "reserved")]
    with pytest.raises(Throttled, match="ConcurrentInvocationLimitExceeded"):
        concurrency.take("c")
    with pytest.raises(Throttled, match="ReservedFunction"):
        concurrency.take("reserved")
    for _ in range(2):  # given back twice counts once
        slots[0].give_back()
    concurrency.take("c")
    with pytest.raises(Throttled):
        concurrency.take("c")


def test_a_function_that_reserves_nothing_at_all_is_switched_off(ward: Ward) -> None:
    ward.function("Closed", "def app(event, context): ...", ReservedConcurrentExecutions=0)
    invoker = ward.invoker()
    with pytest.raises(Throttled):
        asyncio.run(invoker.call_soon(function(invoker, "Closed"), {}))


@pytest.mark.parametrize("count", [901, "many", True, -1])
def test_what_lambda_would_not_reserve_is_an_error(ward: Ward, count: Any) -> None:
    ward.function("Greedy", "def app(event, context): ...", ReservedConcurrentExecutions=count)
    with pytest.raises(TemplateError, match=r"Greedy\.ReservedConcurrentExecutions"):
        ward.invoker()


# Functions that do not behave.


def test_a_function_that_computes_for_ever_is_ended_at_its_time_out(ward: Ward) -> None:
    ward.function("Spins", "def app(event, context):\n    while True: pass", Timeout=1)
    ward.function("Fine", "def app(event, context): return 'fine'")
    invoker = ward.invoker()
    before = {thread for thread in threading.enumerate() if thread.name == "function"}
    with pytest.raises(InvocationFailed, match=r"Sandbox\.Timedout: Task timed out after 1\.00 seconds"):
        answer(invoker, "Spins")
    assert answer(invoker, "Fine") == "fine"

    def spinning() -> list[threading.Thread]:
        here = [thread for thread in threading.enumerate() if thread.name == "function"]
        return [thread for thread in here if thread not in before]

    assert eventually(lambda: len(spinning()) <= 1)
    assert [name for name, _ in ward.told] == ["yunzhen-Spins"]


def test_a_function_that_leaves_threads_is_named_in_the_log_and_stopped_at_lambdas_limit(
    ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.local.left_threads.MOST", 40)
    code = """
        import threading
        END = threading.Event()
        def app(event, context):
            if event == "end":
                return END.set()
            for _ in range(event):
                threading.Thread(target=END.wait, args=(20,), name="forgotten", daemon=True).start()
        """
    ward.function("Leaks", code)
    tidy = (
        "import threading\ndef app(event, context):\n    t = threading.Thread(target=int)\n    t.start()\n    t.join()"
    )
    ward.function("Tidy", tidy)
    with threads_watched():
        invoker = ward.invoker()
        for _ in range(12):
            answer(invoker, "Tidy")
        answer(invoker, "Leaks", 7)
        assert ward.told == []
        answer(invoker, "Leaks", 3)
        sentence = "has left 10 threads running, such as 'forgotten'; end them before answering"
        assert ward.told == [("yunzhen-Leaks", sentence)]
        answer(invoker, "Leaks", 9)
        assert len(ward.told) == 1
        with pytest.raises(InvocationFailed, match="can't start new thread"):
            answer(invoker, "Leaks", 30)
        answer(invoker, "Tidy")
        answer(invoker, "Leaks", "end")
        assert eventually(lambda: not [one for one in threading.enumerate() if one.name == "forgotten"])
        answer(invoker, "Leaks", 30)
        answer(invoker, "Leaks", "end")


def test_the_watch_over_threads_ends_with_the_hospital() -> None:
    start = threading.Thread.start
    with threads_watched():
        assert threading.Thread.start is not start
    assert threading.Thread.start is start


def test_a_broken_import_fails_each_call_and_says_why(ward: Ward) -> None:
    ward.function("Broken", "raise RuntimeError('this module is broken')")
    ward.function("Syntax", "def app(:")
    ward.function("Nameless", "def other(event, context): ...")
    invoker = ward.invoker()
    kinds = {failure.function: failure.kind for failure in invoker.load_all()}
    expected = {"yunzhen-Broken": "RuntimeError", "yunzhen-Syntax": "SyntaxError", "yunzhen-Nameless": "AttributeError"}
    assert kinds == expected
    for name in ("Broken", "Syntax", "Nameless"):
        for _ in range(2):
            with pytest.raises(InvocationFailed):
                answer(invoker, name)


def test_time_passes_for_a_function_that_is_called(ward: Ward) -> None:
    ward.function("Asks", "def app(event, context): return context.get_remaining_time_in_millis()", Timeout=3)
    began = time.monotonic()
    left = answer(ward.invoker(), "Asks")
    assert 3000 - (time.monotonic() - began) * 1000 - 1 <= left <= 3000


# What Lambda does not take.


@pytest.mark.parametrize(
    ("properties", "sentence"),
    [
        ({"Runtime": "nodejs22.x"}, r"F\.Runtime: only Python"),
        ({"PackageType": "Image"}, r"F\.Runtime: only Python"),
        ({"Timeout": 901}, r"F\.Timeout: 901 is not between 1 and 900 seconds"),
        ({"Timeout": "soon"}, r"F\.Timeout: 'soon' is no whole number"),
        ({"MemorySize": 64}, r"F\.MemorySize: 64 is not between 128 and 10240 MB"),
        ({"Layers": "[a, b, c, d, e, f]"}, r"F\.Layers: a function has at most 5"),
        ({"Environment": "{Variables: {AWS_REGION: x}}"}, r"F\.Environment: AWS_REGION is set by Lambda itself"),
        ({"Environment": f"{{Variables: {{A: {'x' * 4096}}}}}"}, r"F\.Environment: its variables have 4097 bytes"),
        ({"Handler": "app"}, r"F\.Handler: wants a module and a name"),
    ],
)
def test_what_lambda_would_not_deploy_does_not_open(ward: Ward, properties: dict[str, Any], sentence: str) -> None:
    ward.function("F", "def app(event, context): ...", **properties)
    with pytest.raises(TemplateError, match=sentence):
        ward.invoker()
