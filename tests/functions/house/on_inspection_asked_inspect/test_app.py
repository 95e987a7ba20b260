"""An inspection runs: what is wrong with the cloud in memory is found, named, and compared."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hospital.inspections.knowledge import PROBLEMS
from hospital.inspections.model import STEPS, Served
from hospital.settings import ENVIRONMENT
from house.keep_inspections.app import app
from house.on_inspection_asked_inspect.logs import KNOWN, problem_of
from house.on_inspection_asked_inspect.parties import ends_at, judged
from house.on_inspection_asked_inspect.traffic import judged as served_so
from tests.builders.cloud import TABLES, client
from tests.builders.gateway import call
from tests.builders.people import caller

pytestmark = pytest.mark.store

OPERATOR = caller("per_operator", "operator")


@pytest.fixture(autouse=True)
def whole(cloud, inbox, deliver):
    """What a deployment has beside the tables: recovery, rotation, an archive."""
    for name in TABLES:
        client("dynamodb").update_continuous_backups(
            TableName=f"test-{name}", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
        )
    (key,) = client("kms").list_keys()["Keys"]
    client("kms").enable_key_rotation(KeyId=key["KeyId"])
    place = {"LocationConstraint": ENVIRONMENT.get()["AWS_REGION"]}
    client("s3").create_bucket(Bucket=ENVIRONMENT.get()["ARCHIVE_BUCKET"], CreateBucketConfiguration=place)
    client("s3").put_bucket_versioning(
        Bucket=ENVIRONMENT.get()["ARCHIVE_BUCKET"], VersioningConfiguration={"Status": "Enabled"}
    )
    cloud.turn(SITE_ORIGIN=origin(inbox.url), SOCKET_ENDPOINT=origin(inbox.url), VISIT_ANSWER_WITHIN_MINUTES="1440")


def origin(url: str) -> str:
    return "/".join(url.split("/")[:3])


def inspected(deliver) -> dict:
    begun = call(app, "POST", "/inspections", {"hours": 2}, who=OPERATOR).ok(202)
    assert (begun["state"], begun["steps"]) == ("asked", len(STEPS))
    deliver()
    report = call(app, "GET", f"/inspections/{begun['id']}", who=OPERATOR).ok()
    assert report["state"] == "done"
    return report


def problems(report: dict) -> set[tuple[str, str]]:
    return {(one["name"], one["problem"]) for one in report["findings"]}


def test_a_hospital_in_order_has_no_findings(deliver):
    report = inspected(deliver)
    assert problems(report) == set()
    assert report["compared"] is None
    assert {one["group"] for one in report["checks"]} == {"resources", "parties", "settings", "traffic"}


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("table people", "no_recovery"),
        ("table connections", "missing"),
        ("queues", "dead_letters"),
        ("key of fields", "no_rotation"),
        ("event bus", "rule_off"),
        ("archive", "deviates"),
        ("secret token", "secret_old"),
        ("sms", "unreachable"),
        ("VISIT_ANSWER_WITHIN_MINUTES", "deviates"),
    ],
)
def test_what_is_broken_is_found(cloud, deliver, time, name, problem):
    breaks(cloud, time, name)
    assert (name, problem) in problems(inspected(deliver))


def breaks(cloud, time, name: str) -> None:
    match name:
        case "table people":
            client("dynamodb").update_continuous_backups(
                TableName="test-people", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": False}
            )
        case "table connections":
            client("dynamodb").delete_table(TableName="test-connections")
        case "queues":
            queue = client("sqs").create_queue(QueueName="test-SomethingDeadLetters")["QueueUrl"]
            client("sqs").send_message(QueueUrl=queue, MessageBody="{}")
        case "key of fields":
            (key,) = client("kms").list_keys()["Keys"]
            client("kms").disable_key_rotation(KeyId=key["KeyId"])
        case "event bus":
            client("events").put_rule(
                Name="off", EventBusName="test-bus", EventPattern='{"source":["x"]}', State="DISABLED"
            )
        case "archive":
            client("s3").put_bucket_versioning(
                Bucket=ENVIRONMENT.get()["ARCHIVE_BUCKET"], VersioningConfiguration={"Status": "Suspended"}
            )
        case "secret token":
            time.now = datetime.now(UTC) + timedelta(days=400)
        case "sms":
            cloud.turn(SMS_INBOX_URL="http://127.0.0.1:9/stopped")
        case "VISIT_ANSWER_WITHIN_MINUTES":
            cloud.turn(VISIT_ANSWER_WITHIN_MINUTES="5")


def test_the_next_report_says_what_is_new_gone_and_still_there(cloud, deliver, inbox):
    cloud.turn(SMS_INBOX_URL="http://127.0.0.1:9/stopped", VISIT_ANSWER_WITHIN_MINUTES="5")
    first = inspected(deliver)
    cloud.turn(SMS_INBOX_URL=inbox.url, SITE_ORIGIN="http://127.0.0.1:9")
    second = inspected(deliver)
    assert second["compared"] == {
        "earlier_id": first["id"],
        "new": ["parties/site/unreachable"],
        "gone": ["parties/sms/unreachable"],
        "still": ["settings/VISIT_ANSWER_WITHIN_MINUTES/deviates"],
    }
    assert {one["name"]: one["since"] for one in second["findings"]} == {
        "site": "new",
        "VISIT_ANSWER_WITHIN_MINUTES": "still",
    }


def test_an_inspection_told_twice_is_run_once(deliver):
    begun = call(app, "POST", "/inspections", {"hours": 2}, who=OPERATOR).ok(202)
    deliver(twice=True)
    assert call(app, "GET", f"/inspections/{begun['id']}", who=OPERATOR).ok()["state"] == "done"


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('{"level":"ERROR","message":"an event was not handled","error":"KeyError"}', "log_error"),
        ('{"level":"INFO","message":"answered","status":503}', "log_party"),
        ('{"level":"INFO","message":"answered","status":200}', None),
        ("2026-11-22 Task timed out after 15.00 seconds", "log_timeout"),
        ("User: x is not authorized to perform: dynamodb:GetItem", "log_denied"),
        ('{"level":"ERROR","error":"SealBroken"}', "log_broken_seal"),
        ("Runtime.ImportModuleError: Unable to import module", "log_crash"),
    ],
)
def test_known_problems_are_told_apart(line, problem):
    assert problem_of(line) == problem


def test_a_certificate_is_judged_by_its_end():
    now = datetime(2026, 11, 22, tzinfo=UTC)
    assert ends_at({"notAfter": "Nov 22 00:00:00 2027 GMT"}) == datetime(2027, 11, 22, tzinfo=UTC)
    ends = {-1: "certificate_expired", 5: "certificate_old", 90: ""}
    assert {days: judged(now + timedelta(days=days), now) for days in ends} == ends


@pytest.mark.parametrize(
    ("served", "problem"),
    [
        (Served(name="a", kind="api", calls=100, failed=2), "many_errors"),
        (Served(name="a", kind="api", calls=10, failed=2), ""),
        (Served(name="x-IdentityAuthorize", kind="function", calls=100, failed=50), ""),
        (Served(name="a", kind="api", calls=1, failed=0, p95=2001), "slow"),
        (Served(name="a", kind="function", calls=1, failed=0, p95=2001), ""),
        (Served(name="a", kind="function", calls=1, failed=0, throttled=1), "throttled"),
    ],
)
def test_what_is_served_badly_is_a_problem(served, problem):
    assert problem in [found for found, _ in served_so(served)]


def test_everything_that_can_be_found_is_explained():
    told = {problem for problem, _ in KNOWN} | {"unreachable", "missing", "refused", "many_errors", "slow", "throttled"}
    assert told <= PROBLEMS.keys()
    for problem in PROBLEMS.values():
        for text in (problem.title, problem.cause, problem.advice):
            assert text.zh
            assert text.en
