"""Resources that few templates have: parameters, topics with their subscriptions, schedules. Their clients are made
when one is there, since moto takes up to a second to import what answers them."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import boto3

from .template import Resource, Template
from .template.kinds import queue_arn

_SILENT = ("email", "email-json", "sms")
"""Protocols that reach people: moto records what it would have sent, nothing goes out."""


class OnDemand:
    """One method per resource type; each leaves what exists as it is."""

    def __init__(self, template: Template) -> None:
        session = boto3.Session(region_name=template.place.region)
        self.client = cache(session.client)
        self.queues = {queue_arn(queue) for queue in template.of("AWS::SQS::Queue")}

    def parameter(self, resource: Resource) -> None:
        """A parameter. What the template says goes, until somebody has put another value at run time."""
        ssm, name = self.client("ssm"), resource.name("Name")
        wanted = {key: resource.properties[key] for key in ("Description", "AllowedPattern") if resource.get(key)}
        value, kind = str(resource.get("Value", "")), str(resource.get("Type", "String"))
        found = ssm.get_parameters(Names=[name])["Parameters"]
        if found and (found[0]["Version"] > 1 or found[0]["Value"] == value):
            return
        if found:
            ssm.delete_parameter(Name=name)
        ssm.put_parameter(Name=name, Value=value, Type=kind, **wanted)

    def topic(self, resource: Resource) -> None:
        """A topic, and what its own property subscribes to it."""
        name = resource.name("TopicName")
        attributes = {"FifoTopic": "true"} if str(resource.get("FifoTopic")).lower() == "true" else {}
        arn = self.client("sns").create_topic(Name=name, Attributes=attributes)["TopicArn"]
        for each in resource.get("Subscription") or []:
            self._subscribe(resource, "Subscription", arn, each)

    def subscription(self, resource: Resource) -> None:
        """A queue that a topic's messages go to; what reaches people is only noted."""
        self._subscribe(resource, "Protocol", str(resource.get("TopicArn")), resource.properties)

    def _subscribe(self, resource: Resource, place: str, topic: str, wanted: Any) -> None:
        protocol, endpoint = str(wanted.get("Protocol")), str(wanted.get("Endpoint"))
        if protocol != "sqs" and protocol not in _SILENT:
            raise resource.wrong(place, f"subscribes by {protocol!r}, which is not delivered here; use a queue")
        if protocol == "sqs" and endpoint not in self.queues:
            raise resource.wrong(place, f"{endpoint} is no queue of this template")
        attributes = {
            name: json.dumps(wanted[name]) if isinstance(wanted[name], dict) else str(wanted[name]).lower()
            for name in ("FilterPolicy", "RawMessageDelivery", "RedrivePolicy")
            if name in wanted
        }
        if scope := wanted.get("FilterPolicyScope"):
            attributes["FilterPolicyScope"] = scope
        self.client("sns").subscribe(TopicArn=topic, Protocol=protocol, Endpoint=endpoint, Attributes=attributes)

    def schedule(self, resource: Resource) -> None:
        """A schedule of EventBridge Scheduler, as the template says: its target is what the dispatcher delivers to."""
        scheduler, name = self.client("scheduler"), resource.name("Name")
        group = resource.get("GroupName") or "default"
        wanted = {
            key: value for key, value in resource.properties.items() if key not in ("Name", "GroupName", "KmsKeyArn")
        }
        try:
            scheduler.get_schedule(Name=name, GroupName=group)
        except scheduler.exceptions.ResourceNotFoundException:
            scheduler.create_schedule(Name=name, GroupName=group, **wanted)
        else:
            scheduler.update_schedule(Name=name, GroupName=group, **wanted)
