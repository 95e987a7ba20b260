"""The ways to the targets of rules: queues, functions, workflows and HTTP destinations of the template."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from moto.sqs.exceptions import SQSException

from ..invoker import EventTooLarge, Function, Invoker
from ..template import Resource, Template
from ..template.kinds import destination_arn, machine_arn
from ..workflows import WorkflowRefused
from .deliveries import NotDelivered
from .destinations import Destination, ReadSecret
from .invocations import Invocations
from .mailbox import Mailbox
from .rules import Way

StartWorkflow = Callable[[str, str, str], None]
"""Starts an execution: machine's ARN, name, input as JSON. WorkflowRefused."""


class Ways:
    """Finds the way to a target, and tells what PutTargets or the first delivery would complain about."""

    def __init__(
        self,
        template: Template,
        mailboxes: Mapping[str, Mailbox],
        invoker: Invoker,
        invocations: Invocations,
        start_workflow: StartWorkflow,
        read_secret: ReadSecret,
    ) -> None:
        self._mailboxes, self._invoker, self._invocations = mailboxes, invoker, invocations
        self._start_workflow = start_workflow
        kinds = ("AWS::Serverless::StateMachine", "AWS::StepFunctions::StateMachine")
        self._machines = {machine_arn(machine): machine for machine in template.of(*kinds)}
        self._destinations = {
            destination_arn(one): Destination(one, template, read_secret)
            for one in template.of("AWS::Events::ApiDestination")
        }

    def find(self, rule: Resource, target: Mapping[str, Any]) -> Way:
        """The way to a rule's target. TemplateError."""
        arn = str(target.get("Arn"))
        if arn in self._destinations:
            _demand_role(rule, target)
            return self._to_address(rule, target, self._destinations[arn])
        if arn in self._machines:
            _demand_role(rule, target)
        try:
            way = self.reach(target)
        except ValueError as error:
            raise rule.wrong("Targets", f"{target.get('Id')}: {error}") from None
        if way is None:
            sentence = "is no queue, function, state machine or API destination of the template"
            raise rule.wrong("Targets", f"{arn} {sentence}")
        return way

    def reach(self, target: Mapping[str, Any]) -> Way | None:
        """The way to a queue, function or state machine; None for anything else. ValueError for one that is told
        wrongly."""
        arn = str(target.get("Arn"))
        if arn in self._mailboxes:
            return self._to_queue(target, self._mailboxes[arn])
        function = self._invoker.find(arn) if arn.startswith("arn:") else None
        if function is not None:
            return Way("function", function.name, lambda text: self._to_function(function, text))
        if arn in self._machines:
            return Way("workflow", self._machines[arn].logical_id, lambda text: self._to_workflow(arn, text))
        return None

    def _to_queue(self, target: Mapping[str, Any], mailbox: Mailbox) -> Way:
        group = (target.get("SqsParameters") or {}).get("MessageGroupId")
        if mailbox.is_fifo and not (group and mailbox.by_content):
            raise ValueError("a FIFO queue wants SqsParameters.MessageGroupId and ContentBasedDeduplication")

        def send(text: str) -> None:
            try:
                mailbox.send(text, group=group)
            except SQSException as error:
                raise NotDelivered("SDK_CLIENT_ERROR", str(error), again=False) from error

        return Way("queue", mailbox.resource.logical_id, send)

    def _to_function(self, function: Function, text: str) -> None:
        try:
            self._invocations.invoke(function, text)
        except EventTooLarge as error:
            raise NotDelivered("SDK_CLIENT_ERROR", str(error), again=False) from error

    def _to_workflow(self, arn: str, text: str) -> None:
        """The name comes from the event, so that one delivered twice is one execution."""
        event = json.loads(text)
        event_id = str(event.get("id", "")) if isinstance(event, dict) else ""
        mark = hashlib.sha256(f"{arn}/{text}".encode()).hexdigest()[:16]
        try:
            self._start_workflow(arn, f"{event_id}_{mark}".lstrip("_"), text)
        except WorkflowRefused as error:
            raise NotDelivered("SDK_CLIENT_ERROR", str(error), again=False) from error

    def _to_address(self, rule: Resource, target: Mapping[str, Any], destination: Destination) -> Way:
        parameters = target.get("HttpParameters") or {}
        if '"$.' in json.dumps(parameters):
            raise rule.wrong("Targets", "HttpParameters that take a part of the event are not made here")
        return Way("http", destination.resource.logical_id, lambda text: destination.send(text, parameters))


def _demand_role(rule: Resource, target: Mapping[str, Any]) -> None:
    if not target.get("RoleArn"):
        raise rule.wrong("Targets", f"{target.get('Id')}: EventBridge wants a RoleArn for such a target")
