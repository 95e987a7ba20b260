"""Policy documents read into statements, and what a list of statements says about a request."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from .conditions import Condition, UnknownCondition, Values, read_conditions
from .patterns import arn_matches, is_arn_pattern, matches

_PARTS = {
    "Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition", "Principal", "NotPrincipal",
}  # fmt: skip


class PolicyWrong(ValueError):
    """A policy that cannot be read as IAM would; the sentence says what."""


@dataclass(frozen=True)
class Need:
    """What IAM is asked for one call: an action on a resource. Of several resources one is enough.

    `item` is the part of the call that it is about, such as one write of a transaction.
    """

    action: str
    resources: tuple[str, ...]
    item: Any = None

    @property
    def resource(self) -> str:
        """The one that a refusal names."""
        return self.resources[0]


@dataclass(frozen=True)
class Statement:
    """One statement. `principals` is None in a policy of a role; there `*` is anybody, and others are ARNs or hosts."""

    allows: bool
    actions: tuple[str, ...]
    not_actions: tuple[str, ...]
    resources: tuple[str, ...]
    not_resources: tuple[str, ...]
    conditions: tuple[Condition, ...]
    principals: tuple[str, ...] | None = None
    origin: str = ""

    def about(self, action: str, resource: str) -> bool:
        """Whether it speaks of this action on this resource, whatever its conditions say."""
        return self._of_action(action) and self._of_resource(resource)

    def holds(self, values: Values) -> bool:
        """Whether all its conditions do."""
        return all(condition.holds(values) for condition in self.conditions)

    def _of_action(self, action: str) -> bool:
        if self.not_actions:
            return not any(matches(pattern, action, ignores_case=True) for pattern in self.not_actions)
        return any(matches(pattern, action, ignores_case=True) for pattern in self.actions)

    def _of_resource(self, resource: str) -> bool:
        if self.not_resources:
            return not any(arn_matches(pattern, resource) for pattern in self.not_resources)
        return any(arn_matches(pattern, resource) for pattern in self.resources)


@dataclass(frozen=True)
class Verdict:
    """`allowed_by` and `denied_by` are the statements that said so. `is_steady`: no condition was asked on the way."""

    allowed_by: Statement | None
    denied_by: Statement | None
    is_steady: bool

    @property
    def is_allowed(self) -> bool:
        """An explicit no wins; without a yes it is no as well."""
        return self.denied_by is None and self.allowed_by is not None


def judged(statements: Iterable[Statement], action: str, resource: str, values: Values) -> Verdict:
    """What these statements say."""
    allowed = denied = None
    is_steady = True
    for statement in statements:
        if not statement.about(action, resource):
            continue
        is_steady = is_steady and not statement.conditions
        if not statement.holds(values):
            continue
        if statement.allows:
            allowed = allowed or statement
        else:
            denied = denied or statement
    return Verdict(allowed, denied, is_steady)


def read_statements(
    document: Any,
    *,
    origin: str,
    known_key: Callable[[str], bool],
    own_arn: str | None = None,
) -> list[Statement]:
    """The statements of a policy document. PolicyWrong.

    `own_arn` is given for the policy of a resource: there `*` means the resource itself, and principals are named.
    """
    if not isinstance(document, dict) or "Statement" not in document:
        raise PolicyWrong("wants a policy document with statements; SAM's policy templates are not known here")
    if unknown := sorted(document.keys() - {"Version", "Id", "Statement"}):
        raise PolicyWrong(f"the part {unknown[0]!r} of a policy is not known")
    found = document["Statement"]
    return [
        _statement(written, f"{origin}[{number}]", known_key, own_arn)
        for number, written in enumerate(found if isinstance(found, list) else [found])
    ]


def _statement(written: Any, origin: str, known_key: Callable[[str], bool], own_arn: str | None) -> Statement:
    if not isinstance(written, dict) or written.get("Effect") not in ("Allow", "Deny"):
        raise PolicyWrong("a statement wants an Effect of Allow or Deny")
    if unknown := sorted(written.keys() - _PARTS):
        raise PolicyWrong(f"the part {unknown[0]!r} of a statement is not known")
    if ("Action" in written) == ("NotAction" in written):
        raise PolicyWrong("a statement wants either Action or NotAction")
    is_of_role = own_arn is None
    if is_of_role and ("Resource" in written) == ("NotResource" in written):
        raise PolicyWrong("a statement wants either Resource or NotResource")
    if ("Principal" in written) == is_of_role or "NotPrincipal" in written:
        raise PolicyWrong("Principal belongs to policies of resources, and NotPrincipal is not known")
    try:
        conditions = read_conditions(written.get("Condition") or {}, known_key)
    except UnknownCondition as error:
        raise PolicyWrong(str(error)) from None
    return Statement(
        allows=written["Effect"] == "Allow",
        actions=_texts(written.get("Action", [])),
        not_actions=_texts(written.get("NotAction", [])),
        resources=_resources(written.get("Resource", "*" if own_arn else []), own_arn),
        not_resources=_resources(written.get("NotResource", []), own_arn),
        conditions=conditions,
        principals=None if is_of_role else _principals(written["Principal"]),
        origin=origin,
    )


def _resources(written: Any, own_arn: str | None) -> tuple[str, ...]:
    found = tuple(own_arn if own_arn and text == "*" else text for text in _texts(written))
    for text in found:
        if not is_arn_pattern(text):
            raise PolicyWrong(f"{text!r} is no ARN")
        if "${" in text:
            raise PolicyWrong(f"policy variables are not known: {text!r}")
    return found


def _principals(written: Any) -> tuple[str, ...]:
    """`*`, ARNs of accounts and roles, hosts of services."""
    if written == "*":
        return ("*",)
    if not isinstance(written, dict) or written.keys() - {"AWS", "Service"}:
        raise PolicyWrong("a Principal names AWS accounts and roles, or services")
    return tuple(text for names in written.values() for text in _texts(names))


def _texts(written: Any) -> tuple[str, ...]:
    found: Sequence[Any] = written if isinstance(written, list) else [written]
    for text in found:
        if not isinstance(text, str):
            raise PolicyWrong(f"{text!r} is not a text")
    return tuple(found)
