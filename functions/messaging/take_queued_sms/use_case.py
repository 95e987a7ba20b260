"""Taking texts from a queue, and answering each into another one."""

from __future__ import annotations

import json
from typing import Any

from hospital import aws, clock, settings
from hospital.caller import Asked
from hospital.consumer import Letter
from hospital.errors import DomainError, TooLarge, Unavailable
from hospital.http import Problem, decoded, parsed
from hospital.observability import count
from hospital.systems.proving import signed_by
from messaging.system_sms import SystemSms, SystemSmsView, take_sms

_LARGEST = 16 * 1024
_TAKEN = 202


def take_queued_sms(letter: Letter) -> None:
    """Queues the text of a message, or refuses it, and says so. Brought again, it is the same text and the same answer.
    Raises `Unavailable` for what is to be brought again."""
    try:
        status, result, problem = _TAKEN, _taken(letter).model_dump(mode="json"), None
    except Unavailable:
        raise
    except DomainError as error:
        count("refused", code=error.code)
        told = Problem(code=error.code, facts=error.facts, request_id=letter.id)
        status, result, problem = error.status, None, told.model_dump(mode="json")
    _answer(letter, {"message_id": letter.id, "status": status, "result": result, "problem": problem})


def _taken(letter: Letter) -> SystemSmsView:
    if len(letter.body.encode()) > _LARGEST:
        raise TooLarge(limit_bytes=_LARGEST)
    # A message may lie for days while the house is down: what counts is when it was put there, which SQS says.
    system = signed_by(letter.attributes, "QUEUE", "/system-sms", letter.body, letter.sent_at)
    told = parsed(SystemSms, decoded(letter.body))
    asked = Asked(request_id=letter.id, route="queue /system-sms")
    return SystemSmsView.of(take_sms(system, told, asked=asked, now=clock.now()))


def _answer(letter: Letter, told: dict[str, Any]) -> None:
    attributes = {
        name: {"DataType": "String", "StringValue": value}
        for name, value in {"X-System-Id": letter.attributes.get("x-system-id", "")}.items()
        if value
    }
    url = settings.current().sms_results_url
    try:
        aws.client("sqs").send_message(QueueUrl=url, MessageBody=json.dumps(told), MessageAttributes=attributes)
    except (aws.Refusal, aws.NoAnswer) as error:
        raise Unavailable(reason="results_queue") from error
