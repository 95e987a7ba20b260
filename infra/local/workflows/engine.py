"""Executions on moto's interpreter: begun, kept from start to end, entered again after a restart, looked at.

Imported only for a template that has state machines: the interpreter takes about two seconds to import.
"""

from __future__ import annotations

import json
import logging
import re
import threading
import uuid
from collections.abc import Callable
from typing import Any

import boto3
from moto.stepfunctions import responses
from moto.stepfunctions.exceptions import AWSError, ExecutionAlreadyExists, InvalidExecutionInput, InvalidName
from moto.stepfunctions.parser.asl.utils import boto_client
from moto.stepfunctions.parser.backend.execution import BaseExecutionWorkerCommunication
from moto.stepfunctions.parser.models import StepFunctionsParserBackend, stepfunctions_parser_backends
from moto.stepfunctions.parser.utils import TMP_THREADS

from ..store.executions import KeptExecutions
from ..store.seams import Seam
from ..template.model import Place
from .machines import Machine
from .refusal import WorkflowRefused

_NAME = re.compile(r'[^\s<>{}\[\]?*"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f]{1,80}')
_LARGEST_INPUT = 256 * 1024
_ENDED_KEPT = 200
"""Ended executions whose history is kept in memory, per machine."""


class Engine:
    """The machines of one template. moto runs them; task tokens given out before a restart are dead."""

    def __init__(
        self, machines: dict[str, Machine], place: Place, kept: KeptExecutions, report: Callable[[str, str, str], None]
    ) -> None:
        self._machines, self._place, self._kept, self._report = machines, place, kept, report
        self._clients = _Clients()
        self._begin: Callable[..., Any] = StepFunctionsParserBackend.start_execution

    def seams(self) -> list[Seam]:
        """Where moto's interpreter is given names, rows, clients and patience."""
        backend = StepFunctionsParserBackend
        return [
            Seam(responses, "get_backend", ("account", "region"), lambda _original: _parser_backend),
            Seam(backend, "start_execution", ("self", "state_machine_arn", "name", "execution_input"), self._starting),
            Seam(backend, "_get_executions", ("self", "execution_status"), _begun_only),
            Seam(BaseExecutionWorkerCommunication, "terminated", ("self",), self._ending),
            Seam(boto_client, "boto3", None, lambda _original: self._clients),
        ]

    def enter_again(self) -> None:
        """Makes the machines known to moto, and starts what was running when the last process ended."""
        logging.getLogger("moto.stepfunctions").setLevel(logging.CRITICAL)  # it logs what a flow catches
        for machine in self._machines.values():
            self._backend.create_state_machine(machine.name, machine.text, machine.role)
        for row in self._kept.running():
            if row.machine in self._machines:
                self._begin(self._backend, row.machine, row.name, row.input)

    def start(self, arn: str, name: str, text: str) -> None:
        """Starts an execution; one of that name is the same one. WorkflowRefused."""
        try:
            self._backend.start_execution(arn, name, text)
        except ExecutionAlreadyExists:
            return
        except AWSError as error:
            raise WorkflowRefused(str(error)) from error

    def history(self, arn: str, name: str) -> list[dict[str, Any]]:
        """What happened in an execution since this process entered it; nothing when it ended before that."""
        for machine in self._backend.state_machines:
            for execution in machine.executions if machine.arn == arn else []:
                if execution.name == name and execution.exec_worker and execution.exec_worker.env:
                    events: list[dict[str, Any]] = execution.to_history_output()["events"]
                    return json.loads(json.dumps(events, default=str))  # type: ignore[no-any-return]
        return []

    @property
    def _backend(self) -> Any:
        return stepfunctions_parser_backends[self._place.account][self._place.region]

    def _starting(self, original: Callable[..., Any]) -> Callable[..., Any]:
        self._begin = original

        def start_execution(
            backend: Any,
            state_machine_arn: str,
            name: str | None = None,
            execution_input: str | None = None,
            **more: Any,
        ) -> Any:
            name, text = name or str(uuid.uuid4()), execution_input or "{}"
            _check_start(name, text)
            arn = backend.describe_state_machine(state_machine_arn).arn
            if not self._kept.begin(arn, name, text):
                found = self._kept.find(arn, name)
                if found is None or found.ended is not None or found.input != text:
                    raise ExecutionAlreadyExists(f"Execution Already Exists: '{_execution_arn(arn, name)}'")
                return original(backend, state_machine_arn, name, text, **more)
            try:
                return original(backend, state_machine_arn, name, text, **more)
            except BaseException:
                self._kept.forget(arn, name)
                raise

        return start_execution

    def _ending(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def terminated(told: Any) -> None:
            original(told)
            execution = told.execution
            output = execution.output if execution.output is not None else _problem(execution)
            self._kept.end(execution.state_machine.arn, execution.name, str(execution.status), _text(output))
            self._tidy(execution.state_machine.arn)

        return terminated

    def _tidy(self, arn: str) -> None:
        """moto keeps every thread and every execution."""
        TMP_THREADS[:] = [thread for thread in TMP_THREADS if thread.is_alive()]
        for machine in self._backend.state_machines:
            if machine.arn == arn:
                ended = [one for one in machine.executions if one.stop_date is not None]
                for execution in ended[:-_ENDED_KEPT]:
                    machine.executions.remove(execution)


class _Clients:
    """Stands in for boto3 in moto's interpreter: a client per service, made once, since making them takes long and is
    not safe with threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: dict[tuple[str, str], Any] = {}

    def client(self, *, service_name: str, region_name: str, **more: Any) -> Any:
        with self._lock:
            if (service_name, region_name) not in self._made:
                session = boto3.Session(region_name=region_name)
                self._made[service_name, region_name] = session.client(service_name, **more)
            return self._made[service_name, region_name]


def _parser_backend(account: str, region: str) -> Any:
    """The backend that runs machines; moto has one that only pretends, and takes it unless configured otherwise."""
    return stepfunctions_parser_backends[account][region]


def _begun_only(original: Callable[..., Any]) -> Callable[..., Any]:
    """moto asks executions for their tokens before they have begun, and fails."""

    def get_executions(backend: Any, execution_status: Any = None) -> list[Any]:
        found = original(backend, execution_status)
        return [one for one in found if one.exec_worker is not None and one.exec_worker.env is not None]

    return get_executions


def _check_start(name: str, text: str) -> None:
    if not _NAME.fullmatch(name):
        raise InvalidName(f"Invalid Name: '{name}'")
    if len(text.encode()) > _LARGEST_INPUT:
        raise InvalidExecutionInput("Invalid execution input: it is over 262144 bytes")
    try:
        json.loads(text)
    except ValueError as error:
        raise InvalidExecutionInput(f"Invalid State Machine Execution Input: '{error}'") from error


def _execution_arn(machine: str, name: str) -> str:
    return f"{machine.replace(':stateMachine:', ':execution:')}:{name}"


def _problem(execution: Any) -> Any:
    if execution.error is None and execution.cause is None:
        return None
    return {"error": execution.error, "cause": execution.cause}


def _text(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, default=str)
