"""CloudWatch's answers from the hospital's own journals."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from botocore.exceptions import ClientError

from infra.local.observed import Observed, statistic
from infra.local.template import read_template
from infra.local.template.kinds import function_name
from tests.infra.local.clinic import TEMPLATE

pytestmark = pytest.mark.unit

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "value"),
    [("Sum", 55), ("SampleCount", 10), ("Average", 5.5), ("Minimum", 1), ("Maximum", 10), ("p50", 5), ("p95", 10),
     ("p99", 10), ("p10", 1), ("p100", 10)],
)  # fmt: skip
def test_statistics(name, value):
    assert statistic(name, [float(number) for number in range(10, 0, -1)]) == value


def test_an_unknown_statistic_is_an_error():
    with pytest.raises(ValueError, match="'tm99' is not known"):
        statistic("tm99", [1.0])


@pytest.fixture
def observed(tmp_path):
    found = Observed(tmp_path, read_template(TEMPLATE))
    with found.answering():
        yield found


@pytest.fixture
def echo(observed) -> str:
    return next(function_name(one) for one in observed._functions.values() if one.logical_id == "Echo")


def client(service: str):
    return boto3.session.Session(region_name="cn-northwest-1", aws_access_key_id="x", aws_secret_access_key="x").client(
        service
    )


def test_invocations_are_counted_and_measured(observed, echo):
    for seconds, outcome in ((0.1, "ok"), (0.3, "failed"), (0, "throttled")):
        observed.note(echo, seconds, outcome)
    cloudwatch = client("cloudwatch")
    (known,) = cloudwatch.list_metrics(Namespace="AWS/Lambda", MetricName="Invocations")["Metrics"]
    assert known["Dimensions"] == [{"Name": "FunctionName", "Value": echo}]
    asked = {"Invocations": "Sum", "Errors": "Sum", "Throttles": "Sum", "Duration": "p99"}
    queries = [
        {"Id": name.lower(), "MetricStat": {"Metric": known | {"MetricName": name}, "Period": 3600, "Stat": stat}}
        for name, stat in asked.items()
    ]
    until = datetime.now(UTC) + timedelta(minutes=1)
    answer = cloudwatch.get_metric_data(MetricDataQueries=queries, StartTime=until - timedelta(hours=1), EndTime=until)
    assert {one["Id"]: one["Values"] for one in answer["MetricDataResults"]} == {
        "invocations": [2], "errors": [1], "throttles": [1], "duration": [300],
    }  # fmt: skip
    earlier = cloudwatch.get_metric_data(
        MetricDataQueries=queries, StartTime=until - timedelta(hours=3), EndTime=until - timedelta(hours=2)
    )
    assert [one["Values"] for one in earlier["MetricDataResults"]] == [[], [], [], []]


def test_logs_are_found_by_their_words(observed, echo, tmp_path):
    lines = [{"level": "ERROR", "message": "it broke"}, {"level": "INFO", "message": "all is well"}]
    text = "".join(
        json.dumps({"at": NOW.strftime("%Y-%m-%dT%H:%M:%SZ"), "function": echo, "log": line}) + "\n" for line in lines
    )
    (tmp_path / "functions.jsonl").write_text(text, encoding="utf-8")
    group = client("lambda").get_function_configuration(FunctionName=echo)["LoggingConfig"]["LogGroup"]
    found = client("logs").filter_log_events(logGroupName=group, filterPattern='?"\\"level\\":\\"ERROR\\"" ?Traceback')
    assert [json.loads(one["message"])["message"] for one in found["events"]] == ["it broke"]
    late = int((NOW + timedelta(hours=1)).timestamp() * 1000)
    assert client("logs").filter_log_events(logGroupName=group, startTime=late)["events"] == []
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        client("logs").filter_log_events(logGroupName="/aws/lambda/nobody")
