"""zeep, a SOAP client that we did not write, over a line of a test's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from zeep.transports import Transport

Ask = Callable[[str, bytes | None, str], tuple[int, str]]
"""Method, body and its media type -> status and text of the answer."""


@dataclass(frozen=True)
class Heard:
    """What zeep looks at of an answer."""

    status_code: int
    content: bytes
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "text/xml; charset=utf-8"})
    encoding: str = "utf-8"


class Line(Transport):
    """Carries zeep's calls by `ask`; the description is what it answers to GET."""

    def __init__(self, ask: Ask) -> None:
        super().__init__()
        self._ask = ask

    def load(self, url: str) -> bytes:
        """The description."""
        status, text = self._ask("GET", None, "")
        assert status == 200, text
        return text.encode()

    def post(self, address: str, message: bytes, headers: Mapping[str, str]) -> Heard:
        """One call."""
        status, text = self._ask("POST", message, headers["Content-Type"])
        return Heard(status, text.encode())
