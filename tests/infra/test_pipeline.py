"""The example pipeline's steps: what they call, and that a release that fails its smoke test is taken back."""

from __future__ import annotations

import os
import re
import subprocess

import pytest
import yaml

from infra.build_deployment import SAM
from tests.template.reading import ROOT, Stack

pytestmark = pytest.mark.unit

FOLDER = ROOT / "infra/pipeline"
STUB = """#!/bin/sh
echo "$(basename "$0") $*" >> "$CALLS"
case "$(basename "$0") $*" in
  *"$BROKEN"*) exit 1 ;;
  *describe-stacks*) echo "$BUCKET" ;;
esac
"""


@pytest.fixture
def step(tmp_path):
    """Runs one step with programs that only write down how they were called: (exit status, calls)."""
    (tmp_path / "infra/pipeline").mkdir(parents=True)
    (tmp_path / "infra/pipeline/task.sh").write_text((FOLDER / "task.sh").read_text())
    programs = tmp_path / "programs"
    programs.mkdir()
    (tmp_path / ".set-up/uv/bin").mkdir(parents=True)
    for path in (*(programs / name for name in ("make", "aws", "zip", "unzip")), tmp_path / ".set-up/uv/bin/uv"):
        path.write_text(STUB)
        path.chmod(0o755)

    def run(task: str, broken: str = "nothing is", bucket: str = "web") -> tuple[int, list[str]]:
        calls = tmp_path / "calls"
        calls.write_text("")
        environment = {
            "PATH": f"{programs}:{os.environ['PATH']}",
            "CALLS": str(calls),
            "BROKEN": broken,
            "BUCKET": bucket,
            "TASK": task,
            "ENVIRONMENT": "staging",
            "STACK": "yunzhen-staging",
            "RELEASES": "releases",
        }
        done = subprocess.run(["bash", "infra/pipeline/task.sh"], cwd=tmp_path, env=environment, capture_output=True)
        return done.returncode, calls.read_text().splitlines()

    return run


def starts(calls: list[str]) -> list[str]:
    """The first words of each call."""
    return [" ".join(re.sub(r"tool run --from \S+ sam", "sam", call).split()[:3]) for call in calls]


def test_a_good_release_is_deployed_published_looked_at_and_kept(step):
    status, calls = step("deploy")
    assert status == 0
    assert starts(calls) == [
        "make set-up",
        "uv sam deploy",
        "aws cloudformation describe-stacks",
        "make publish STACK=yunzhen-staging",
        "make smoke STACK=yunzhen-staging",
        "zip -qr good.zip",
        "aws s3 cp",
    ]
    deployed = next(call for call in calls if "deploy" in call)
    assert "--config-env staging" in deployed
    assert "--no-confirm-changeset" in deployed
    assert SAM in deployed, "the version that the templates are checked with"
    assert calls[-1] == "aws s3 cp good.zip s3://releases/yunzhen-staging.good.zip"


def test_a_release_that_fails_its_smoke_test_is_taken_back(step):
    status, calls = step("deploy", broken="make smoke")
    assert status == 1
    assert starts(calls)[-4:] == ["make smoke STACK=yunzhen-staging", "aws s3 cp", "unzip -q good.zip", "uv sam deploy"]
    assert "aws s3 cp s3://releases/yunzhen-staging.good.zip good.zip" in calls
    assert not [call for call in calls if call.startswith("zip")], "it is not kept as good"


def test_without_a_site_nothing_is_published(step):
    _, calls = step("deploy", bucket="")
    assert not [call for call in calls if "publish" in call]


def test_a_failed_deployment_ends_the_step_there(step):
    status, calls = step("deploy", broken="sam deploy")
    assert status == 1
    assert starts(calls) == ["make set-up", "uv sam deploy"]


def test_an_unknown_task_is_refused(step):
    assert step("sing")[0] == 2


def test_the_pipeline_builds_once_and_asks_before_production():
    pipeline = Stack(FOLDER / "pipeline.yaml")
    stages = pipeline.of_type("AWS::CodePipeline::Pipeline")["Pipeline"]["Stages"]
    assert [stage["Name"] for stage in stages] == ["Source", "Test", "Build", "Staging", "Production"]
    actions = {(stage["Name"], action["Name"]): action for stage in stages for action in stage["Actions"]}
    assert actions["Staging", "Deploy"]["InputArtifacts"] == actions["Build", "Build"]["OutputArtifacts"]
    assert actions["Production", "Deploy"]["InputArtifacts"] == actions["Build", "Build"]["OutputArtifacts"]
    assert actions["Production", "Ask"]["RunOrder"] < actions["Production", "Deploy"]["RunOrder"]
    asked = re.findall(r'"name":"TASK","value":"(\w+)"', pipeline.text)
    script = (FOLDER / "task.sh").read_text()
    assert all(f"\n  {task})" in script for task in asked)
    assert "arn:aws:" not in pipeline.text
    assert yaml.safe_load((FOLDER / "buildspec.yaml").read_text())["phases"]["build"]
