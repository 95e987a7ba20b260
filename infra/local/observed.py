"""What CloudWatch would know of this hospital: how often functions and APIs were called, how long they took, what they
logged. Kept in the state folder's logs; functions ask for it through the clients that they use in the cloud.

| call | answered from |
| --- | --- |
| cloudwatch ListMetrics, GetMetricData: AWS/Lambda | `invocations.jsonl`, one line each |
| cloudwatch ListMetrics, GetMetricData: AWS/ApiGateway | `access.jsonl`, one line a request |
| logs FilterLogEvents | `functions.jsonl`, what functions wrote or failed with |
| lambda GetFunctionConfiguration | the template |

Statistics: Sum, SampleCount, Average, Minimum, Maximum and percentiles such as p95. Filter patterns: `?"a" ?"b"`.
"""

from __future__ import annotations

import json
import math
import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from botocore.client import BaseClient
from botocore.exceptions import ClientError

from .journal import kept_lines, write_line
from .template import Resource, Template
from .template.kinds import function_arn, function_name

Params = Mapping[str, Any]
_FOREVER = datetime(9999, 1, 1, tzinfo=UTC)
_METRICS = {
    "AWS/Lambda": ("FunctionName", ("Invocations", "Errors", "Throttles", "Duration")),
    "AWS/ApiGateway": ("ApiName", ("Count", "4XXError", "5XXError", "Latency")),
}
_LINES_A_PAGE = 1_000


class Observed:
    """Writes what happens, answers what is asked."""

    def __init__(self, folder: Path, template: Template) -> None:
        self._folder, self._invocations = folder, kept_lines(folder / "invocations.jsonl")
        self._functions = {function_name(one): one for one in template.of("AWS::Serverless::Function")}
        self._groups = {_log_group(one): name for name, one in self._functions.items()}
        self._apis = {
            one.file.stem: str(one.get("Name") or one.logical_id) for one in template.of("AWS::Serverless::Api")
        }
        self._answers: dict[tuple[str, str], Callable[[Params], dict[str, Any]]] = {
            ("cloudwatch", "ListMetrics"): self._metrics,
            ("cloudwatch", "GetMetricData"): self._values,
            ("logs", "FilterLogEvents"): self._lines,
            ("lambda", "GetFunctionConfiguration"): self._function,
        }

    def note(self, function: str, seconds: float, outcome: str) -> None:
        """One invocation, on any thread; `outcome` is `ok`, `failed` or `throttled`."""
        line = {"function": function, "milliseconds": round(seconds * 1000), "outcome": outcome}
        write_line(self._invocations, line)

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Within the block these calls are answered here instead of by moto."""
        call = BaseClient._make_api_call

        def make_api_call(client: Any, operation: str, params: dict[str, Any]) -> Any:
            answer = self._answers.get((client.meta.service_model.service_name, operation))
            return call(client, operation, params) if answer is None else answer(params)

        BaseClient._make_api_call = make_api_call
        try:
            yield
        finally:
            BaseClient._make_api_call = call

    # -- metrics --------------------------------------------------------------------------------------------------

    def _metrics(self, params: Params) -> dict[str, Any]:
        found = []
        for namespace, (dimension, metrics) in _METRICS.items():
            if params.get("Namespace", namespace) != namespace:
                continue
            key = "function" if namespace == "AWS/Lambda" else "api"
            names = sorted({str(line[key]) for line in self._served() if key in line})
            found += [
                {"Namespace": namespace, "MetricName": metric, "Dimensions": [{"Name": dimension, "Value": name}]}
                for metric in metrics
                if params.get("MetricName", metric) == metric
                for name in names
            ]
        return {"Metrics": found}

    def _values(self, params: Params) -> dict[str, Any]:
        since, until = params["StartTime"], params["EndTime"]
        lines = [line for line in self._served() if since <= _moment(line) < until]
        results = []
        for query in params["MetricDataQueries"]:
            stat = query["MetricStat"]
            numbers = list(_numbers(lines, stat["Metric"]))
            values = [statistic(stat["Stat"], numbers)] if numbers else []
            moments = [since] * len(values)
            results.append({"Id": query["Id"], "Values": values, "Timestamps": moments, "StatusCode": "Complete"})
        return {"MetricDataResults": results}

    def _served(self) -> Iterator[dict[str, Any]]:
        yield from _read(self._folder, "invocations")
        for line in _read(self._folder, "access"):
            path = str(line.get("path", ""))
            area = path.removeprefix("/api/").partition("/")[0] if path.startswith("/api/") else ""
            if area in self._apis:
                yield line | {"api": self._apis[area]}

    # -- logs -----------------------------------------------------------------------------------------------------

    def _lines(self, params: Params) -> dict[str, Any]:
        function = self._groups.get(str(params["logGroupName"]))
        if function is None:
            raise _missing("FilterLogEvents", "The specified log group does not exist.")
        wanted = _terms(params.get("filterPattern", ""))
        first, last = params.get("startTime", 0), params.get("endTime", math.inf)
        begin = int(params.get("nextToken") or 0)
        found = [
            {"timestamp": at, "message": text, "logStreamName": "local", "eventId": f"{function}-{number}"}
            for number, (at, text) in enumerate(self._written(function))
            if first <= at <= last and (not wanted or any(term in text for term in wanted))
        ]
        page = {"events": found[begin : begin + _LINES_A_PAGE]}
        return page | ({"nextToken": str(begin + _LINES_A_PAGE)} if len(found) > begin + _LINES_A_PAGE else {})

    def _written(self, function: str) -> Iterator[tuple[int, str]]:
        """(milliseconds since 1970, text) of each line; what failed counts as written."""
        for line in _read(self._folder, "functions"):
            if line.get("function") not in (function, self._functions[function].logical_id):
                continue
            log = line.get("failed", line.get("log", ""))
            text = log if isinstance(log, str) else json.dumps(log, ensure_ascii=False, separators=(",", ":"))
            if not text.rstrip().endswith("Exception: Unauthorized"):  # how an authorizer says no
                yield int(_moment(line).timestamp() * 1000), text

    # -- functions ------------------------------------------------------------------------------------------------

    def _function(self, params: Params) -> dict[str, Any]:
        name = str(params["FunctionName"])
        function = self._functions.get(name)
        if function is None:
            raise _missing("GetFunctionConfiguration", f"Function not found: {name}")
        return {
            "FunctionName": name,
            "FunctionArn": function_arn(function),
            "State": "Active",
            "LastUpdateStatus": "Successful",
            "MemorySize": int(function.get("MemorySize", 128)),
            "Timeout": int(function.get("Timeout", 3)),
            "LoggingConfig": {"LogFormat": "Text", "LogGroup": _log_group(function)},
        }


def statistic(name: str, numbers: list[float]) -> float:
    """One of CloudWatch's statistics of at least one number; a percentile is the nearest rank's number."""
    plain: dict[str, Callable[[list[float]], float]] = {
        "Sum": sum,
        "SampleCount": len,
        "Minimum": min,
        "Maximum": max,
        "Average": lambda given: sum(given) / len(given),
    }
    if name in plain:
        return plain[name](numbers)
    percentile = re.fullmatch(r"p(\d{1,2}(?:\.\d+)?|100)", name)
    if percentile is None:
        raise ValueError(f"the statistic {name!r} is not known here")
    rank = math.ceil(float(percentile.group(1)) / 100 * len(numbers))
    return sorted(numbers)[max(0, rank - 1)]


def _numbers(lines: list[dict[str, Any]], metric: Mapping[str, Any]) -> Iterator[float]:
    """The numbers of one metric: one a call for times, 1 or 0 for what is counted."""
    (dimension,) = metric["Dimensions"]
    key = "function" if metric["Namespace"] == "AWS/Lambda" else "api"
    for line in lines:
        if line.get(key) != dimension["Value"]:
            continue
        number = _number(metric["MetricName"], line)
        if number is not None:
            yield number


def _number(name: str, line: Mapping[str, Any]) -> float | None:
    """None when the metric says nothing of this call: Lambda does not invoke what it throttles."""
    outcome, status = line.get("outcome"), int(line.get("status", 0))
    if name in ("Invocations", "Duration", "Errors") and outcome == "throttled":
        return None
    answers: dict[str, float] = {
        "Invocations": 1,
        "Count": 1,
        "Errors": outcome == "failed",
        "Throttles": outcome == "throttled",
        "4XXError": 400 <= status < 500,
        "5XXError": status >= 500,
        "Duration": line["milliseconds"],
        "Latency": line["milliseconds"],
    }
    return float(answers[name])


def _log_group(function: Resource) -> str:
    """The group that a function writes to: its own, or the one that Lambda makes."""
    named = (function.get("LoggingConfig") or {}).get("LogGroup")
    return str(named or f"/aws/lambda/{function_name(function)}")


def _terms(pattern: str) -> list[str]:
    """`?"a b" ?c` -> ["a b", "c"]: any of them."""
    return [term.removeprefix("?") for term in shlex.split(pattern)]


def _read(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    """The lines of a journal, oldest first; one that was cut off is passed over."""
    for path in sorted(folder.glob(f"{name}.jsonl*"), reverse=True):
        for text in path.read_text(encoding="utf-8").splitlines():
            try:
                yield json.loads(text)
            except ValueError:
                continue


def _moment(line: Mapping[str, Any]) -> datetime:
    try:
        return datetime.fromisoformat(str(line["at"]).replace("Z", "+00:00"))
    except (KeyError, ValueError):
        return _FOREVER


def _missing(operation: str, message: str) -> ClientError:
    return ClientError({"Error": {"Code": "ResourceNotFoundException", "Message": message}}, operation)
