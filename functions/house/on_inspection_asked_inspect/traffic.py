"""How APIs and functions served in the period (CloudWatch metrics): counts, errors, percentiles of their times."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from hospital import aws, clock, settings
from hospital.inspections.model import Inspection, Served
from house.on_inspection_asked_inspect.gathering import Facts, Gathered, measured_names, stack_name

_ASKED_AT_ONCE = 500  # of GetMetricData
_MANY_ERRORS = 0.01
_FEW_CALLS = 20
"""Below so many calls a share says nothing."""
_SAYS_NO_BY_ERROR = "IdentityAuthorize"
"""An authorizer's 401 is an error to Lambda."""
_SLOW_MS: Mapping[str, int] = {"api": 2_000, "function": 5_000}
"""At the 95th percentile: people wait for an API."""

Measure = tuple[str, str, str]
"""Field of `Served`, metric, statistic."""
FUNCTION: tuple[Measure, ...] = (
    ("calls", "Invocations", "Sum"),
    ("failed", "Errors", "Sum"),
    ("throttled", "Throttles", "Sum"),
    ("p50", "Duration", "p50"),
    ("p95", "Duration", "p95"),
    ("p99", "Duration", "p99"),
)
API: tuple[Measure, ...] = (
    ("calls", "Count", "Sum"),
    ("failed", "5XXError", "Sum"),
    ("refused", "4XXError", "Sum"),
    ("p50", "Latency", "p50"),
    ("p95", "Latency", "p95"),
    ("p99", "Latency", "p99"),
)


def look_at_traffic(inspection: Inspection, gathered: Gathered) -> None:
    """APIs and functions."""
    own = settings.current().bus_name.removesuffix("bus")  # `<Prefix>-`: how this deployment's APIs are called
    for kind, namespace, dimension, first, measures, start in (
        ("api", "AWS/ApiGateway", "ApiName", "Count", API, own),
        ("function", "AWS/Lambda", "FunctionName", "Invocations", FUNCTION, f"{stack_name()}-"),
    ):
        found: list[Served] = []
        gathered.look(
            "traffic",
            f"{kind}s",
            partial(_measured, found, inspection, kind, namespace, dimension, first, measures, start),
        )
        gathered.served.extend(found)
        for served in found:
            gathered.look("traffic", served.name, partial(judged, served))


def _measured(
    found: list[Served],
    inspection: Inspection,
    kind: Any,
    namespace: str,
    dimension: str,
    first: str,
    measures: tuple[Measure, ...],
    start: str,
) -> Iterator[tuple[str, Facts]]:
    names = [name for name in measured_names(namespace, dimension, first) if name.startswith(start)]
    values = _values(inspection, namespace, dimension, names, measures)
    for name in names:
        numbers = {field: values.get((name, field)) for field, _, _ in measures}
        whole = {field: round(value) for field, value in numbers.items() if value is not None}
        served = Served(**{"name": name, "kind": kind, "calls": 0, "failed": 0, **whole})
        if served.calls:
            found.append(served)
    yield "", {kind: len(found)}


def _values(
    inspection: Inspection, namespace: str, dimension: str, names: list[str], measures: tuple[Measure, ...]
) -> dict[tuple[str, str], float]:
    """One number for the whole period, by (name, field)."""
    since, until = inspection.since, clock.now()
    period = max(60, math.ceil((until - since).total_seconds() / 60) * 60)
    queries, fields = [], {}
    for number, name in enumerate(names):
        for field, metric, statistic in measures:
            fields[f"q{number}_{field}"] = (name, field)
            measured = {
                "Namespace": namespace,
                "MetricName": metric,
                "Dimensions": [{"Name": dimension, "Value": name}],
            }
            stat = {"Metric": measured, "Period": period, "Stat": statistic}
            queries.append({"Id": f"q{number}_{field}", "MetricStat": stat})
    found: dict[tuple[str, str], float] = {}
    for start in range(0, len(queries), _ASKED_AT_ONCE):
        answer = aws.client("cloudwatch").get_metric_data(
            MetricDataQueries=queries[start : start + _ASKED_AT_ONCE], StartTime=since, EndTime=until
        )
        for result in answer["MetricDataResults"]:
            if result["Values"]:
                name, field = fields[result["Id"]]
                is_sum = not field.startswith("p")
                found[name, field] = sum(result["Values"]) if is_sum else max(result["Values"])
    return found


def judged(served: Served) -> Iterator[tuple[str, Facts]]:
    """What is wrong with how something served."""
    is_answer = _SAYS_NO_BY_ERROR in served.name
    if not is_answer and served.calls >= _FEW_CALLS and served.failed / served.calls > _MANY_ERRORS:
        yield "many_errors", {"calls": served.calls, "failed": served.failed}
    if served.p95 is not None and served.p95 > _SLOW_MS[served.kind]:
        yield "slow", {"p95": served.p95}
    if served.throttled:
        yield "throttled", {"times": served.throttled}
    yield "", {"calls": served.calls}
