"""Keys, secrets and queue messages over a restart."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.sqs.models import sqs_backends

from infra.local.store import (
    Store,
    installed,
)

pytestmark = pytest.mark.store


def test_what_was_encrypted_and_signed_opens_after_a_restart(run: Callable[..., Any]) -> None:
    def first(store: Store) -> tuple[Any, ...]:
        kms = boto3.client("kms")
        key = kms.create_key()["KeyMetadata"]["KeyId"]
        kms.create_alias(AliasName="alias/fields", TargetKeyId=key)
        signer = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
        signature = kms.sign(KeyId=signer, Message=b"m", SigningAlgorithm="ECDSA_SHA_256")["Signature"]
        boto3.client("secretsmanager").create_secret(Name="tokens", SecretString="s1")
        boto3.client("secretsmanager").put_secret_value(SecretId="tokens", SecretString="s2")
        return kms.encrypt(KeyId="alias/fields", Plaintext=b"name")["CiphertextBlob"], signer, signature

    cipher, signer, signature = run(first)

    def second(store: Store) -> None:
        kms = boto3.client("kms")
        assert kms.decrypt(CiphertextBlob=cipher)["Plaintext"] == b"name"
        assert kms.encrypt(KeyId="alias/fields", Plaintext=b"x")["CiphertextBlob"]
        assert kms.verify(KeyId=signer, Message=b"m", Signature=signature, SigningAlgorithm="ECDSA_SHA_256")[
            "SignatureValid"
        ]
        assert boto3.client("secretsmanager").get_secret_value(SecretId="tokens")["SecretString"] == "s2"

    run(second)


def test_messages_survive_and_deleted_ones_do_not(run: Callable[..., Any]) -> None:
    def queue() -> dict[str, str]:
        return {"QueueUrl": boto3.client("sqs").get_queue_url(QueueName="work")["QueueUrl"]}

    def first(store: Store) -> None:
        sqs = boto3.client("sqs")
        attributes = {"kind": {"DataType": "Binary", "BinaryValue": b"\xff"}}
        sqs.send_message(**queue(), MessageBody="gone")
        got = sqs.receive_message(**queue())["Messages"][0]
        sqs.delete_message(**queue(), ReceiptHandle=got["ReceiptHandle"])
        for body in ("one", "two", "three"):
            sqs.send_message(**queue(), MessageBody=body, MessageAttributes=attributes)
        sqs.send_message(**queue(), MessageBody="later", DelaySeconds=600)
        assert sqs.receive_message(**queue(), VisibilityTimeout=3600)["Messages"][0]["Body"] == "one"

    run(first)

    def second(store: Store) -> None:
        sqs = boto3.client("sqs")
        got = sqs.receive_message(**queue(), MaxNumberOfMessages=10, MessageAttributeNames=["All"])["Messages"]
        assert [message["Body"] for message in got] == ["one", "two", "three"]
        assert got[0]["MessageAttributes"]["kind"]["BinaryValue"] == b"\xff"
        seen = sqs.get_queue_attributes(**queue(), AttributeNames=["All"])["Attributes"]
        assert seen["ApproximateNumberOfMessagesDelayed"] == "1"
        sqs.purge_queue(**queue())

    run(second)
    assert run(lambda store: store.load().messages) == 0
    assert "Messages" not in run(lambda store: boto3.client("sqs").receive_message(**queue()))


def test_a_message_in_the_dead_letter_queue_is_found_there_after_a_restart(tmp_path: Path) -> None:
    def use(work: Callable[[Any, str, str], Any]) -> Any:
        with Store.open(tmp_path) as store, mock_aws(), installed(store):
            sqs = boto3.client("sqs")
            dead = sqs.create_queue(QueueName="dead")["QueueUrl"]
            arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
            redrive = f'{{"deadLetterTargetArn": "{arn}", "maxReceiveCount": "1"}}'
            live = sqs.create_queue(QueueName="live", Attributes={"RedrivePolicy": redrive})["QueueUrl"]
            store.load()
            return work(sqs, live, dead)

    def fail(sqs: Any, live: str, dead: str) -> None:
        sqs.send_message(QueueUrl=live, MessageBody="poison")
        assert sqs.receive_message(QueueUrl=live, VisibilityTimeout=0)["Messages"]
        assert "Messages" not in sqs.receive_message(QueueUrl=live)

    use(fail)
    bodies = use(
        lambda sqs, live, dead: [sqs.receive_message(QueueUrl=url).get("Messages", []) for url in (live, dead)]
    )
    assert [[message["Body"] for message in each] for each in bodies] == [[], ["poison"]]


def test_a_message_past_its_retention_goes_and_holds_up_no_other(run: Callable[..., Any]) -> None:
    def send(store: Store) -> None:
        sqs = boto3.client("sqs")
        sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName="work")["QueueUrl"], MessageBody="old")

    run(send)

    def receive(store: Store) -> list[Any]:
        sqs = boto3.client("sqs")
        return list(sqs.receive_message(QueueUrl=sqs.get_queue_url(QueueName="work")["QueueUrl"]).get("Messages", []))

    assert run(receive, clock=lambda: time.time() + 5 * 86_400) == []
    assert run(receive) == []


def test_parameters_and_schedules_are_there_after_a_restart(run: Callable[..., Any]) -> None:
    at = "at(2030-01-01T08:00:00)"
    target = {
        "Arn": "arn:aws-cn:sqs:cn-northwest-1:123456789012:work",
        "RoleArn": "arn:aws-cn:iam::123456789012:role/r",
    }

    def first(store: Store) -> None:
        ssm, scheduler = boto3.client("ssm"), boto3.client("scheduler")
        ssm.put_parameter(Name="/house/mode", Value="open", Type="String")
        ssm.put_parameter(Name="/house/mode", Value="closed", Type="String", Overwrite=True)
        ssm.put_parameter(Name="/house/gone", Value="x", Type="SecureString")
        ssm.delete_parameter(Name="/house/gone")
        for name in ("remind", "gone"):
            scheduler.create_schedule(
                Name=name, ScheduleExpression=at, FlexibleTimeWindow={"Mode": "OFF"}, Target=target
            )
        scheduler.delete_schedule(Name="gone")

    run(first)

    def second(store: Store) -> None:
        ssm, scheduler = boto3.client("ssm"), boto3.client("scheduler")
        found = ssm.get_parameters(Names=["/house/mode", "/house/gone"])
        assert [(each["Value"], each["Version"]) for each in found["Parameters"]] == [("closed", 2)]
        assert found["InvalidParameters"] == ["/house/gone"]
        assert [each["Name"] for each in scheduler.list_schedules()["Schedules"]] == ["remind"]
        assert scheduler.get_schedule(Name="remind")["Target"]["Arn"] == target["Arn"]

    run(second)


def test_a_secret_that_cannot_be_kept_is_refused_and_the_old_one_stays(run: Callable[..., Any]) -> None:
    def use(store: Store) -> None:
        secrets = boto3.client("secretsmanager", config=Config(retries={"total_max_attempts": 1}))
        sqs = boto3.client("sqs", config=Config(retries={"total_max_attempts": 1}))
        url = sqs.get_queue_url(QueueName="work")["QueueUrl"]
        secrets.create_secret(Name="tokens", SecretString="kept")
        pages = store._database.rows("PRAGMA page_count")[0][0]
        store._database.rows(f"PRAGMA max_page_count={pages}")
        for call in (
            lambda: secrets.put_secret_value(SecretId="tokens", SecretString="x" * 60_000),
            lambda: secrets.create_secret(Name="other", SecretString="x" * 60_000),
            lambda: sqs.send_message(QueueUrl=url, MessageBody="x" * 200_000),
        ):
            with pytest.raises(ClientError) as refused:
                call()
            assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500
        store._database.rows("PRAGMA max_page_count=1000000")
        assert secrets.get_secret_value(SecretId="tokens")["SecretString"] == "kept"
        assert [each["Name"] for each in secrets.list_secrets()["SecretList"]] == ["tokens"]
        assert "Messages" not in sqs.receive_message(QueueUrl=url)
        sqs.send_message(QueueUrl=url, MessageBody="there is room again")

    run(use)
    assert run(lambda store: store.load_keys()) == ["secretsmanager"]


def test_a_fifo_duplicate_is_dropped_for_five_minutes_even_when_the_first_is_done(run: Callable[..., Any]) -> None:
    sent = {"MessageBody": "seal", "MessageGroupId": "log", "MessageDeduplicationId": "line-1"}

    def queue(sqs: Any) -> str:
        return str(sqs.create_queue(QueueName="seals.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"])

    def first(store: Store) -> None:
        sqs = boto3.client("sqs")
        url = queue(sqs)
        sqs.send_message(QueueUrl=url, **sent)
        got = sqs.receive_message(QueueUrl=url)["Messages"]
        sqs.delete_message(QueueUrl=url, ReceiptHandle=got[0]["ReceiptHandle"])
        sqs.send_message(QueueUrl=url, **sent)
        assert "Messages" not in sqs.receive_message(QueueUrl=url)
        # What is taken out and put back is no duplicate of itself.
        mailbox = sqs_backends[DEFAULT_ACCOUNT_ID]["cn-northwest-1"].queues["seals.fifo"]
        sqs.send_message(QueueUrl=url, **sent | {"MessageDeduplicationId": "line-2"})
        message = mailbox._messages[0]
        mailbox.delete_message(sqs.receive_message(QueueUrl=url)["Messages"][0]["ReceiptHandle"])
        message.visible_at = 0.0
        mailbox.add_message(message)
        got = sqs.receive_message(QueueUrl=url)["Messages"]
        sqs.delete_message(QueueUrl=url, ReceiptHandle=got[0]["ReceiptHandle"])

    def again(store: Store) -> list[str]:
        sqs = boto3.client("sqs")
        url = queue(sqs)
        sqs.send_message(QueueUrl=url, **sent)
        return [message["Body"] for message in sqs.receive_message(QueueUrl=url).get("Messages", [])]

    run(first)
    assert run(again) == []
    assert run(again, clock=lambda: time.time() + 301) == ["seal"]
