"""The embedded default: the small HIS that the local hospital starts beside itself, by JSON over HTTP.

| call | what |
| --- | --- |
| `GET /organisations`, `/departments`, `/staff` `?since=&cursor=` | `{"items": [...], "cursor"}`, see `reading` |
| `POST /files/find` `{id_number, name}` | a file, 404 when there is none |
| `POST /files` with `Idempotency-Key` | a file, opened or found |
| `POST /cards`, `POST /visits` `{patient_number, card_number, since?}` | `{"patient_number", "items": [...]}` |

Numbers of people travel in bodies, never in addresses. `Authorization: Bearer` carries the key both sides know.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime
from typing import Any, TypeVar
from urllib.parse import urlencode

from adapters.his import reading
from adapters.his.calling import call
from adapters.his.port import (
    HisCards,
    HisDepartment,
    HisFile,
    HisOrganisation,
    HisPage,
    HisRefused,
    HisStaff,
    HisUnavailable,
    HisVisits,
    NewFile,
    Presented,
    WhoIs,
)
from hospital import clock

T = TypeVar("T")
_ADAPTER = "his_embedded"


class EmbeddedHis:
    """Speaks to the HIS at `url` under `key`."""

    def __init__(self, url: str, key: str) -> None:
        if not url.startswith(("http://", "https://")):
            raise ValueError("HIS_URL is not the address of a HIS")
        self._url, self._key = url.rstrip("/"), key

    def organisations(self, since: datetime | None = None, cursor: str | None = None) -> HisPage[HisOrganisation]:
        """See `His`."""
        return self._list("organisations", reading.organisation, since, cursor)

    def departments(self, since: datetime | None = None, cursor: str | None = None) -> HisPage[HisDepartment]:
        """See `His`."""
        return self._list("departments", reading.department, since, cursor)

    def staff(self, since: datetime | None = None, cursor: str | None = None) -> HisPage[HisStaff]:
        """See `His`."""
        return self._list("staff", reading.member, since, cursor)

    def find_file(self, who: WhoIs) -> HisFile | None:
        """See `His`."""
        found = self._call("/files/find", asdict(who))
        return None if found is None else _understood(reading.file, found)

    def open_file(self, new: NewFile, *, key: str) -> HisFile:
        """See `His`."""
        told = {**asdict(new), "birth_date": new.birth_date.isoformat()}
        return _understood(reading.file, self._call("/files", told, {"Idempotency-Key": key}))

    def cards(self, presented: Presented) -> HisCards:
        """See `His`."""
        number, rows = self._of_file("/cards", asdict(presented))
        return HisCards(number, tuple(_understood(reading.card, row) for row in rows))

    def past_visits(self, presented: Presented, since: date) -> HisVisits:
        """See `His`."""
        number, rows = self._of_file("/visits", {**asdict(presented), "since": since.isoformat()})
        return HisVisits(number, tuple(_understood(reading.visit, row) for row in rows))

    def _list(
        self, name: str, read: Callable[[reading.Plain], T], since: datetime | None, cursor: str | None
    ) -> HisPage[T]:
        asked = {"since": clock.text(since) if since else "", "cursor": cursor or ""}
        query = urlencode({name: value for name, value in asked.items() if value})
        answer = self._call(f"/{name}?{query}")
        if not isinstance(answer, dict) or not isinstance(rows := answer.get("items"), list):
            raise HisUnavailable(adapter=_ADAPTER, reason="not_understood")
        after = answer.get("cursor")
        return reading.page_of(rows, read, after if isinstance(after, str) and after else None)

    def _of_file(self, path: str, asked: dict[str, Any]) -> tuple[str, list[Any]]:
        answer = self._call(path, asked)
        if answer is None:
            raise HisRefused(adapter=_ADAPTER, reason="unknown_patient")
        if not isinstance(answer, dict) or not isinstance(rows := answer.get("items"), list):
            raise HisUnavailable(adapter=_ADAPTER, reason="not_understood")
        return str(answer.get("patient_number", "")), rows

    def _call(self, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Any:
        secret = {"Authorization": f"Bearer {self._key}"}
        return call(self._url + path, body=body, headers={**secret, **(headers or {})}, adapter=_ADAPTER)


def _understood(read: Callable[[reading.Plain], T], row: Any) -> T:
    """A single answer that cannot be read is no answer."""
    try:
        return read(row if isinstance(row, dict) else {})
    except reading.Misread:
        raise HisUnavailable(adapter=_ADAPTER, reason="not_understood") from None
