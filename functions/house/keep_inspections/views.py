"""Inspections as operators see them: numbers worked out, problems in words, the worst first."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from hospital.inspections.knowledge import PROBLEMS, Severity, Text
from hospital.inspections.model import STEPS, Checked, Compared, Group, Held, Inspection, Served, State, Verdict

_ORDER: tuple[Severity, ...] = ("urgent", "soon", "note")
Since = Literal["new", "still"]


class InspectionLine(BaseModel):
    """One in the list, and how far it is."""

    id: str
    state: State
    asked_by: str
    asked_at: datetime
    ended_at: datetime | None
    since: datetime
    until: datetime
    step: int
    steps: int
    faults: int

    @classmethod
    def of(cls, one: Inspection, now: datetime) -> InspectionLine:
        """The line of an inspection."""
        return cls(**_line(one, now))  # type: ignore[arg-type]


class SaidTwice(BaseModel):
    """A text in Chinese and English."""

    zh: str
    en: str

    @classmethod
    def of(cls, text: Text) -> SaidTwice:
        """The text, for JSON."""
        return cls(zh=text.zh, en=text.en)


class CheckView(BaseModel):
    """One thing that was looked at."""

    group: Group
    name: str
    verdict: Verdict
    problem: str
    facts: dict[str, str | int]


class FindingView(CheckView):
    """A fault with its likely cause and what to do; `since` says whether the report before had it too."""

    severity: Severity
    title: SaidTwice
    cause: SaidTwice
    advice: SaidTwice
    since: Since | None


class ServedView(BaseModel):
    """How an API or function served; `availability` in per cent, None when nobody called."""

    name: str
    kind: Literal["api", "function"]
    calls: int
    failed: int
    refused: int
    throttled: int
    availability: float | None
    p50: int | None
    p95: int | None
    p99: int | None

    @classmethod
    def of(cls, one: Served) -> ServedView:
        """The view of what was measured."""
        share = round(100 * (one.calls - one.failed) / one.calls, 3) if one.calls else None
        return cls(**one.model_dump(), availability=share)


class InspectionView(InspectionLine):
    """An inspection with its report."""

    availability: float | None
    findings: list[FindingView]
    checks: list[CheckView]
    apis: list[ServedView]
    functions: list[ServedView]
    capacity: list[Held]
    compared: Compared | None

    @classmethod
    def of(cls, one: Inspection, now: datetime) -> InspectionView:
        """The view of an inspection: slowest functions first."""
        apis = [served for served in one.served if served.kind == "api"]
        functions = [served for served in one.served if served.kind == "function"]
        calls, failed = (sum(getattr(api, name) for api in apis) for name in ("calls", "failed"))
        return cls(
            **_line(one, now),  # type: ignore[arg-type]
            availability=round(100 * (calls - failed) / calls, 3) if calls else None,
            findings=_findings(one),
            checks=[CheckView(**check.model_dump()) for check in one.checked],
            apis=[ServedView.of(api) for api in apis],
            functions=[ServedView.of(two) for two in sorted(functions, key=lambda two: -(two.p95 or 0))],
            capacity=list(one.held),
            compared=one.compared,
        )


def _line(one: Inspection, now: datetime) -> dict[str, object]:
    kept = one.model_dump(include={"id", "asked_by", "asked_at", "ended_at", "since", "until", "step"})
    return {**kept, "state": one.state_at(now), "steps": len(STEPS), "faults": len(one.faults)}


def _findings(one: Inspection) -> list[FindingView]:
    found = [_finding(fault, one.compared) for fault in one.faults]
    return sorted(found, key=lambda finding: (_ORDER.index(finding.severity), finding.group, finding.name))


def _finding(fault: Checked, compared: Compared | None) -> FindingView:
    problem = PROBLEMS[fault.problem]
    since: Since | None = None
    if compared is not None:
        since = "new" if fault.mark in compared.new else "still"
    return FindingView(
        **fault.model_dump(),
        severity=problem.severity,
        title=SaidTwice.of(problem.title),
        cause=SaidTwice.of(problem.cause),
        advice=SaidTwice.of(problem.advice),
        since=since,
    )
