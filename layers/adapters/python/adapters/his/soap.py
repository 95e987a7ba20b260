"""The web service of a HIS, SOAP 1.1 with a WSDL that the HIS publishes at `HIS_URL?wsdl`.

There is no standard for such services in Chinese hospitals, so this is the hospital's own: the operations below, which
the vendor of the HIS offers, with types whose fields are those of `reading`. Sent and read by zeep (4.3), document
literal as zeep and spyne speak it.

| operation | answers |
| --- | --- |
| `organisations`, `departments`, `staff` (`since`, `cursor`) | `{items: [...], cursor}` |
| `find_file` (`id_number`, `name`) | a file, or nothing |
| `open_file` (`id_number`, `name`, `sex`, `birth_date`, `phone`, `key`) | a file; under a `key` one at most |
| `cards` (`patient_number`, `card_number`) | `{patient_number, items: [...]}` |
| `past_visits` (`patient_number`, `card_number`, `since`) | `{patient_number, items: [...]}` |

A refusal is a fault whose code begins with `Client.`, followed by the reason. The key goes in the `Authorization`
header as a bearer token. Whatever address the WSDL names, calls go to `HIS_URL`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from typing import Any, TypeVar

import zeep
from zeep import Settings
from zeep.exceptions import Error, Fault
from zeep.helpers import serialize_object
from zeep.transports import Transport
from zeep.wsdl import Document

from adapters.his import calling, reading
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
_ADAPTER = "his_soap"
_WSDL_KEPT_SECONDS = 3600


class SoapHis:
    """Speaks to the service at `url` under `key`. The WSDL is read with the first call of an hour."""

    def __init__(self, url: str, key: str) -> None:
        if not url.startswith(("http://", "https://")):
            raise ValueError("HIS_URL is not the address of a web service")
        self._url, self._key = url, key
        self._made: Any = None

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
        found = self._call("find_file", id_number=who.id_number, name=who.name)
        return None if found is None else _understood(reading.file, found)

    def open_file(self, new: NewFile, *, key: str) -> HisFile:
        """See `His`."""
        told = {"id_number": new.id_number, "name": new.name, "sex": new.sex, "phone": new.phone, "key": key}
        return _understood(reading.file, self._call("open_file", birth_date=new.birth_date.isoformat(), **told))

    def cards(self, presented: Presented) -> HisCards:
        """See `His`."""
        number, rows = self._of_file("cards", presented)
        return HisCards(number, tuple(_understood(reading.card, row) for row in rows))

    def past_visits(self, presented: Presented, since: date) -> HisVisits:
        """See `His`."""
        number, rows = self._of_file("past_visits", presented, since=since.isoformat())
        for row in rows:
            row["diagnoses"] = _items(row.get("diagnoses"))
        return HisVisits(number, tuple(_understood(reading.visit, row) for row in rows))

    # -- asking -----------------------------------------------------------------------------------------------------

    def _list(
        self, operation: str, read: Callable[[reading.Plain], T], since: datetime | None, cursor: str | None
    ) -> HisPage[T]:
        answer = self._call(operation, since=clock.text(since) if since else "", cursor=cursor or "")
        if not isinstance(answer, dict):
            raise HisUnavailable(adapter=_ADAPTER, reason="not_understood")
        return reading.page_of(_items(answer.get("items")), read, answer.get("cursor") or None)

    def _of_file(self, operation: str, presented: Presented, **more: str) -> tuple[str, list[dict[str, Any]]]:
        asked = {"patient_number": presented.patient_number, "card_number": presented.card_number, **more}
        answer = self._call(operation, **asked)
        if not isinstance(answer, dict):
            raise HisUnavailable(adapter=_ADAPTER, reason="not_understood")
        return str(answer.get("patient_number") or ""), _items(answer.get("items"))

    def _call(self, operation: str, **told: str) -> Any:
        """Plain values: dicts, lists, texts."""
        try:
            if self._made is None:
                self._made = self._service()
            return serialize_object(self._made[operation](**told), dict)
        except Fault as fault:
            side, _, reason = str(fault.code).rpartition(":")[2].partition(".")
            if side == "Client" and reason:
                raise HisRefused(adapter=_ADAPTER, reason=reason[:60]) from None
            raise HisUnavailable(adapter=_ADAPTER, reason="fault") from None
        except Error:  # an answer or a WSDL that is none
            raise HisUnavailable(adapter=_ADAPTER, reason="not_understood") from None
        except OSError:  # refused, unreachable, too late, or hung up in the middle
            raise HisUnavailable(adapter=_ADAPTER) from None

    def _service(self) -> Any:
        wsdl = _wsdl(self._url, self._key, clock.epoch(clock.now()) // _WSDL_KEPT_SECONDS)
        client = zeep.Client(wsdl, transport=_transport(self._key))
        return client.create_service(next(iter(wsdl.bindings)), self._url)


@lru_cache(maxsize=8)
def _wsdl(url: str, key: str, period: int) -> Document:
    """What the service says of itself, kept for one `period`: reading it costs more than a call."""
    return Document(f"{url}?wsdl", _transport(key), settings=Settings())


def _transport(key: str) -> Transport:
    made = Transport(timeout=calling.TIMEOUT_SECONDS, operation_timeout=calling.TIMEOUT_SECONDS)
    made.session.headers["Authorization"] = f"Bearer {key}"
    made.session.trust_env = False
    made.session.max_redirects = 0
    return made


def _items(held: Any) -> list[Any]:
    """What an array holds: zeep wraps it in a dict with one list, under the name of its type."""
    if isinstance(held, dict):
        held = next(iter(held.values()), None)
    return list(held or ())


def _understood(read: Callable[[reading.Plain], T], row: Any) -> T:
    try:
        return read(row if isinstance(row, dict) else {})
    except reading.Misread:
        raise HisUnavailable(adapter=_ADAPTER, reason="not_understood") from None
