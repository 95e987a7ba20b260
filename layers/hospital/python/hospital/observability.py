"""Structured logs and metrics by Powertools, with patient data kept out of them.

What may be said is closed: names of routes and functions, codes, counts, milliseconds, ids. `say` refuses other keys,
so that nobody logs a body by accident.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import MetricUnit, single_metric

MAY_BE_SAID = frozenset(
    {
        "route",
        "function",
        "status",
        "code",
        "request_id",
        "event_id",
        "event_type",
        "milliseconds",
        "count",
        "role",
        "subject",
        "sequence",
        "error",
        "connection",
        "adapter",
        "attempt",
        "where",
    }
)
MetricSink = Callable[[str, float, dict[str, str]], None]


def _emit(name: str, value: float, dimensions: dict[str, str]) -> None:
    with single_metric(name=name, unit=MetricUnit.Count, value=value) as metric:
        for key, text in dimensions.items():
            metric.add_dimension(name=key, value=text)


METRICS: ContextVar[MetricSink] = ContextVar("metrics", default=_emit)


@lru_cache(maxsize=1)
def _logger() -> Logger:
    return Logger()


def say(message: str, *, level: str = "info", failure: BaseException | None = None, **facts: Any) -> None:
    """One log line. Only the facts named in `MAY_BE_SAID`; of a failure its type and place, never its text."""
    unknown = facts.keys() - MAY_BE_SAID
    if unknown:
        raise ValueError(f"not to be logged: {sorted(unknown)}")
    if failure is not None:
        facts |= {"error": type(failure).__name__, "where": _place_of(failure)}
    getattr(_logger(), level)(message, extra=facts, stacklevel=3)


def count(name: str, value: float = 1, **dimensions: str) -> None:
    """One metric in the embedded metric format; `dimensions` are few-valued words such as a code or a role."""
    METRICS.get()(name, value, dimensions)


def _place_of(failure: BaseException) -> str:
    """`file.py:line` of each step, innermost last: a traceback without the values that messages may carry."""
    steps = []
    trace = failure.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        steps.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}")
        trace = trace.tb_next
    return " > ".join(steps[-12:])
