"""`os.environ` as one function of many in a process sees it: its own variables and those of Lambda's runtime.

What the developer has in the terminal stays out of sight. Threads that a function starts see the process's own again;
on Lambda they would see the function's.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar

VARIABLES: ContextVar[MutableMapping[str, str] | None] = ContextVar("variables", default=None)
"""The variables of the function that runs here; None outside of functions."""

_RUNTIME = ("LANG", "PATH", "TZ")
"""What Lambda's runtime sets too. Variables of AWS, set by the local cloud, come with them."""


def variables_of(function: Mapping[str, str]) -> dict[str, str]:
    """What `os.environ` holds for a function with these variables."""
    from_process = {name: value for name, value in os.environ.items() if name in _RUNTIME or name.startswith("AWS_")}
    return {**from_process, **function}


@contextmanager
def environment_by_function() -> Iterator[None]:
    """Puts the view in the place of `os.environ`."""
    before = os.environ
    os.environ = _Seen(before)  # type: ignore[assignment]  # noqa: B003  # a view, not a way to clear the variables
    try:
        yield
    finally:
        os.environ = before  # noqa: B003


class _Seen(MutableMapping[str, str]):
    """The function's variables while one runs, else the process's."""

    def __init__(self, process: MutableMapping[str, str]) -> None:
        self._process = process

    def _now(self) -> MutableMapping[str, str]:
        own = VARIABLES.get()
        return self._process if own is None else own

    def __getitem__(self, name: str) -> str:
        return self._now()[name]

    def __setitem__(self, name: str, value: str) -> None:
        self._now()[name] = value

    def __delitem__(self, name: str) -> None:
        del self._now()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._now())

    def __len__(self) -> int:
        return len(self._now())

    def __or__(self, other: Mapping[str, str]) -> dict[str, str]:
        return {**self._now(), **other}

    def __ror__(self, other: Mapping[str, str]) -> dict[str, str]:
        return {**other, **self._now()}

    def copy(self) -> dict[str, str]:
        """As `os.environ.copy()`."""
        return dict(self._now())
