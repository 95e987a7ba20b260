"""What a check found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """`good`, or the sentence that says what is wrong."""

    check: str
    good: bool
    said: str = ""


Check = Callable[[], Iterator[Finding]]


def run(checks: list[Check]) -> list[Finding]:
    """Every finding. A check that breaks is a finding of its own: the others still run."""
    found: list[Finding] = []
    for check in checks:
        try:
            for finding in check():
                found.append(finding)  # one by one: what was found before it broke counts
        except Exception as error:  # the edge: whatever a deployed hospital answers, the list has to be whole
            found.append(Finding(check.__name__, False, f"{type(error).__name__}: {error}"))
    return found


def table(findings: list[Finding]) -> str:
    """One line a finding, those that are wrong last."""
    ordered = sorted(findings, key=lambda finding: not finding.good)
    lines = [
        f"{'ok   ' if each.good else 'WRONG'}  {each.check}{': ' if each.said else ''}{each.said}" for each in ordered
    ]
    wrong = sum(not each.good for each in findings)
    return "\n".join([*lines, f"{len(findings) - wrong} checks are good, {wrong} are not"])
