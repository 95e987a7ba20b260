"""A service of Amazon ECS on Fargate. A relay's id is the id of its task.

Spoken through the AWS SDK: DescribeServices, DescribeTasks and UpdateService of the ECS API (version 2014-11-13, read
2026-11-22). That ECS ends no task with people in it is the tasks' own word (media_fleet/protection.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from adapters.fleet.seen import Seen
from hospital import aws
from hospital.errors import Unavailable
from hospital.observability import say

_MOST_TASKS = 100
"""In one DescribeTasks."""


class EcsFleet:
    """The service of that name in the cluster of that name."""

    def __init__(self, cluster: str, service: str) -> None:
        self._cluster, self._service = cluster, service

    def look(self, ids: list[str]) -> Seen:
        """See `Fleet`."""
        try:
            service = self._described()
            tasks = list(self._tasks(ids))
        except (aws.Refusal, aws.NoAnswer) as failure:
            raise _away(failure) from None
        newest = service["taskDefinition"]
        running = {
            task["taskArn"].rpartition("/")[2]: task["taskDefinitionArn"] == newest
            for task in tasks
            if task["lastStatus"] != "STOPPED"
        }
        return Seen(wanted=service["desiredCount"], running=running)

    def ask_for(self, count: int) -> None:
        """See `Fleet`."""
        try:
            aws.client("ecs").update_service(cluster=self._cluster, service=self._service, desiredCount=count)
        except (aws.Refusal, aws.NoAnswer) as failure:
            raise _away(failure) from None

    def _described(self) -> dict[str, Any]:
        found = aws.client("ecs").describe_services(cluster=self._cluster, services=[self._service])["services"]
        if not found:
            say("the service of relays is not there", level="error", adapter="fleet")
            raise Unavailable(adapter="fleet", reason="not_deployed")
        service: dict[str, Any] = found[0]
        return service

    def _tasks(self, ids: list[str]) -> Iterator[dict[str, Any]]:
        for first in range(0, len(ids), _MOST_TASKS):
            part = ids[first : first + _MOST_TASKS]
            yield from aws.client("ecs").describe_tasks(cluster=self._cluster, tasks=part)["tasks"]


def _away(failure: Exception) -> Unavailable:
    say("ECS did not answer", level="warning", failure=failure, adapter="fleet")
    return Unavailable(adapter="fleet")
