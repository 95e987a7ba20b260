"""What goes to files of the state folder instead of the terminal: requests, and what functions print and log."""

from __future__ import annotations

import io
import json
import logging
import sys
import threading
import time
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, TextIO

from .comfort.ring import INVOCATION
from .invoker import RUNNING

_REFUSAL = "Exception: Unauthorized"
"""How an authorizer says no, in API Gateway's own words: no failure that a developer need see."""

_LARGEST = 10 * 1024 * 1024


class Journal:
    """`access.jsonl`, one line a request; `functions.jsonl`, one line for what a function wrote or failed with."""

    def __init__(self, folder: Path, terminal: TextIO) -> None:
        self._terminal = terminal
        self._access, self._functions = (kept_lines(folder / name) for name in ("access.jsonl", "functions.jsonl"))

    def end(self) -> None:
        """Nothing is written from now on: a call that is cut off by the end of the process is no failure of it."""
        for logger in (self._access, self._functions):
            logger.disabled = True
        self._terminal = io.StringIO()

    def request(self, **line: Any) -> None:
        """One request that was answered."""
        write_line(self._access, line)

    def wrote(self, function: str, text: str) -> None:
        """One line that a function printed or logged; JSON is kept as it is."""
        try:
            log = json.loads(text)
        except ValueError:
            log = text
        write_line(self._functions, {"function": function, "log": log})
        _note(text)

    def failed(self, function: str, request_id: str, what: str) -> None:
        """A failed invocation: in full to the file, one line to the terminal."""
        write_line(self._functions, {"function": function, "request_id": request_id, "failed": what})
        _note(what)
        last = what.strip().rsplit("\n", 1)[-1]
        if last == _REFUSAL:
            return
        print(f"  {function}: {last}", file=self._terminal, flush=True)

    def take_over_output(self) -> None:
        """From now on what functions print or log through `sys.stdout` and `sys.stderr` goes to the file."""
        sys.stdout, sys.stderr = _FunctionOutput(self, sys.stdout), _FunctionOutput(self, sys.stderr)


class _FunctionOutput(io.TextIOBase):
    """The terminal for everyone but functions. Loggers hold on to it from when they were made."""

    def __init__(self, journal: Journal, terminal: TextIO) -> None:
        self._journal, self._terminal = journal, terminal
        self._unfinished = threading.local()

    def write(self, text: str) -> int:
        function = RUNNING.get()
        if function is None:
            return self._terminal.write(text)
        begun = getattr(self._unfinished, "text", "") + text
        *lines, self._unfinished.text = begun.split("\n")
        for line in lines:
            if line.strip():
                self._journal.wrote(function, line)
        return len(text)

    def flush(self) -> None:
        self._terminal.flush()

    def isatty(self) -> bool:
        return RUNNING.get() is None and self._terminal.isatty()

    def fileno(self) -> int:
        return self._terminal.fileno()


class _Kept(RotatingFileHandler):
    """A disk that is full costs lines of the log and one sentence, not a page of complaints for every line."""

    has_complained = False

    def handleError(self, record: logging.LogRecord) -> None:
        if not self.has_complained:
            self.has_complained = True
            print(f"  {self.baseFilename} cannot be written: {sys.exc_info()[1]}", file=sys.__stderr__, flush=True)


def _note(line: str) -> None:
    """For the ring: the call that runs here wrote this."""
    invocation = INVOCATION.get()
    if invocation is not None:
        invocation.lines.append(line)


def kept_lines(path: Path) -> logging.Logger:
    """A file of lines that begins anew when it has grown large; two older ones stay."""
    logger = logging.getLogger(f"hospital.journal.{path}")
    logger.setLevel(logging.INFO)
    logger.propagate = False
    if not logger.handlers:
        handler = _Kept(path, maxBytes=_LARGEST, backupCount=2, encoding="utf-8")
        handler.setFormatter(logging.Formatter("%(message)s"))
        logger.addHandler(handler)
    return logger


def write_line(logger: logging.Logger, line: dict[str, Any]) -> None:
    """One line of JSON, with the moment."""
    at = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime()) + f".{int(time.time() * 1000) % 1000:03d}Z"
    logger.info(json.dumps({"at": at, **line}, ensure_ascii=False, default=str))
