"""EventBridge Scheduler: schedules of the template and those that functions make, called by the hospital's clock.

moto keeps the schedules; nothing in it calls them. What fell due while the hospital was closed is called once.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

import boto3
from moto.scheduler.models import scheduler_backends

from ..store.deliveries import Delivery, KeptDeliveries
from ..template import Template
from ..template.model import Place
from .cron import Schedule
from .deliveries import Deliveries, NotDelivered, Recipient
from .mailbox import Mailbox
from .rules import Way, pause

_TARGET = "scheduler"
_LOOK_EVERY = 1.0
_MOST_RETRIES, _LONGEST = 185, 86_400

Reach = Callable[[Mapping[str, Any]], Way | None]


class Scheduler:
    """Looks at all schedules each second."""

    def __init__(
        self,
        template: Template,
        reach: Reach,
        mailboxes: Mapping[str, Mailbox],
        deliveries: Deliveries,
        kept: KeptDeliveries,
        clock: Callable[[], float],
    ) -> None:
        """TemplateError for a schedule of the template that would never be called."""
        self._place: Place = template.place
        self._reach, self._mailboxes, self._deliveries, self._kept = reach, mailboxes, deliveries, kept
        self._clock = clock
        self._stopped = threading.Event()
        for resource in template.of("AWS::Scheduler::Schedule"):
            try:
                zone = str(resource.get("ScheduleExpressionTimezone") or "UTC")
                _read(str(resource.get("ScheduleExpression")), zone)
                if reach(resource.get("Target") or {}) is None:
                    raise ValueError("its target is no queue, function or state machine of the template")
            except (ValueError, LookupError) as error:
                raise resource.wrong("ScheduleExpression", str(error)) from None
        deliveries.register(_TARGET, Recipient(self._deliver, self._give_up, _MOST_RETRIES, _LONGEST, pause))

    def stop(self) -> None:
        """No further look."""
        self._stopped.set()

    def look(self) -> None:
        """Calls what is due, then waits for the next look."""
        for group in list(self._backend.schedule_groups.values()):
            for schedule in list(group.schedules.values()):
                self._look_at(schedule)
        self._stopped.wait(_LOOK_EVERY)

    @property
    def _backend(self) -> Any:
        return scheduler_backends[self._place.account][self._place.region]

    def _look_at(self, schedule: Any) -> None:
        now = self._clock()
        if schedule.state != "ENABLED" or (schedule.start_date and now < float(schedule.start_date)):
            return
        # Changed, it is another one.
        name = f"{schedule.arn}@{schedule.schedule_expression}"
        times = _read(schedule.schedule_expression, schedule.schedule_expression_timezone)
        last = self._kept.fired().get(name)
        if last is None and times.once is None and not times.every:
            self._kept.note_fired(name, now)  # a cron counts from when it was first seen
            return
        due = times.once if times.once is not None and last is None else now
        if last is not None:
            following = None if times.once is not None else times.next_after(last)
            if following is None:
                return
            due = following
        is_over = schedule.end_date is not None and due > float(schedule.end_date)
        if due <= now and not is_over:
            self._call(schedule)
            self._kept.note_fired(name, now)
            if times.once is not None and schedule.action_after_completion == "DELETE":
                client: Any = boto3.Session(region_name=self._place.region).client("scheduler")
                client.delete_schedule(Name=schedule.name, GroupName=schedule.group_name)

    def _call(self, schedule: Any) -> None:
        about = {"schedule": schedule.arn, "target": schedule.target}
        text = schedule.target.get("Input") or json.dumps({})
        self._deliveries.take_on(_TARGET, text, about=json.dumps(about, default=str))

    def _deliver(self, delivery: Delivery) -> None:
        target = json.loads(delivery.about)["target"]
        try:
            way = self._reach(target)
            if way is None:
                raise NotDelivered("ResourceNotFoundException", f"{target.get('Arn')} is not reached", again=False)
            way.send(delivery.text)
        except ValueError as error:
            raise NotDelivered("ValidationException", str(error), again=False) from error
        except NotDelivered as problem:
            problem.again = problem.again and delivery.attempt < int(target["RetryPolicy"]["MaximumRetryAttempts"])
            raise

    def _give_up(self, delivery: Delivery, problem: NotDelivered, condition: str) -> None:
        about = json.loads(delivery.about)
        letters = self._mailboxes.get((about["target"].get("DeadLetterConfig") or {}).get("Arn", ""))
        if letters is not None:
            facts = {
                "ERROR_CODE": problem.code,
                "ERROR_MESSAGE": problem.message,
                "EXHAUSTED_RETRY_CONDITION": condition,
                "SCHEDULE_ARN": about["schedule"],
                "TARGET_ARN": str(about["target"].get("Arn")),
                "RETRY_ATTEMPTS": str(delivery.attempt),
            }
            letters.send(delivery.text, attributes=facts)


def _read(expression: str, zone: str) -> Schedule:
    return Schedule(expression, ZoneInfo(zone), of_scheduler=True)
