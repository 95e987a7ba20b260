"""Functions that run from an image: each in a process of its own, started with its first call and kept.

The process runs the same entry point from the project's folder. It is given nothing of this process: no environment
but what is named here, no moto, no store; events and answers are lines of JSON on its standard input and output.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import selectors
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from .template import Resource, Template
from .template.kinds import function_arn, function_name

_ROOT = Path(__file__).resolve().parents[2]
_FIRST_ANSWER = 60.0
"""Seconds more than its time-out for a call that also starts the process: a cold start, on a busy machine."""
_END_SECONDS = 5


class Broken(Exception):
    """The call brought no answer. `kind` is Lambda's error type."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class ImageFunction:
    """One function. Calls wait for each other: a second copy of the models is not worth a developer's memory."""

    def __init__(self, resource: Resource) -> None:
        self.name, self.arn = function_name(resource), function_arn(resource)
        self.timeout = float(resource.get("Timeout", 3))
        command = (resource.get("ImageConfig") or {}).get("Command") or []
        if resource.get("PackageType") != "Image" or len(command) != 1:
            raise resource.wrong("PackageType", "only an image runs here, with an ImageConfig that names one handler")
        self._entry = str(command[0])
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def call(self, event: Any) -> Any:
        """The handler's answer. `Broken`."""
        with self._lock:
            started = self._process is None or self._process.poll() is not None
            process = self._start() if started else self._process
            assert process is not None
            assert process.stdin is not None
            try:
                process.stdin.write(json.dumps(event).encode() + b"\n")
                process.stdin.flush()
                line = self._line(process, self.timeout + (_FIRST_ANSWER if started else 0))
            except OSError:
                line = b""
            if not line:
                self._end()
                raise Broken("Runtime.ExitError", "the process ended, or took too long")
        answer = json.loads(line)
        if "failure" in answer:
            raise Broken(*answer["failure"])
        return answer["answer"]

    def close(self) -> None:
        """Ends the process."""
        with self._lock:
            self._end()

    def _start(self) -> subprocess.Popen[bytes]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        blas = {name: value for name, value in os.environ.items() if name.startswith("OPENBLAS_")}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "infra.local.images", self._entry],
            cwd=_ROOT,
            env={**kept, **blas, "PYTHONPATH": str(_ROOT / "functions"), "OMP_NUM_THREADS": "2"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        return self._process

    def _line(self, process: subprocess.Popen[bytes], seconds: float) -> bytes:
        assert process.stdout is not None
        ends = time.monotonic() + seconds
        with selectors.DefaultSelector() as waiting:
            waiting.register(process.stdout, selectors.EVENT_READ)
            while not waiting.select(timeout=min(1.0, max(0.0, ends - time.monotonic()))):
                if time.monotonic() >= ends or process.poll() is not None:
                    return b""
        return process.stdout.readline()

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            with contextlib.suppress(OSError):
                if pipe is not None:
                    pipe.close()
        try:
            process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class Images:
    """The functions of a template that run from images."""

    def __init__(self, template: Template) -> None:
        self._functions = [ImageFunction(resource) for resource in template.of("AWS::Lambda::Function")]

    def find(self, name_or_arn: str) -> ImageFunction | None:
        """The function with this name or ARN."""
        return next((one for one in self._functions if name_or_arn in (one.name, one.arn)), None)

    def close(self) -> None:
        """Ends their processes."""
        for function in self._functions:
            function.close()


def serve(entry: str) -> None:
    """In the function's own process: answers until its input ends."""
    module, _, attribute = entry.rpartition(".")
    handler = getattr(importlib.import_module(module), attribute)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not stand between the answers
    for line in sys.stdin.buffer:
        try:
            told = {"answer": handler(json.loads(line), None)}
        except Exception as error:  # the edge of the process: Lambda tells the caller just so
            told = {"failure": [type(error).__name__, str(error)]}
        answers.write(json.dumps(told).encode() + b"\n")
        answers.flush()


if __name__ == "__main__":
    serve(sys.argv[1])
