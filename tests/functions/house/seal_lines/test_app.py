"""From audit lines to blocks: once each, in one chain an organisation, whatever comes twice or late."""

from __future__ import annotations

import random
from datetime import timedelta

import boto3
import pytest

from hospital import clock
from hospital.caller import system
from hospital.seals.anchoring import anchor_head, anchors_of
from hospital.seals.keys import head_key
from hospital.seals.model import SealedLine
from hospital.seals.queueing import send_lines
from hospital.seals.store import all_heads, blocks_between, heads, receive, seal_next_block
from hospital.seals.verifying import verify
from house.anchor_heads.app import app as anchor_heads
from house.ask_for_seals.app import app as ask_for_seals
from house.seal_lines.app import app as seal_lines
from house.verify_daily.app import app as verify_daily
from tests.builders.cloud import ENVIRONMENT, Cloud
from tests.builders.moments import START
from tests.builders.people import found_clinic
from tests.builders.reading_tables import evidence_of
from tests.builders.seals import archive
from tests.builders.visits import applied

pytestmark = pytest.mark.store
BY = system("seal_lines")
BUCKET = ENVIRONMENT["ARCHIVE_BUCKET"]


def sealed(chain: str) -> list[SealedLine]:
    return [line for block in blocks_between(chain, 1, 999, limit=500) for line in block.lines]


def moment(seconds: int) -> str:
    return clock.text(START + timedelta(seconds=seconds))


def lines_of(chain: str, cloud: Cloud) -> list[tuple[str, int]]:
    rows = [row for name in ("people", "clinical", "conversations", "reference") for row in cloud.rows(name)]
    return sorted((row["line_subject"], row["line_number"]) for row in rows if row.get("line_chain") == chain)


def test_every_line_is_sealed_once_in_the_chain_of_its_organisation(clinic, patient, deliver, cloud, time):
    other = found_clinic("另一家")
    applied(clinic, patient)
    deliver(twice=True)
    time.passes(minutes=1)
    deliver.seal()
    deliver.seal()
    chains = {head.id: head for head in all_heads()}
    assert set(chains) == {"org_platform", clinic.id, other.id}
    for chain, head in chains.items():
        names = [(line.subject, line.number) for line in sealed(chain)]
        assert sorted(names) == lines_of(chain, cloud)
        assert head.lines == len(names)
    assert verify(evidence_of(cloud)) == []


def test_late_and_disordered_deliveries_are_sealed_all_the_same(clinic, patient, deliver, cloud, time):
    """A line of yesterday that comes after the block of today stands in the next one; one that came before, nowhere."""
    applied(clinic, patient)
    found = [item for item in cloud.items("clinical") if "line_subject" in item]
    lines = [SealedLine.of("clinical", item, "SHA-256") for item in found]
    shuffled = random.Random(3).sample(lines * 2, len(lines) * 2)
    for line in shuffled[: len(lines)]:
        receive(clinic.id, [line], BY)
    seal_next_block(clinic.id, clock.now(), BY)
    for line in shuffled:
        receive(clinic.id, [line], BY)
    seal_next_block(clinic.id, clock.now(), BY)
    assert sorted(line.place for line in sealed(clinic.id)) == sorted({line.place for line in lines})


def test_a_long_wait_is_sealed_in_blocks_that_fit_a_transaction(cloud, deliver):
    lines = [
        SealedLine(table="people", pk=f"X#{n}", sk="AUDIT#X#1", subject=f"x{n}", number=1, at=moment(n), digest="d")
        for n in range(200)
    ]
    for start in range(0, 200, 25):
        receive("org_1", lines[start : start + 25], BY)
    deliver.seal()
    assert [len(block.lines) for block in blocks_between("org_1", 1, 9)] == [90, 90, 20]
    assert [line.at for line in sealed("org_1")] == [moment(n) for n in range(200)]


def test_a_line_in_two_versions_is_sealed_as_it_came_first_and_counted(cloud):
    line = SealedLine(table="people", pk="X", sk="AUDIT#X#1", subject="x", number=1, at="1", digest="SHA-256:1")
    assert receive("org_1", [line], BY) == 1
    assert receive("org_1", [line.model_copy(update={"digest": "SHA-256:2"})], BY) == 0
    assert cloud.counted("audit_line_in_two_versions") == 1
    block = seal_next_block("org_1", clock.now(), BY)
    assert block is not None and [one.digest for one in block.lines] == ["SHA-256:1"]


def test_a_message_that_fails_holds_up_its_chain_alone(cloud):
    def record(name: str, chain: str, body: str) -> dict:
        return {"messageId": name, "body": body, "attributes": {"MessageGroupId": chain}}

    good = '{"chain": "org_2", "lines": []}'
    records = [record("1", "org_1", '{"chain": "org_1"}'), record("2", "org_2", good), record("3", "org_1", good)]
    assert seal_lines({"Records": records}, None) == {
        "batchItemFailures": [{"itemIdentifier": "1"}, {"itemIdentifier": "3"}]
    }


def test_the_algorithm_is_a_setting_and_older_blocks_stay_valid(clinic, patient, deliver, cloud, time):
    deliver()
    deliver.seal()
    cloud.turn(AUDIT_ALGORITHM="SM3")
    time.passes(minutes=1)
    applied(clinic, patient)
    deliver()
    deliver.seal()
    first, *_, last = blocks_between(clinic.id, 1, 99)
    assert (first.seal.partition(":")[0], last.seal.partition(":")[0]) == ("SHA-256", "SM3")
    assert {line.digest.partition(":")[0] for line in last.lines} == {"SM3"}
    assert verify(evidence_of(cloud)) == []


def test_the_lag_is_measured(clinic, patient, deliver, cloud, time):
    deliver()
    time.passes(minutes=7)
    assert ask_for_seals({}, None)["lag_seconds"] == 420
    deliver.seal()
    assert ask_for_seals({}, None) == {"asked": 0, "lag_seconds": 0.0}


def test_a_line_that_the_queue_does_not_take_is_sent_again(cloud, clinic):
    items = [item for item in cloud.items("people") if "line_subject" in item]
    cloud.turn(AUDIT_QUEUE_URL="https://sqs.cn-northwest-1.amazonaws.com.cn/123456789012/missing.fifo")
    assert send_lines(items) == 0
    assert cloud.counted("audit_lines_refused") == 1


# -- anchors ------------------------------------------------------------------------------------------------------


def test_heads_are_anchored_once_a_day_and_nobody_takes_an_anchor_away(clinic, deliver, cloud, time):
    archive()
    deliver()
    deliver.seal()
    assert anchor_heads({}, None) == {"anchored": 2}
    assert anchor_heads({}, None) == {"anchored": 0}
    time.passes(hours=25)
    assert anchor_heads({}, None) == {"anchored": 0}, "nothing was sealed since"
    found_clinic()
    deliver()
    deliver.seal()
    anchor_heads({}, None)
    head = heads.need(head_key("org_platform"))
    assert [anchor.block for anchor in anchors_of(head)] == [1, 2]
    s3 = boto3.client("s3")
    versions = s3.list_object_versions(Bucket=BUCKET)["Versions"]
    kept = s3.get_object_retention(Bucket=BUCKET, Key=versions[0]["Key"], VersionId=versions[0]["VersionId"])
    assert kept["Retention"]["Mode"] == "COMPLIANCE"
    assert kept["Retention"]["RetainUntilDate"] > START + timedelta(days=15 * 365)
    with pytest.raises(s3.exceptions.ClientError, match="AccessDenied"):
        s3.delete_object(Bucket=BUCKET, Key=versions[0]["Key"], VersionId=versions[0]["VersionId"])


def test_an_anchor_that_was_written_over_counts_as_it_was_first(clinic, deliver, time):
    archive()
    deliver()
    deliver.seal()
    anchor = anchor_head(clinic.id, clock.now(), BY)
    assert anchor is not None
    forged = anchor.model_copy(update={"seal": "SHA-256:00"}).model_dump_json().encode()
    boto3.client("s3").put_object(Bucket=BUCKET, Key=anchor.name, Body=forged)
    assert anchors_of(heads.need(head_key(clinic.id))) == [anchor]


# -- the nightly verification -------------------------------------------------------------------------------------


def test_a_night_without_findings_and_one_with(clinic, patient, deliver, cloud, time):
    archive()
    applied(clinic, patient)
    deliver()
    deliver.seal()
    anchor_heads({}, None)
    assert verify_daily({}, None) == {"verified": 2, "broken": 0}
    assert cloud.counted("audit_seals_broken") == 0
    line = sealed(clinic.id)[0]
    boto3.client("dynamodb").update_item(
        TableName=f"test-{line.table}",
        Key={"pk": {"S": line.pk}, "sk": {"S": line.sk}},
        UpdateExpression="SET acts = :nothing",
        ExpressionAttributeValues={":nothing": {"L": []}},
    )
    time.passes(hours=24)
    assert verify_daily({}, None) == {"verified": 2, "broken": 1}
    assert cloud.counted("audit_seals_broken") == 1
