"""Usage plans of REST APIs: who has a key, how fast and how often it may be used."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from ..template import Resource, Template
from ..template.kinds import KINDS
from .refusals import NO_KEY, QUOTA_EXCEEDED, THROTTLED, Refusal
from .throttle import Bucket, Limit, read_limit

_KEY, _PLAN = "AWS::ApiGateway::ApiKey", "AWS::ApiGateway::UsagePlan"
_PERIODS = ("DAY", "WEEK", "MONTH")


@dataclass(frozen=True)
class Quota:
    """So many requests a `period`."""

    limit: int
    period: str

    def period_of(self, moment: datetime) -> str:
        """Marks the period that a moment lies in, by UTC: weeks begin on Monday."""
        if self.period == "MONTH":
            return moment.strftime("%Y-%m")
        day = moment - timedelta(days=moment.weekday()) if self.period == "WEEK" else moment
        return day.strftime("%Y-%m-%d")


@dataclass(frozen=True)
class UsagePlan:
    """`stages` are API ids with stage, each with the limits of single methods, such as `/visits/GET`."""

    id: str
    throttle: Limit | None
    quota: Quota | None
    stages: Mapping[tuple[str, str], Mapping[str, Limit]]


class UsagePlans:
    """The plans of a template, by the keys that belong to them. Counts are forgotten when the hospital closes."""

    def __init__(
        self,
        by_key: Mapping[str, list[UsagePlan]],
        clock: Callable[[], float] = time.time,
        machine_clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._by_key, self._clock, self._machine_clock = by_key, clock, machine_clock
        self._buckets: dict[tuple[str, str], Bucket] = {}
        self._used: Counter[tuple[str, str, str]] = Counter()

    def refusal(self, key: str | None, api: str, stage: str, resource: str, method: str) -> Refusal | None:
        """Why a request with this key goes no further; None when it may pass, which counts as used."""
        plan = next((plan for plan in self._by_key.get(key or "", []) if (api, stage) in plan.stages), None)
        if plan is None or key is None:
            return NO_KEY
        used = None
        if plan.quota is not None:
            now = datetime.fromtimestamp(self._clock(), UTC)
            used = (key, plan.id, plan.quota.period_of(now))
            if self._used[used] >= plan.quota.limit:
                return QUOTA_EXCEEDED
        place = f"{resource}/{method}"
        of_method = plan.stages[api, stage].get(place)
        for limit, name in ((of_method, f"{api}{place}"), (plan.throttle, "")):
            if limit is not None and not self._bucket(key, f"{plan.id}{name}", limit).take():
                return THROTTLED
        if used is not None:
            self._used[used] += 1
        return None

    def _bucket(self, key: str, name: str, limit: Limit) -> Bucket:
        if (key, name) not in self._buckets:
            self._buckets[key, name] = Bucket(limit, self._machine_clock)
        return self._buckets[key, name]


def read_usage_plans(template: Template, clock: Callable[[], float] = time.time) -> UsagePlans:
    """The keys that are enabled and the plans they belong to. TemplateError."""
    values = {KINDS[_KEY].ref(key): key_value(key) for key in template.of(_KEY) if _is_enabled(key)}
    plans = {KINDS[_PLAN].ref(plan): _plan(plan) for plan in template.of(_PLAN)}
    by_key: dict[str, list[UsagePlan]] = {}
    for link in template.of("AWS::ApiGateway::UsagePlanKey"):
        if link.get("KeyType") != "API_KEY":
            raise link.wrong("KeyType", "only API_KEY is known")
        if str(link.get("UsagePlanId")) not in plans:
            raise link.wrong("UsagePlanId", "names no usage plan of the template")
        value = values.get(str(link.get("KeyId")))
        if value is not None:
            by_key.setdefault(value, []).append(plans[str(link.get("UsagePlanId"))])
    return UsagePlans(by_key, clock)


def key_value(key: Resource) -> str:
    """What callers send as `x-api-key`: the value of the template, else the same one at each start."""
    return str(key.get("Value") or key.mark(40))


def _is_enabled(key: Resource) -> bool:
    return str(key.get("Enabled", "false")).lower() == "true"


def _plan(plan: Resource) -> UsagePlan:
    stages: dict[tuple[str, str], dict[str, Limit]] = {}
    for stage in plan.get("ApiStages") or []:
        limits = {place: _limit(plan, "ApiStages", written) for place, written in (stage.get("Throttle") or {}).items()}
        stages[str(stage.get("ApiId")), str(stage.get("Stage"))] = {
            place: limit for place, limit in limits.items() if limit is not None
        }
    throttle = _limit(plan, "Throttle", plan.get("Throttle") or {})
    return UsagePlan(KINDS[_PLAN].ref(plan), throttle, _quota(plan), stages)


def _quota(plan: Resource) -> Quota | None:
    written = plan.get("Quota")
    if not written:
        return None
    limit, period = str(written.get("Limit", "")), written.get("Period")
    if not limit.isdigit() or period not in _PERIODS or written.get("Offset"):
        raise plan.wrong("Quota", f"wants a Limit and a Period of {', '.join(_PERIODS)}, and no Offset")
    return Quota(int(limit), str(period))


def _limit(plan: Resource, prop: str, written: Mapping[str, Any]) -> Limit | None:
    return read_limit(plan, prop, written, "RateLimit", "BurstLimit")
