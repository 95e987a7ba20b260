"""Executions are remembered from their start to their end, and their names for ninety days."""

from pathlib import Path

import pytest

from infra.local.store import Store
from infra.local.store.executions import REMEMBERED_SECONDS

pytestmark = pytest.mark.store


def test_what_runs_is_known_after_a_restart_and_what_ended_is_not_run_again(tmp_path: Path) -> None:
    with Store.open(tmp_path, clock=lambda: 1000.0) as store:
        assert store.executions.begin("follow-up", "visit-1", '{"n": 1}')
        assert store.executions.begin("follow-up", "visit-2", "{}")
        assert store.executions.begin("other", "visit-1", "{}")
        store.executions.end("follow-up", "visit-2", "SUCCEEDED", '"done"')
        store.executions.begin("follow-up", "refused", "{}")
        store.executions.forget("follow-up", "refused")
    with Store.open(tmp_path, clock=lambda: 2000.0) as store:
        running = store.executions.running()
        assert [(each.machine, each.name, each.input, each.started) for each in running] == [
            ("follow-up", "visit-1", '{"n": 1}', 1000.0),
            ("other", "visit-1", "{}", 1000.0),
        ]
        assert not store.executions.begin("follow-up", "visit-2", "{}")
        store.executions.end("follow-up", "visit-2", "FAILED")
        ended = store.executions.find("follow-up", "visit-2")
        assert ended is not None and (ended.status, ended.output, ended.ended) == ("SUCCEEDED", '"done"', 1000.0)
        assert store.executions.find("follow-up", "refused") is None
        assert len(store.executions.recent()) == 3 and len(store.executions.recent(1)) == 1


def test_a_name_can_be_used_again_ninety_days_after_its_end() -> None:
    now = [0.0]
    with Store.in_memory(clock=lambda: now[0]) as store:
        assert store.executions.begin("m", "ended", "{}") and store.executions.begin("m", "still running", "{}")
        store.executions.end("m", "ended", "ABORTED")
        now[0] = REMEMBERED_SECONDS
        assert not store.executions.begin("m", "ended", "{}")
        now[0] += 1
        assert store.executions.begin("m", "ended", "{}")
        assert not store.executions.begin("m", "still running", "{}")
