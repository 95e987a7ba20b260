"""A workflow that waits for its token when the process is killed is entered again, and ends properly."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ClientError

from infra.local.store import Store
from tests.infra.local.post import Post, open_post
from tests.infra.local.test_workflows import ROUND, ended, sign
from tests.journeys.hospital import ROOT, eventually

pytestmark = pytest.mark.store

_WAITS = """
import sys, time
from pathlib import Path
from infra.local.store import Store
from tests.infra.local.post import open_post
from tests.infra.local.test_workflows import begin, token_of
with open_post(store=Store.open(Path(sys.argv[1]))) as post:
    begin("par_1.1")
    begin("par_2.1", do="unknown")
    token = token_of(post, "par_1.1")
    while post.store.executions.find(sys.argv[2], "par_2.1").ended is None:
        time.sleep(0.01)
    post.dispatcher.deliveries.take_on("function:yunzhen-Alone", '{"id": "owed"}', delay=3600)
    print("TOKEN", token, flush=True)
    time.sleep(600)
"""


def test_a_workflow_is_entered_again_after_kill_9_and_what_was_on_its_way_is_still_owed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _WAITS, str(tmp_path / "state"), ROUND]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            said = next((line for line in process.stdout if line.startswith("TOKEN")), "")
            assert said, "the first process did not get so far"
        finally:
            process.send_signal(signal.SIGKILL)
    dead = said.split()[1]

    with open_post(store=Store.open(tmp_path / "state")) as post:
        (row,) = post.store.executions.running()
        assert (row.name, json.loads(row.input)) == ("par_1.1", {"id": "par_1.1", "do": ""})
        tokens = eventually(lambda: [row["token"] for row in post.seen("token") if row["token"] != dead])
        with pytest.raises(ClientError) as error:
            sign(dead)
        assert error.value.response["Error"]["Code"] in ("InvalidToken", "TaskTimedOut", "TaskDoesNotExist")
        sign(tokens[-1], kilos=2)
        end = ended(f"{ROUND.replace('stateMachine', 'execution')}:par_1.1")
        assert end["status"] == "SUCCEEDED" and json.loads(end["output"])["signed"]["kilos"] == 2
        assert eventually(lambda: not post.store.executions.running())

        # What had ended stays ended, under its name too.
        assert post.store.executions.find(ROUND, "par_2.1").status == "SUCCEEDED"  # type: ignore[union-attr]
        told = json.dumps({"id": "par_2.1", "do": "unknown"})
        with pytest.raises(ClientError) as again:
            boto3.client("stepfunctions").start_execution(stateMachineArn=ROUND, name="par_2.1", input=told)
        assert again.value.response["Error"]["Code"] == "ExecutionAlreadyExists"

        assert post.carried("owed") == []
        post.dispatcher.deliveries.hurry()
        assert eventually(lambda: post.carried("owed"))


def test_a_schedule_missed_while_closed_fires_once_and_one_that_is_not_due_does_not(tmp_path: Path) -> None:
    """Told by when it fired: what was called may be called again after a close, as at least once has it."""

    def last(post: Post) -> float:
        (fired,) = [at for name, at in post.store.deliveries.fired().items() if name.endswith("EachHour")]
        return fired

    with open_post(store=Store.open(tmp_path / "state")) as post:
        assert eventually(lambda: post.carried("hour"))
        began = last(post)
        assert abs(began - time.time()) < 60
    with open_post(store=Store.open(tmp_path / "state")) as post:
        post.put("parcel.sent.v1", {"to": "later", "weight": 11})
        assert eventually(lambda: post.carried("later"))
        assert last(post) == began  # an hour has not gone by
        name = next(name for name in post.store.deliveries.fired() if name.endswith("EachHour"))
        missed = time.time() - 5 * 3600
        before = len(post.carried("hour"))
        post.store.deliveries.note_fired(name, missed)
    with open_post(store=Store.open(tmp_path / "state")) as post:
        assert eventually(lambda: last(post) > missed + 4 * 3600)  # five were missed: one is made up for
        made_up = last(post)
        assert eventually(lambda: len(post.carried("hour")) > before)
        assert not eventually(lambda: last(post) != made_up, 0.5)
