"""What signing up reports."""

from __future__ import annotations

from typing import ClassVar, Self

from hospital.events import Event
from hospital.sign_up.model import SignUpFlow
from hospital.terminals import Terminal


class SignUpFlowChanged(Event):
    """An organisation, or the platform (empty), asks something else of new patients at a terminal."""

    TYPE: ClassVar[str] = "sign_up_flow.changed.v1"
    SOURCE: ClassVar[str] = "sign_up"

    organisation_id: str
    terminal: Terminal

    @classmethod
    def of(cls, flow: SignUpFlow) -> Self:
        """The event of a flow as it was stored."""
        return cls(
            subject=flow.id,
            sequence=flow.version,
            organisation_id=flow.organisation_id,
            terminal=flow.terminal,
        )
