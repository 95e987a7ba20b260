"""Runs, as their rules have it: stages, rounds of organisations, waiting, and what may be removed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hospital.his_syncs.model import STAGES, TRANSITIONS, Desk, HisCode, HisSync, Taken, Tally

pytestmark = pytest.mark.unit

NOW = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)


def run(**more: Any) -> HisSync:
    return HisSync.start("org_1", "full", None, "prr_1", NOW).having(**more)


def taken(cursor: str | None = None, waiting: int = 0, nameless: int = 0, **counted: int) -> Taken:
    return Taken(counted, cursor, waiting, nameless)  # type: ignore[arg-type]


def test_a_run_goes_through_all_stages_page_by_page_and_ends():
    now, going, seen = NOW, run(), []
    while going.state == "running":
        seen.append(going.at)
        going = going.proceed(taken("next" if going.cursor == "" else None, added=1), now)
    assert seen == [stage for stage in STAGES for _ in range(2)]
    assert (going.state, going.ended_at, going.tallies["staff"]) == ("finished", NOW, Tally(added=4))
    assert ("finished", "proceed") not in TRANSITIONS


@pytest.mark.parametrize(
    ("waits", "rounds"),
    [([0], 1), ([2, 0], 2), ([3, 1, 0], 3), ([2, 2, 2], 3), ([3, 2, 2, 2], 4)],
    ids=["none", "one level", "two levels", "in vain", "one came, two in vain"],
)
def test_organisations_are_read_again_until_nobody_waits_for_the_one_above(waits: list[int], rounds: int):
    going = run()
    for number, waiting in enumerate(waits):
        assert going.at == STAGES[0], number
        going = going.proceed(taken(waiting=0 if going.is_last_round else waiting), NOW)
    assert (going.at, len(waits)) == (STAGES[1], rounds)


def test_a_his_that_is_silent_is_asked_ever_more_rarely_and_then_given_up():
    going, pauses = run(), []
    while going.state == "running":
        going = going.put_off("timed_out", NOW)
        pauses += [going.next_try_at - NOW] if going.next_try_at else []
    assert [int(pause.total_seconds() // 60) for pause in pauses] == [1, 2, 4, 8, 15, 15, 15]
    assert (going.state, going.reason) == ("failed", "timed_out")
    assert run(tries=3).proceed(taken("more"), NOW).tries == 0


def test_one_that_did_not_move_for_long_was_cut_off():
    assert run().state_at(NOW + timedelta(minutes=59)) == "running"
    assert run().state_at(NOW + timedelta(minutes=60)) == "failed"
    assert run(next_try_at=NOW + timedelta(minutes=15)).state_at(NOW + timedelta(minutes=60)) == "running"


TOLD = {"tallies": {"staff": Tally(unchanged=1)}}


@pytest.mark.parametrize(
    ("going", "code", "goes"),
    [
        (run(**TOLD), {}, True),
        (run(**TOLD), {"owner_id": ""}, False),
        (run(**TOLD), {"gone": True}, False),
        (run(**TOLD, blind=("staff",)), {}, False),
        (run(tallies={"staff": Tally()}), {}, False),
        (run(**TOLD, extent="delta"), {}, False),
        (run(**TOLD, extent="delta"), {"ended": True}, True),
        (run(**TOLD, id="hsy_now"), {"seen_in": "hsy_now", "became": "bad", "ended": True}, False),
        (run(**TOLD, id="hsy_now"), {"seen_in": "hsy_now", "became": "ended", "ended": True}, True),
    ],
    ids=["unseen", "not ours", "gone", "blind", "nothing told", "delta", "ended", "seen and bad", "seen and ended"],
)
def test_what_is_removed_when_all_was_read(going: HisSync, code: dict[str, Any], goes: bool):
    known = HisCode(**{"id": "S1", "organisation_id": "org_1", "sort": "staff", "owner_id": "prr_9"} | code)
    assert known.to_remove(going) is goes


def test_the_next_run_begins_where_the_last_complete_one_began():
    desk = Desk(id="org_1", running_id="hsy_1")
    assert desk.since is None
    assert HisSync.start("org_1", "delta", desk.since, "prr_1", NOW).extent == "full"
    done = desk.cleared(run(state="finished"))
    assert (done.running_id, done.since, done.full_at) == ("", NOW - timedelta(minutes=5), NOW)
    assert done.cleared(run(state="failed", started_at=NOW + timedelta(hours=1))).since == done.since
    assert done.extent_at(NOW + timedelta(days=6)) == "delta"
    assert done.extent_at(NOW + timedelta(days=7)) == "full"
