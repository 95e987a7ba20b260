"""Parameters, topics and schedules of a template stand in the cloud, and what people changed in them stays."""

from __future__ import annotations

from pathlib import Path

import boto3
import pytest

from infra.local.cloud import furnish
from infra.local.store.testing import memory_cloud
from infra.local.template import Template, TemplateError, read_template
from tests.infra.local.test_applier import furnished

pytestmark = pytest.mark.store

RESOURCES = """
Resources:
  Mode: {Type: AWS::SSM::Parameter, Properties: {Name: /house/mode, Type: String, Value: %s}}
  Work: {Type: AWS::SQS::Queue, Properties: {QueueName: work}}
  Alarms:
    Type: AWS::SNS::Topic
    Properties: {TopicName: alarms, Subscription: [{Protocol: email, Endpoint: duty@example.org}]}
  ToQueue:
    Type: AWS::SNS::Subscription
    Properties: {TopicArn: !Ref Alarms, Protocol: %s, Endpoint: !GetAtt Work.Arn, RawMessageDelivery: true}
  Nightly:
    Type: AWS::Scheduler::Schedule
    Properties:
      Name: nightly
      ScheduleExpression: cron(0 3 * * ? *)
      FlexibleTimeWindow: {Mode: "OFF"}
      Target: {Arn: !GetAtt Work.Arn, RoleArn: "arn:aws-cn:iam::123456789012:role/clock"}
Outputs:
  Schedule: {Value: !GetAtt Nightly.Arn}
  Value: {Value: !GetAtt Mode.Value}
"""


def template_with(folder: Path, value: str = "open", protocol: str = "sqs") -> Template:
    """The resources above, read."""
    file = folder / "template.yaml"
    file.write_text(RESOURCES % (value, protocol), encoding="utf-8")
    return read_template(file)


def mode() -> str:
    """The parameter's value."""
    return str(boto3.client("ssm").get_parameter(Name="/house/mode")["Parameter"]["Value"])


def test_a_parameter_follows_the_template_until_somebody_changes_it(tmp_path: Path) -> None:
    with furnished(template_with(tmp_path), tmp_path / "state"):
        assert mode() == "open"
    with furnished(template_with(tmp_path, "closed"), tmp_path / "state"):
        assert mode() == "closed"
        boto3.client("ssm").put_parameter(Name="/house/mode", Value="by hand", Overwrite=True)
    with furnished(template_with(tmp_path, "open"), tmp_path / "state"):
        assert mode() == "by hand"


def test_a_topic_reaches_its_queue_and_no_person(tmp_path: Path) -> None:
    with furnished(template_with(tmp_path), tmp_path / "state"):
        sns, sqs = boto3.client("sns"), boto3.client("sqs")
        topic = sns.list_topics()["Topics"][0]["TopicArn"]
        subscribed = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
        assert {each["Protocol"] for each in subscribed} == {"email", "sqs"}
        sns.publish(TopicArn=topic, Message="too slow")
        url = sqs.get_queue_url(QueueName="work")["QueueUrl"]
        assert [each["Body"] for each in sqs.receive_message(QueueUrl=url)["Messages"]] == ["too slow"]


def test_a_schedule_is_there_as_the_template_says_and_once(tmp_path: Path) -> None:
    template = template_with(tmp_path)
    assert template.outputs["Schedule"] == "arn:aws-cn:scheduler:cn-northwest-1:123456789012:schedule/default/nightly"
    assert template.outputs["Value"] == "open"
    for _ in range(2):
        with furnished(template, tmp_path / "state"):
            scheduler = boto3.client("scheduler")
            assert [each["Name"] for each in scheduler.list_schedules()["Schedules"]] == ["nightly"]
            assert scheduler.get_schedule(Name="nightly")["ScheduleExpression"] == "cron(0 3 * * ? *)"


@pytest.mark.parametrize("protocol", ["https", "lambda"])
def test_a_subscription_that_is_not_delivered_here_is_an_error(tmp_path: Path, protocol: str) -> None:
    with memory_cloud() as store, pytest.raises(TemplateError, match=f"ToQueue.Protocol: subscribes by '{protocol}'"):
        furnish(template_with(tmp_path, protocol=protocol), store)
