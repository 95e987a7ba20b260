"""The table of who may do what, read."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.access import matrix, matrix_of_calls, matrix_of_dictionaries, matrix_of_staff
from tests.access.matrix import ROLES

GROUPS = {
    "faqs": ("faqs", "titles", "consultation_notices"),
    "refusal_reasons": ("refusal_reasons", "message_templates", "quick_replies", "sensitive_words"),
    "paper_kinds": ("paper_kinds",),
}
"""The kind that stands for its group in the table, and those it stands for."""

_KIND = re.compile(r"{kind=(\w+)}")


@dataclass(frozen=True)
class Row:
    """What each role is answered on one route."""

    method: str
    written: str
    answers: dict[str, str]

    @property
    def route(self) -> str:
        """As it is registered: `GET /directory/reference/{kind}`."""
        return f"{self.method} {_KIND.sub('{kind}', self.written)}"

    @property
    def paths(self) -> list[str]:
        """The path for each kind that it stands for; other parameters are left."""
        found = _KIND.search(self.written)
        return [_KIND.sub(kind, self.written) for kind in GROUPS[found.group(1)]] if found else [self.written]


def rows() -> list[Row]:
    """The table, read."""
    written = matrix.TABLE + matrix_of_dictionaries.TABLE + matrix_of_staff.TABLE + matrix_of_calls.TABLE
    text = re.sub(r"(\n(?:GET|POST|PUT|PATCH|DELETE) +/\S+)\n +", r"\1 ", written)
    lines = [line.split() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    assert tuple(lines[0]) == ROLES
    found = []
    for method, path, *answers in lines[1:]:
        assert len(answers) == len(ROLES), f"{method} {path} has {len(answers)} answers"
        assert set(answers) <= {"yes", "401", "403", "404"}, f"{method} {path}: {answers}"
        found.append(Row(method, path, dict(zip(ROLES, answers, strict=True))))
    return found


def answer_for(method: str, route: str, kind: str | None, role: str) -> str:
    """What a role is answered on a registered route, for one kind of reference data if it has one."""
    for row in rows():
        stands_for = _KIND.search(row.written)
        if row.route == f"{method} {route}" and (stands_for is None or kind in GROUPS[stands_for.group(1)]):
            return row.answers[role]
    return "404"  # a kind that does not exist
