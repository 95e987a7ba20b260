"""The state machines of a template, whether it has any or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..invoker import Invoker
from ..store.executions import KeptExecution, KeptExecutions
from ..store.seams import Seam
from ..template import Template
from .machines import read_machines
from .refusal import WorkflowRefused

if TYPE_CHECKING:
    from .engine import Engine

_LOOKED_THROUGH = 1000


class Workflows:
    """What the dispatcher, and people who look, ask of them."""

    def __init__(self, template: Template, invoker: Invoker, kept: KeptExecutions) -> None:
        """TemplateError."""
        self.machines = {machine.arn: machine for machine in read_machines(template, invoker)}
        self._kept, self._report = kept, invoker.report
        self._engine: Engine | None = None
        if self.machines:
            from .engine import Engine  # takes two seconds, which a template without machines need not wait

            self._engine = Engine(self.machines, template.place, kept, invoker.report)

    def seams(self) -> list[Seam]:
        """Where moto is patched for them."""
        return self._engine.seams() if self._engine else []

    def enter_again(self) -> None:
        """Makes the machines known to moto, and starts what was running when the last process ended."""
        for row in self._kept.running():
            if row.machine not in self.machines:
                self._kept.end(row.machine, row.name, "ABORTED")
                self._report(row.machine, "", f"the execution {row.name} is given up: the template has no such machine")
        if self._engine:
            self._engine.enter_again()

    def start(self, arn: str, name: str, text: str) -> None:
        """Starts an execution; one of that name is the same one. WorkflowRefused."""
        if self._engine is None:
            raise WorkflowRefused(f"{arn} is no state machine of the template")
        self._engine.start(arn, name, text)

    def executions(self, arn: str, limit: int = 100) -> list[KeptExecution]:
        """The newest of one machine."""
        return [row for row in self._kept.recent(_LOOKED_THROUGH) if row.machine == arn][:limit]

    def history(self, arn: str, name: str) -> list[dict[str, Any]]:
        """What happened in an execution since this process entered it; nothing when it ended before that."""
        return self._engine.history(arn, name) if self._engine else []
