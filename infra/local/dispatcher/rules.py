"""Rules of the event buses: which events they take, and how each target is told. Read from the template at once."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..store.deliveries import Delivery
from ..template import Resource
from ..template.kinds import rule_arn
from ..template.model import words
from .deliveries import Deliveries, NotDelivered, Recipient
from .inputs import InputNotMade, Shape
from .lateness import Lateness
from .mailbox import Mailbox
from .matching import check, fits

_MOST_TARGETS = 5
_PARTS = words(
    "Arn DeadLetterConfig HttpParameters Id Input InputPath InputTransformer RetryPolicy RoleArn SqsParameters"
)
NOT_MADE = "INVALID_JSON"
"""Error code of an event from which the target's input could not be made."""

_MOST_RETRIES, _LONGEST = 185, 86_400
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 600.0

Send = Callable[[str], None]
"""Tells a target a text. NotDelivered, NotYet."""


@dataclass(frozen=True)
class Way:
    """How a target is reached: `kind` is `queue`, `function`, `workflow` or `http`, `name` what people call it."""

    kind: str
    name: str
    send: Send


Find = Callable[[Resource, Mapping[str, Any]], Way]
"""The way to a target of a rule. TemplateError when there is none."""


class Target:
    """One target of one rule."""

    def __init__(
        self,
        rule: Resource,
        written: Mapping[str, Any],
        way: Way,
        letters: Mailbox | None,
        deliveries: Deliveries,
        lateness: Lateness,
    ) -> None:
        self.way, self.key, self.arn = way, f"rule:{rule.address}/{written.get('Id')}", str(written.get("Arn"))
        self._rule_arn, self._letters = rule_arn(rule), letters
        self._deliveries, self._lateness = deliveries, lateness
        try:
            self._shape = Shape(written)
        except ValueError as error:
            raise rule.wrong("Targets", f"{written.get('Id')}: {error}") from None
        policy = written.get("RetryPolicy") or {}
        retries = int(policy.get("MaximumRetryAttempts", _MOST_RETRIES))
        longest = int(policy.get("MaximumEventAgeInSeconds", _LONGEST))
        if not (0 <= retries <= _MOST_RETRIES and 60 <= longest <= _LONGEST):
            raise rule.wrong("Targets", f"{written.get('Id')}: a RetryPolicy has 0 to 185 tries, 60 to 86400 seconds")
        deliveries.register(
            self.key, Recipient(lambda delivery: way.send(delivery.text), self._give_up, retries, longest, pause)
        )

    def accept(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Sends the event on its way; what becomes of it, for people who look. Kept when this returns."""
        went: dict[str, Any] = {"to": self.way.name, "kind": self.way.kind}
        try:
            text = self._shape.made(event, self._rule_arn)
        except InputNotMade as error:
            text = json.dumps(event, ensure_ascii=False)
            self._bury(text, NotDelivered(NOT_MADE, str(error), again=False), "", 0)
            return went | {"failed": str(error)}
        late = self._lateness.delay(self.key)
        self._send(text, late)
        if late:
            went["late"] = round(late, 3)
        echo = self._lateness.echo(self.key)
        if echo is not None:
            self._deliveries.take_on(self.key, text, delay=late + echo)
            went["doubled"] = True
        return went

    def _send(self, text: str, late: float) -> None:
        """A queue keeps what it is given; everything else, and what is late, is kept on its way."""
        if self.way.kind == "queue" and not late:
            try:
                self.way.send(text)
            except NotDelivered as problem:
                self._bury(text, problem, "", 0)
        else:
            self._deliveries.take_on(self.key, text, delay=late)

    def _give_up(self, delivery: Delivery, problem: NotDelivered, condition: str) -> None:
        self._bury(delivery.text, problem, condition, delivery.attempt)

    def _bury(self, text: str, problem: NotDelivered, condition: str, attempts: int) -> None:
        if self._letters is not None:
            facts = {
                "RULE_ARN": self._rule_arn,
                "TARGET_ARN": self.arn,
                "ERROR_CODE": problem.code,
                "ERROR_MESSAGE": problem.message,
                "EXHAUSTED_RETRY_CONDITION": condition,
                "RETRY_ATTEMPTS": str(attempts),
            }
            self._letters.send(text, attributes=facts)

    def redrive(self, text: str, code: str) -> None:
        """A dead letter's text, sent once more; `code` is why it was given up."""
        if code == NOT_MADE:
            self.accept(json.loads(text))
        else:
            self._deliveries.take_on(self.key, text)


class Rule:
    """One rule, with the targets that this hospital can reach."""

    def __init__(self, resource: Resource, targets: list[Target]) -> None:
        self.resource, self.arn, self.name = resource, rule_arn(resource), resource.logical_id
        self.bus = str(resource.get("EventBusName") or "default").rsplit("/", 1)[-1]
        self.is_on = str(resource.get("State", "ENABLED")).startswith("ENABLED")
        self.schedule = resource.get("ScheduleExpression")
        self.targets = targets
        self._pattern = resource.get("EventPattern")
        if self._pattern is None and not self.schedule:
            raise resource.wrong("EventPattern", "is missing, and there is no ScheduleExpression")
        if self.schedule and self.bus != "default":
            raise resource.wrong("ScheduleExpression", "is for rules of the default bus only")
        if self._pattern is not None:
            try:
                check(self._pattern)
            except ValueError as error:
                raise resource.wrong("EventPattern", str(error)) from None

    def takes(self, bus: str, event: Mapping[str, Any]) -> bool:
        """Whether an event on that bus goes to the targets."""
        return self.is_on and self._pattern is not None and self.bus == bus and fits(self._pattern, event)


def read_rule(
    resource: Resource, find: Find, mailboxes: Mapping[str, Mailbox], deliveries: Deliveries, lateness: Lateness
) -> Rule:
    """TemplateError for whatever PutRule or PutTargets would refuse, and for targets that cannot be reached here."""
    written = resource.get("Targets") or []
    if len(written) > _MOST_TARGETS:
        raise resource.wrong("Targets", f"a rule has at most {_MOST_TARGETS} targets")
    if len({target.get("Id") for target in written}) < len(written):
        raise resource.wrong("Targets", "two targets have the same Id")
    targets = []
    for target in written:
        for part in target:
            if part not in _PARTS:
                raise resource.wrong("Targets", f"the part {part!r} is not known here")
        letters = _letters(resource, target, mailboxes)
        targets.append(Target(resource, target, find(resource, target), letters, deliveries, lateness))
    return Rule(resource, targets)


def _letters(rule: Resource, target: Mapping[str, Any], mailboxes: Mapping[str, Mailbox]) -> Mailbox | None:
    arn = (target.get("DeadLetterConfig") or {}).get("Arn")
    if not arn:
        return None
    if arn not in mailboxes or mailboxes[arn].is_fifo:
        raise rule.wrong("Targets", f"DeadLetterConfig: {arn} is no standard queue of the template")
    return mailboxes[arn]


def pause(attempt: int) -> float:
    """Seconds after the n-th failure: growing, with a random part."""
    return float(min(_FIRST_PAUSE * 2**attempt, _LONGEST_PAUSE) * (0.5 + random.random()))
