"""What is granted, against what was used: a policy must be no wider than what functions do.

A grant is one action of one statement on one of its resources. It was used when some call, or the event source of its
function, needed just that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..template import Template
from .actions import ACTIONS
from .conditions import Condition
from .patterns import arn_matches, matches
from .roles import Role, read_roles
from .sources import needed_by_mappings
from .statements import Statement
from .used import Use

MAPPING = "event source"


@dataclass(frozen=True, order=True)
class Grant:
    """`function` is the logical id, `statement` the place in its policies; `value` one value that a condition lets
    through, None for the action on the resource as such."""

    function: str
    statement: str
    action: str
    resource: str
    value: str | None = None

    def __str__(self) -> str:
        end = f" when {self.value}" if self.value else ""
        return f"{self.function} {self.statement}: {self.action} on {self.resource}{end}"


def grants(template: Template) -> list[Grant]:
    """Everything that the statements of a template's functions allow, beside what SAM adds."""
    return [grant for role in read_roles(template).values() for grant in _of_role(role)]


def unused(template: Template, uses: Iterable[Use]) -> list[Grant]:
    """The grants that none of these uses needed."""
    known = [*uses, *_by_mappings(template)]
    by_function: dict[str, list[Use]] = {}
    for use in known:
        by_function.setdefault(use.function, []).append(use)
    return [grant for grant in grants(template) if not _was_used(grant, by_function.get(grant.function, []))]


def _of_role(role: Role) -> Iterator[Grant]:
    name = role.function.logical_id
    for statement in role.own:
        if not statement.allows:
            continue
        for resource in statement.resources or ("*",):
            for action in _actions(statement):
                yield Grant(name, statement.origin, action, resource)
                for value in _values(statement.conditions):
                    yield Grant(name, statement.origin, action, resource, value)


def _actions(statement: Statement) -> list[str]:
    """Wildcards and NotAction spelled out: each action must earn its place."""
    if statement.not_actions:
        return sorted(a for a in ACTIONS if not any(matches(p, a, ignores_case=True) for p in statement.not_actions))
    return sorted(a for a in ACTIONS if any(matches(p, a, ignores_case=True) for p in statement.actions))


def _values(conditions: Iterable[Condition]) -> Iterator[str]:
    for condition in conditions:
        if condition.operator in ("StringEquals", "StringLike", "ArnEquals", "ArnLike"):
            yield from (f"{condition.key}={value}" for value in condition.wanted)


def _was_used(grant: Grant, uses: Iterable[Use]) -> bool:
    return any(
        use.action == grant.action
        and (use.resource == grant.resource or arn_matches(grant.resource, use.resource))
        and (grant.value is None or _let_through(grant.value, use))
        for use in uses
    )


def _let_through(value: str, use: Use) -> bool:
    key, _, wanted = value.partition("=")
    return any(matches(wanted, given) for given in use.conditions.get(key, ()))


def _by_mappings(template: Template) -> Iterator[Use]:
    logical = {name: role.function.logical_id for name, role in read_roles(template).items()}
    for function, action, resource in needed_by_mappings(template):
        yield Use(logical[function], action, resource, MAPPING)
