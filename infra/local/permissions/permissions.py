"""What the functions of a template may do: IAM's decision for each call, remembered where no condition was asked.

Order of the decision (IAM User Guide, "Policy evaluation logic", one account): a Deny anywhere wins; then a policy of
the resource that names the role itself is enough; then the role's own policies. A KMS key differs: its policy must
hand the decision to the account before a role's policies count.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..template import Template
from . import sources
from .actions import ACTIONS
from .keys import Call
from .names import Names
from .needs import CallUnknown, needs_of
from .patterns import arn_matches
from .refusals import sentence, statement_for
from .resource_policies import ResourcePolicies, spoken_to
from .roles import Role, read_roles
from .statements import Need, Statement, Verdict, judged
from .used import Use, UsedFile

_REMEMBERED = 20_000
"""Decisions; sockets and objects have ever new names."""
_OPEN_ENDED = ("execute-api", "s3", "scheduler")
"""Services whose resources are named as they come: of those the statement's own pattern is noted as used."""


@dataclass(frozen=True)
class Denial:
    """Why a call was refused. `missing` is the statement that would have allowed it, as YAML for a template."""

    function: str
    file: str
    action: str
    resource: str
    message: str
    missing: str

    def report(self) -> str:
        """For the journal; the last line is the one that a terminal shows."""
        where = f"{self.function}.Policies in {self.file}"
        return f"Missing in {where}:\n{self.missing}\nAccessDenied: {self.message}"


class Permissions:
    """Read once from the template, asked for each call. TemplateError when the template cannot be understood."""

    def __init__(
        self,
        template: Template,
        used: UsedFile,
        tell: Callable[[Denial], None] = lambda denial: None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.names = Names(template)
        self.roles = read_roles(template)
        self.attached = ResourcePolicies(template)
        self.used, self._tell, self._now = used, tell, now
        self._steady: set[tuple[str, str, tuple[str, ...]]] = set()
        sources.check(template, self.names, self.roles, self.attached, now)

    def refuse(
        self, function: str, service: str, operation: str, params: Mapping[str, Any], *, is_signed: bool = True
    ) -> Denial | None:
        """None when the function (by its name) may make this call; else why not, told already. CallUnknown."""
        for need in needs_of(self.names, service, operation, params):
            key = (function, need.action, need.resources)
            if is_signed and key in self._steady:
                continue
            denial = self._judge(function, service, operation, params, need, is_signed)
            if denial is not None:
                self._tell(denial)
                return denial
        return None

    def may(self, function: str, action: str, resource: str) -> bool:
        """Whether a function would be allowed something about which no condition is asked."""
        role = self.roles[function]
        allowed = judged(role.statements, action, resource, lambda key: None).is_allowed
        return allowed and (
            role.boundary is None or judged(role.boundary, action, resource, lambda key: None).is_allowed
        )

    def _judge(
        self, function: str, service: str, operation: str, params: Mapping[str, Any], need: Need, is_signed: bool
    ) -> Denial | None:
        if need.action not in ACTIONS:
            raise CallUnknown(service, f"{operation} ({need.action})")
        role = self.roles[function]
        arn, tags = (role.arn, role.tags) if is_signed else (None, {})
        call = Call(self.names, service, operation, params, arn, self._now, tags=tags)
        verdicts = [self._verdict(role if is_signed else None, call, need, resource) for resource in need.resources]
        allowed = next((verdict for verdict in verdicts if verdict.is_allowed), None)
        if allowed is None:
            return self._denial(role, need, verdicts[0])
        self._note(role, call, need, allowed)
        if is_signed and all(verdict.is_steady for verdict in verdicts):
            if len(self._steady) >= _REMEMBERED:
                self._steady.clear()
            self._steady.add((function, need.action, need.resources))
        return None

    def _verdict(self, role: Role | None, call: Call, need: Need, resource: str) -> Verdict:
        def values(key: str) -> Any:
            return call.value(key, need)

        own = judged(role.statements if role else (), need.action, resource, values)
        if role and role.boundary is not None:
            own = _within(own, judged(role.boundary, need.action, resource, values))
        attached = self.attached.on(resource)
        if attached is None:
            return own
        place = self.names.place
        account = (f"arn:{place.partition}:iam::{place.account}:root", place.account)
        named = judged(spoken_to(attached, (role.arn, role.session) if role else ()), need.action, resource, values)
        handed_on = judged(spoken_to(attached, account), need.action, resource, values) if role else named
        allowed = named.allowed_by
        if allowed is None and (not need.action.startswith("kms:") or handed_on.allowed_by is not None):
            allowed = own.allowed_by
        return Verdict(
            allowed,
            own.denied_by or named.denied_by or handed_on.denied_by,
            own.is_steady and named.is_steady and handed_on.is_steady,
        )

    def _note(self, role: Role, call: Call, need: Need, verdict: Verdict) -> None:
        statement = verdict.allowed_by
        if statement is None:
            return
        conditions = {one.key: tuple(call.value(one.key, need) or ()) for one in statement.conditions}
        resource = _noted(statement, need)
        self.used.note(Use(role.function.logical_id, need.action, resource, statement.origin, conditions))

    def _denial(self, role: Role, need: Need, verdict: Verdict) -> Denial:
        """The first resource is the one that IAM names."""
        denied, action, resource = verdict.denied_by, need.action, need.resource
        if denied is None:
            is_limited = judged(role.statements, action, resource, lambda key: None).is_allowed and role.boundary
            kind = "permissions boundary" if is_limited else "identity-based policy"
            why = f"no {kind} allows the {action} action"
        else:
            kind = "an identity-based" if denied.principals is None else "a resource-based"
            why = f"there is an explicit deny in {kind} policy"
        return Denial(
            function=role.function.logical_id,
            file=str(role.function.file),
            action=action,
            resource=resource,
            message=sentence(role.session, action, resource, why),
            missing=statement_for(role.function.place, action, resource, role.prefix)
            if denied is None
            else f"# nothing is missing: {denied.origin} says Deny",
        )


def _within(own: Verdict, boundary: Verdict) -> Verdict:
    """What a role's policies say, as far as its boundary lets them."""
    return Verdict(
        own.allowed_by if boundary.allowed_by is not None else None,
        own.denied_by or boundary.denied_by,
        own.is_steady and boundary.is_steady,
    )


def _noted(statement: Statement, need: Need) -> str:
    """The resource, or the pattern that allowed it where resources are named as they come."""
    allowed = [
        (resource, pattern)
        for resource in need.resources
        for pattern in statement.resources
        if arn_matches(pattern, resource)
    ]
    if not allowed:
        return need.resource
    resource, pattern = allowed[0]
    return pattern if need.action.partition(":")[0] in _OPEN_ENDED else resource
