"""`/sandbox/api/workflows`: state machines as diagrams, and where each execution stands."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

from ..store.executions import KeptExecution
from ..workflows import Workflows
from ..workflows.diagram import diagram, standing

_SHOWN = 100


class WorkflowRoutes:
    """Machines by their name."""

    def __init__(self, workflows: Workflows) -> None:
        self._workflows = workflows

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Registers the routes."""
        router.add_get("/sandbox/api/workflows", self.machines)
        router.add_get("/sandbox/api/workflows/{machine}/executions", self.executions)
        router.add_get("/sandbox/api/workflows/{machine}/executions/{name}", self.execution)

    async def machines(self, request: web.Request) -> web.Response:
        """Every machine with its diagram, and how many executions are in which status."""
        items = []
        for machine in self._workflows.machines.values():
            counted: dict[str, int] = {}
            for row in self._workflows.executions(machine.arn, 1000):
                counted[row.status] = counted.get(row.status, 0) + 1
            comment = str(machine.definition.get("Comment") or "")
            items.append(
                {"name": machine.name, "said": comment, "counts": counted, "diagram": diagram(machine.definition)}
            )
        return web.json_response({"items": items}, headers={"Cache-Control": "no-store"})

    async def executions(self, request: web.Request) -> web.Response:
        """The newest of a machine, `?status=` for those in one status."""
        arn = self._arn(request)
        if arn is None:
            return _none()
        rows = self._workflows.executions(arn, 1000)
        wanted = request.query.get("status")
        items = [self._shown(arn, row) for row in rows if wanted in (None, "", row.status)][:_SHOWN]
        return web.json_response({"items": items}, headers={"Cache-Control": "no-store"})

    async def execution(self, request: web.Request) -> web.Response:
        """One, with its input, what came out, and what happened since this process entered it."""
        arn = self._arn(request)
        rows = self._workflows.executions(arn, 1000) if arn else []
        found = [row for row in rows if row.name == request.match_info["name"]]
        if arn is None or not found:
            return _none()
        history = self._workflows.history(arn, found[0].name)
        shown = self._shown(arn, found[0]) | {
            "input": json.loads(found[0].input),
            "output": json.loads(found[0].output) if found[0].output else None,
            "history": [_event(event) for event in history],
        }
        return web.json_response(shown, headers={"Cache-Control": "no-store"})

    def _shown(self, arn: str, row: KeptExecution) -> dict[str, Any]:
        where = standing(self._workflows.history(arn, row.name))
        return {"name": row.name, "status": row.status, "started": row.started, "ended": row.ended, **where}

    def _arn(self, request: web.Request) -> str | None:
        wanted = request.match_info["machine"]
        return next((arn for arn, machine in self._workflows.machines.items() if machine.name == wanted), None)


def _event(event: dict[str, Any]) -> dict[str, Any]:
    details: Any = next((value for key, value in event.items() if key.endswith("EventDetails")), {})
    return {"id": event["id"], "type": event["type"], "at": event["timestamp"], "details": details}


def _none() -> web.Response:
    return web.json_response({"code": "sandbox.no_such_workflow", "facts": {}}, status=404)
