"""Functions called asynchronously, as Lambda does it: taken on, called later, tried twice more, then given up to the
function's failure destination and dead-letter queue. Source: "Invoking a Lambda function asynchronously"."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from ..invoker import EventTooLarge, Function, InvocationFailed, Invoker
from ..store.deliveries import Delivery
from ..template import Resource, Template
from ..template.kinds import function_name
from .deliveries import Deliveries, NotDelivered, Recipient
from .lateness import Lateness

RETRY_AFTER = (60.0, 120.0)
"""Seconds until Lambda tries a failed asynchronous call again."""

_LONGEST = 6 * 3600
_LONGEST_MESSAGE = 1024
_EVENT_LIMIT = 256 * 1024
"""Bytes of an asynchronous event."""

Tell = Callable[[str, str, Mapping[str, str]], None]
"""Puts a text with message attributes into the queue with that ARN, or onto the bus with that ARN."""


class Invocations:
    """`tell` reaches destinations that are no functions; `places` are the ARNs that it reaches."""

    def __init__(
        self,
        template: Template,
        invoker: Invoker,
        deliveries: Deliveries,
        tell: Tell,
        places: set[str],
        lateness: Lateness,
    ) -> None:
        """TemplateError for a destination that cannot be reached."""
        self._invoker, self._deliveries, self._lateness = invoker, deliveries, lateness
        self._tell, self._places = tell, places
        for resource in template.of("AWS::Serverless::Function"):
            deliveries.register(target_of(function_name(resource)), self._recipient(resource))

    def invoke(self, function: Function, text: str) -> str:
        """Takes an event (JSON) on; the id of the request. EventTooLarge over 256 KB."""
        if len(text.encode()) > _EVENT_LIMIT:
            raise EventTooLarge(function.name)
        target = target_of(function.name)
        request_id = function.context().aws_request_id
        self._deliveries.take_on(target, text, delay=self._lateness.delay(target), name=request_id)
        echo = self._lateness.echo(target)
        if echo is not None:
            self._deliveries.take_on(target, text, delay=echo, about=request_id)
        return request_id

    def _recipient(self, resource: Resource) -> Recipient:
        function = self._invoker.find(function_name(resource))
        assert function is not None
        config = resource.get("EventInvokeConfig") or {}
        retries, longest = (
            int(config.get("MaximumRetryAttempts", 2)),
            int(config.get("MaximumEventAgeInSeconds", 21600)),
        )
        if not 0 <= retries <= 2:
            raise resource.wrong("EventInvokeConfig.MaximumRetryAttempts", "wants 0, 1 or 2")
        if not 60 <= longest <= _LONGEST:
            raise resource.wrong("EventInvokeConfig.MaximumEventAgeInSeconds", f"wants 60 to {_LONGEST}")
        ends = {
            name: self._destination(resource, name, (config.get("DestinationConfig") or {}).get(name))
            for name in ("OnSuccess", "OnFailure")
        }
        letters = self._dead_letters(resource)

        def deliver(delivery: Delivery) -> None:
            try:
                answer = self._invoker.call(function, json.loads(delivery.text))
            except InvocationFailed as failure:
                raise NotDelivered(failure.kind, failure.message) from failure
            except EventTooLarge as failure:
                raise NotDelivered("EventTooLarge", str(failure), again=False) from failure
            if ends["OnSuccess"]:
                self._send_on(ends["OnSuccess"], _record(function, delivery, "Success", answer, None))

        def give_up(delivery: Delivery, problem: NotDelivered, condition: str) -> None:
            if ends["OnFailure"]:
                said = "EventAgeExceeded" if condition == "MaximumEventAgeInSeconds" else "RetriesExhausted"
                failed = {"errorMessage": problem.message, "errorType": problem.code}
                self._send_on(ends["OnFailure"], _record(function, delivery, said, failed, "Unhandled"))
            if letters:
                facts = {
                    "RequestID": delivery.about or delivery.id,
                    "ErrorCode": "200",
                    "ErrorMessage": f"{problem.code}: {problem.message}"[:_LONGEST_MESSAGE],
                }
                self._tell(letters, delivery.text, facts)

        return Recipient(deliver, give_up, retries, longest, lambda attempt: RETRY_AFTER[min(attempt, 1)])

    def _send_on(self, arn: str, record: dict[str, Any]) -> None:
        function = self._invoker.find(arn)
        if function is not None:
            self.invoke(function, json.dumps(record, ensure_ascii=False))
        else:
            self._tell(arn, json.dumps(record, ensure_ascii=False), {})

    def _destination(self, resource: Resource, name: str, config: Mapping[str, Any] | None) -> str:
        arn = str((config or {}).get("Destination") or "")
        if arn and arn not in self._places and self._invoker.find(arn) is None:
            place = f"EventInvokeConfig.DestinationConfig.{name}"
            raise resource.wrong(place, f"{arn} is no queue, bus or function of the template")
        return arn

    def _dead_letters(self, resource: Resource) -> str:
        arn = str((resource.get("DeadLetterQueue") or {}).get("TargetArn") or "")
        if arn and arn not in self._places:
            raise resource.wrong("DeadLetterQueue", f"{arn} is no queue of the template")
        return arn


def target_of(name: str) -> str:
    """The name under which a function's asynchronous calls are kept."""
    return f"function:{name}"


def _record(function: Function, delivery: Delivery, condition: str, answer: Any, error: str | None) -> dict[str, Any]:
    """What Lambda tells a destination."""
    response: dict[str, Any] = {"statusCode": 200, "executedVersion": "$LATEST"}
    if error:
        response["functionError"] = error
    return {
        "version": "1.0",
        "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "requestContext": {
            "requestId": delivery.about or delivery.id,
            "functionArn": f"{function.arn}:$LATEST",
            "condition": condition,
            "approximateInvokeCount": delivery.attempt + 1,
        },
        "requestPayload": json.loads(delivery.text),
        "responseContext": response,
        "responsePayload": answer,
    }
