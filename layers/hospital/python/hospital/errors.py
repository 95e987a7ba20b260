"""What can go wrong, in the clinic's words.

A `DomainError` states a fact and carries a stable code; it knows no HTTP. Edges (`http`, `socket`, workflows) hold the
one table that gives each kind its meaning there. Facts are for programs and never carry patient data.
"""

from __future__ import annotations

from typing import Any, ClassVar


class DomainError(Exception):
    """A refusal with a stable `code` and `facts` (JSON values, no patient data).

    A refusal by law carries the rule's id in `facts["rule"]`.
    """

    code: ClassVar[str] = "domain.error"
    status: ClassVar[int] = 500

    def __init__(self, **facts: Any) -> None:
        super().__init__(self.code)
        self.facts = facts

    def __str__(self) -> str:
        return self.code


class Invalid(DomainError):
    """The request cannot be understood or breaks its schema."""

    code = "request.invalid"
    status = 400


class Unauthenticated(DomainError):
    """Nobody, or nobody any more, stands behind the request."""

    code = "identity.missing"
    status = 401


class Forbidden(DomainError):
    """The caller may see the thing but not do this."""

    code = "policy.refused"
    status = 403


class NotFound(DomainError):
    """There is no such thing for this caller."""

    code = "request.not_found"
    status = 404


class Conflict(DomainError):
    """The thing's state, or a limit used up, does not allow it."""

    code = "request.conflict"
    status = 409


class Gone(DomainError):
    """A link or ticket past its time."""

    code = "request.gone"
    status = 410


class TooLarge(DomainError):
    """More than is accepted here."""

    code = "request.too_large"
    status = 413


class RuleBroken(DomainError):
    """A rule of medicine or law refuses it."""

    code = "rule.broken"
    status = 422


class TooMany(DomainError):
    """Too often; `retry_after_seconds` in the facts says when to come back."""

    code = "limit.too_many"
    status = 429


class Unavailable(DomainError):
    """Not now; the only error worth repeating unchanged."""

    code = "edge.unavailable"
    status = 503


class ChangedMeanwhile(Conflict):
    """The record is not what it was when it was read; read it again and decide again."""

    code = "request.changed_meanwhile"


class AlreadyDone(Exception):
    """This event was handled before by this consumer."""
