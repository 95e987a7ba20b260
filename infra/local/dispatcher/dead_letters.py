"""What was given up, told apart by where it came from, and sent there once more."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..invoker import Function, Invoker
from ..store.deliveries import KeptDeliveries
from ..template import Template
from .invocations import Invocations
from .mailbox import Mailbox
from .rules import Rule
from .streams import StreamSource


class NotSentAgain(Exception):
    """The letter stays where it is. `code` is `gone`, `no_target`, `no_function`, `not_kept`, `not_taken` or
    `no_source`."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


@dataclass(frozen=True)
class Letter:
    """One dead letter. `came_by` is `rule`, `call` (asynchronous), `stream` or `queue`; `to` is who did not take it,
    empty when that cannot be told; `why` what the sender noted of the last try, `tries` how often a queue's reader
    failed."""

    id: str
    queue: str
    came_by: str
    to: str
    why: str
    tries: int
    body: str
    sent_at: float
    attributes: Mapping[str, str] = field(default_factory=dict)


class DeadLetters:
    """All dead-letter queues of the template."""

    def __init__(
        self,
        template: Template,
        mailboxes: Mapping[str, Mailbox],
        invoker: Invoker,
        invocations: Invocations,
        rules: list[Rule],
        streams: list[StreamSource],
        kept: KeptDeliveries,
    ) -> None:
        self._mailboxes, self._invoker, self._invocations = mailboxes, invoker, invocations
        self._targets = {(rule.arn, target.arn): target for rule in rules for target in rule.targets}
        self._streams = {stream.consumer: stream for stream in streams}
        self._kept = kept
        self._callers = _callers(template, invoker)
        self.queues = self._found(template, rules)

    def letters(self, mailbox: Mailbox) -> list[Letter]:
        """Those of one queue, the newest first."""
        return [self._letter(mailbox, message) for message in reversed(mailbox.all())]

    def send_again(self, mailbox: Mailbox, message_id: str) -> None:
        """One letter, where it came from; it leaves its queue when it is taken on. NotSentAgain."""
        found = [message for message in mailbox.all() if message.id == message_id]
        if not found:
            raise NotSentAgain("gone", "the letter is not there any more")
        letter = self._letter(mailbox, found[0])
        again = {"rule": self._by_rule, "call": self._by_call, "stream": self._by_stream}
        if letter.came_by == "queue":
            self._back_to_queue(mailbox, letter)
            return
        again[letter.came_by](mailbox, letter)
        mailbox.take_out(message_id)

    def _letter(self, mailbox: Mailbox, message: Any) -> Letter:
        facts = {name: str(value.get("StringValue", "")) for name, value in message.message_attributes.items()}
        body = _read(message.body)
        came_by, to, why, tries = "queue", "", "", 0
        if "RULE_ARN" in facts:
            target = self._targets.get((facts["RULE_ARN"], facts.get("TARGET_ARN", "")))
            came_by, to, why = "rule", target.way.name if target else "", facts.get("ERROR_MESSAGE", "")
        elif "DDBStreamBatchInfo" in body:
            consumer, _ = self._kept.letter(body["requestContext"]["requestId"]) or ("", "")
            came_by, to = "stream", consumer
            why = f"{body['requestContext']['condition']}: {body.get('responseContext', {}).get('functionError', '')}"
        elif "requestPayload" in body and "requestContext" in body:
            function = self._invoker.find(body["requestContext"]["functionArn"])
            came_by, to = "call", function.name if function else ""
            why = str((body.get("responsePayload") or {}).get("errorMessage", ""))
        elif "RequestID" in facts:
            function = self._caller(mailbox)
            came_by, to, why = "call", function.name if function else "", facts.get("ErrorMessage", "")
        else:
            sources = self._sources(mailbox)
            to = sources[0].resource.logical_id if len(sources) == 1 else ""
            tries = sources[0].most_receives or 0 if len(sources) == 1 else 0
        sent_at = float(message.sent_timestamp or 0) / 1000
        return Letter(message.id, mailbox.resource.logical_id, came_by, to, why, tries, message.body, sent_at, facts)

    def _by_rule(self, _mailbox: Mailbox, letter: Letter) -> None:
        facts = letter.attributes
        target = self._targets.get((facts["RULE_ARN"], facts.get("TARGET_ARN", "")))
        if target is None:
            raise NotSentAgain("no_target", "the template has that rule, or that target of it, no more")
        target.redrive(letter.body, facts.get("ERROR_CODE", ""))

    def _by_call(self, mailbox: Mailbox, letter: Letter) -> None:
        body = _read(letter.body)
        if "requestPayload" in body and "requestContext" in body:
            function, text = self._invoker.find(letter.to), json.dumps(body["requestPayload"], ensure_ascii=False)
        else:
            function, text = self._caller(mailbox), letter.body
        if function is None:
            raise NotSentAgain("no_function", "it cannot be told which function this was for")
        self._invocations.invoke(function, text)

    def _by_stream(self, _mailbox: Mailbox, letter: Letter) -> None:
        consumer, records = self._kept.letter(_read(letter.body)["requestContext"]["requestId"]) or ("", "")
        source = self._streams.get(consumer)
        if source is None:
            raise NotSentAgain("not_kept", "the changes that this letter names are not kept any more")
        problem = source.redeliver(json.loads(records))
        if problem:
            raise NotSentAgain("not_taken", f"the function did not take it this time either: {problem}")

    def _back_to_queue(self, mailbox: Mailbox, letter: Letter) -> None:
        sources = self._sources(mailbox)
        if len(sources) != 1:
            raise NotSentAgain(
                "no_source", f"{len(sources)} queues send their dead letters here; it cannot be told which one"
            )
        for message in mailbox.take_out(letter.id):
            sources[0].put_back(message)

    def _sources(self, mailbox: Mailbox) -> list[Mailbox]:
        return [one for one in self._mailboxes.values() if one.dead_letters == mailbox.arn]

    def _caller(self, mailbox: Mailbox) -> Function | None:
        found = self._callers.get(mailbox.arn, [])
        return found[0] if len(found) == 1 else None

    def _found(self, template: Template, rules: list[Rule]) -> list[Mailbox]:
        """Queues that somebody gives things up to."""
        named = {one.dead_letters for one in self._mailboxes.values()} | set(self._callers)
        for mapping in template.of("AWS::Lambda::EventSourceMapping"):
            named.add(((mapping.get("DestinationConfig") or {}).get("OnFailure") or {}).get("Destination"))
        for function in template.of("AWS::Serverless::Function"):
            ends = (function.get("EventInvokeConfig") or {}).get("DestinationConfig") or {}
            named.add((ends.get("OnFailure") or {}).get("Destination"))
        for rule in rules:
            for target in rule.resource.get("Targets") or []:
                named.add((target.get("DeadLetterConfig") or {}).get("Arn"))
        return [mailbox for arn, mailbox in self._mailboxes.items() if arn in named]


def _callers(template: Template, invoker: Invoker) -> dict[str, list[Function]]:
    """The functions by the queue that takes what they were called with in vain."""
    found: dict[str, list[Function]] = {}
    for resource in template.of("AWS::Serverless::Function"):
        arn = (resource.get("DeadLetterQueue") or {}).get("TargetArn")
        function = invoker.find(resource.name("FunctionName"))
        if arn and function is not None:
            found.setdefault(str(arn), []).append(function)
    return found


def _read(body: str) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
