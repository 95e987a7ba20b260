"""The kit's smallest parts: clock, ids, settings, errors, what may be logged, clients, secrets."""

from __future__ import annotations

import asyncio
from contextvars import copy_context
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from hospital import aws, clock, errors, ids, observability, secret_keys, settings
from tests.builders.cloud import ENVIRONMENT, Cloud, client, together
from tests.builders.journal import Journal
from tests.builders.moments import START, Time

pytestmark = pytest.mark.store

# -- clock --------------------------------------------------------------------------------------------------------


def test_now_has_a_zone_and_whole_milliseconds():
    assert clock.now().tzinfo is UTC
    with clock.standing(datetime(2026, 1, 2, 3, 4, 5, 678_912, tzinfo=UTC)):
        assert clock.now().microsecond == 678_000


def test_a_moment_is_written_so_that_it_sorts_and_comes_back():
    moments = [
        datetime(2026, 1, 2, 3, 4, 5, milliseconds * 1000, tzinfo=UTC) for milliseconds in (0, 1, 10, 100, 500, 999)
    ]
    written = [clock.text(moment) for moment in moments]
    assert written == sorted(written)
    assert written[0] == "2026-01-02T03:04:05.000Z"
    assert [clock.moment(text) for text in written] == moments


def test_a_moment_of_another_zone_is_the_same_moment():
    shanghai = timezone(timedelta(hours=8))
    assert clock.text(datetime(2026, 11, 21, 14, 30, tzinfo=shanghai)) == clock.text(START)


def test_epoch_rounds_up():
    assert clock.epoch(START) == int(START.timestamp())
    assert clock.epoch(START + timedelta(milliseconds=1)) == int(START.timestamp()) + 1


def test_a_moved_clock_is_moved_back_also_after_an_error():
    before = clock.CLOCK.get()
    with pytest.raises(ZeroDivisionError), clock.standing(START):
        assert clock.now() == START
        _ = 1 / 0
    assert clock.CLOCK.get() is before


def test_each_thread_of_execution_has_its_own_time():
    async def at(hours: int) -> datetime:
        with clock.standing(START + timedelta(hours=hours)):
            await asyncio.sleep(0)
            return clock.now()

    async def both() -> list[datetime]:
        return list(await asyncio.gather(at(1), at(2)))

    assert asyncio.run(both()) == [START + timedelta(hours=1), START + timedelta(hours=2)]


# -- ids ----------------------------------------------------------------------------------------------------------


def test_ids_sort_by_the_time_they_were_made(time: Time):
    made = []
    for _ in range(50):
        made.append(ids.new_id("vis"))
        time.passes(milliseconds=1)
    assert made == sorted(made)
    assert all(ids.is_id(one) and len(one) == len("vis_") + 26 for one in made)


def test_ids_made_in_the_same_millisecond_differ(time: Time):
    assert len({ids.new_id("vis") for _ in range(10_000)}) == 10_000


def test_a_derived_id_follows_from_its_parts():
    assert ids.derived_id("pat", "a", "b") == ids.derived_id("pat", "a", "b")
    assert len({ids.derived_id("pat", *parts) for parts in (("a", "b"), ("b", "a"), ("ab",), ("a", "b", ""))}) == 4
    assert ids.is_id(ids.derived_id("pat", "a", "b"))


@pytest.mark.parametrize(
    "text",
    ["", "vis", "vis_", "_1", "v_1", "visit_1", "vis_1\n", "vis_1 ", "VIS_1", "vis_须", "vis_" + "1" * 41, "vis-1"],
)
def test_what_can_be_no_id(text):
    assert not ids.is_id(text)


def test_secrets_are_long_and_never_the_same():
    assert len({ids.secret() for _ in range(1000)}) == 1000
    assert len(ids.secret()) >= 43


# -- settings -----------------------------------------------------------------------------------------------------


def test_settings_come_from_the_environment_of_the_running_function(metrics):
    assert settings.current().table_people == "test-people"
    assert settings.current() is settings.current()
    copy_context().run(lambda: settings.ENVIRONMENT.set({**ENVIRONMENT, "TABLE_PEOPLE": "other"}))
    assert settings.current().table_people == "test-people"


def test_what_is_missing_or_wrong_is_named_and_its_value_is_not(metrics):
    without = {name: value for name, value in ENVIRONMENT.items() if name not in ("BUS_NAME", "SITE_ORIGIN")}
    token = settings.ENVIRONMENT.set(without | {"PROFILE": "a secret"})
    try:
        with pytest.raises(settings.SettingsMissing) as problem:
            settings.current()
    finally:
        settings.ENVIRONMENT.reset(token)
    assert str(problem.value).endswith(": BUS_NAME, PROFILE, SITE_ORIGIN")
    assert "a secret" not in str(problem.value)


def test_only_settings_reads_the_environment():
    roots = [Path(settings.__file__).parent, Path(settings.__file__).parents[4] / "functions"]
    readers = {
        path.name
        for root in roots
        for path in root.rglob("*.py")
        if "os.environ" in path.read_text(encoding="utf-8") or "getenv" in path.read_text(encoding="utf-8")
    }
    assert readers == {"settings.py"}


# -- errors -------------------------------------------------------------------------------------------------------


def test_an_error_says_its_code_and_carries_facts():
    error = errors.NotFound(visit_id="vis_1")
    assert (str(error), error.facts, error.status) == ("request.not_found", {"visit_id": "vis_1"}, 404)


def test_no_fact_is_in_the_text_that_a_log_might_show():
    error = errors.Conflict(visit_id="vis_1")
    assert "vis_1" not in str(error) and "vis_1" not in repr(error)


# -- logs ---------------------------------------------------------------------------------------------------------


def test_a_line_carries_the_facts_that_may_be_said(journal: Journal):
    observability.say("answered", route="GET /me", status=200, milliseconds=3)
    (line,) = journal.lines
    assert (line["message"], line["route"], line["status"]) == ("answered", "GET /me", 200)


def test_other_facts_are_refused(journal: Journal):
    with pytest.raises(ValueError, match="body"):
        observability.say("answered", body="words of a patient")
    assert journal.text == ""


def test_of_a_failure_only_type_and_place_are_said(journal: Journal):
    try:
        raise KeyError("words of a patient")
    except KeyError as failure:
        observability.say("failed", level="error", failure=failure)
    (line,) = journal.lines
    assert line["error"] == "KeyError"
    assert line["where"].startswith("test_small_parts.py:")
    assert "patient" not in journal.text


# -- clients and secrets ------------------------------------------------------------------------------------------


def test_a_client_is_made_once_also_by_many_threads(cloud):
    aws.forget_clients()
    assert len({id(aws.client("sqs")) for _ in range(3)}) == 1
    assert aws.client("sqs") is not aws.client("sqs", "https://other.test")
    assert not any(isinstance(one, Exception) for one in together(8, lambda _: aws.client("sns").list_topics()))
    aws.forget_clients()


def test_a_lookup_hash_tells_kinds_and_values_apart(cloud):
    hashes = {secret_keys.lookup_hash(kind, value) for kind in ("phone", "id") for value in ("1", "2", "12")}
    assert len(hashes) == 6
    assert secret_keys.lookup_hash("phone", "1") in hashes


def test_a_lookup_hash_needs_the_hospitals_secret(cloud: Cloud):
    before = secret_keys.lookup_hash("phone", "13800000000")
    client("secretsmanager").put_secret_value(SecretId="test-lookup", SecretString="another" * 9)
    secret_keys.forget_keys()
    assert secret_keys.lookup_hash("phone", "13800000000") != before


def test_signing_and_lookup_keys_differ_even_from_one_secret(cloud: Cloud):
    cloud.turn(LOOKUP_SECRET_ID="test-token")
    (key,) = secret_keys.signing_keys().values()
    _, lookup = secret_keys._derived("", "test-token", "AWSCURRENT", "lookup", 0)
    assert key != lookup
    assert len(key) == 32


def test_after_a_rotation_both_keys_verify_and_the_new_one_signs(cloud: Cloud, time: Time):
    (old,) = secret_keys.signing_keys()
    client("secretsmanager").put_secret_value(SecretId="test-token", SecretString="fresh" * 12)
    assert list(secret_keys.signing_keys()) == [old], "keys are kept for a while"
    time.passes(minutes=5)
    current, previous = secret_keys.signing_keys()
    assert previous == old != current
