"""What the steps of a run gather."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from hospital import aws, settings
from hospital.inspections.model import Checked, Group, Held, Served, Verdict

Facts = dict[str, str | int]
Look = Callable[[], Iterator[tuple[str, Facts]]]
"""Yields (problem, facts) for each fault; facts alone, under the problem "", say what was seen of a healthy thing."""

_MISSING = ("NotFound", "NonExistent", "NoSuch")


@dataclass
class Gathered:
    """Filled step by step."""

    checked: list[Checked] = field(default_factory=list)
    served: list[Served] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    log_groups: dict[str, str] = field(default_factory=dict)
    """Function -> the group that it writes its log to."""

    @property
    def faults(self) -> tuple[Checked, ...]:
        """What is not healthy."""
        return tuple(one for one in self.checked if one.verdict != "healthy")

    def look(self, group: Group, name: str, look: Look) -> None:
        """Look at one thing. Whatever AWS answers instead is a finding, not the end of the run."""
        seen: Facts = {}
        try:
            faults = []
            for problem, facts in look():
                seen |= facts
                if problem:
                    faults.append((problem, facts))
        except aws.Refusal as error:
            code = str(error.response["Error"]["Code"])
            problem = "missing" if any(word in code for word in _MISSING) else "refused"
            self._say(group, name, problem, {"code": code})
            return
        except aws.NoAnswer as error:  # no answer at all
            self._say(group, name, "unreachable", {"error": type(error).__name__})
            return
        for problem, facts in faults:
            self._say(group, name, problem, facts)
        if not faults:
            self.checked.append(Checked(group=group, name=name, verdict="healthy", facts=seen))

    def _say(self, group: Group, name: str, problem: str, facts: Facts) -> None:
        verdict: Verdict = "unknown" if problem == "refused" else "faulty"
        self.checked.append(Checked(group=group, name=name, verdict=verdict, problem=problem, facts=facts))


def measured_names(namespace: str, dimension: str, metric: str) -> list[str]:
    """Whom a metric of CloudWatch is known of, such as functions that were called in the last two weeks."""
    pages = aws.client("cloudwatch").get_paginator("list_metrics").paginate(Namespace=namespace, MetricName=metric)
    found = (one["Dimensions"] for page in pages for one in page["Metrics"])
    return sorted({one[0]["Value"] for one in found if [part["Name"] for part in one] == [dimension]})


def stack_name() -> str:
    """What the names of this deployment's resources begin with: a function is `<stack>-House-...`."""
    return settings.current().aws_lambda_function_name.partition("-House-")[0]
