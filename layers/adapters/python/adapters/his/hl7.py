"""HL7 v2.5.1 over MLLP: chapters 2 (control), 3 (patient administration), 5 (query), 8 (master files); for patients the
profile IHE ITI TF-2, 3.21 (Patient Demographics Query). Structures, segments and data types as the tables of hl7apy
1.3.5 hold them, which also judges in the tests what is sent.

| verb | message | answer |
| --- | --- | --- |
| organisations, departments | `MFQ^M05` for locations of type L, D (table 0260) | `MFR^M05`: MFE, LOC, LCH, LRL |
| staff | `MFQ^M02` | `MFR^M02`: MFE, STF, ORG, NTE |
| find_file | `QBP^Q22` by the ID number | `RSP^K22`: PID |
| open_file | `ADT^A28^ADT_A05`, then as find_file | `ACK` |
| cards | `QBP^Q22` by the patient number and the card that was shown | `RSP^K22`: the identifiers of PID-3 |
| past_visits | `QRY^A19` by both | `ADR^A19`: PID, PV1, DG1 of each visit |

The next page is asked for by DSC-1, what changed since then by QRF-2. A member that ended has MDC or MDL in MFE-1. An
organisation is a location without a point of care (`^^^H1`), a department one of its facility (`D1^^^H1`); what a
department says of itself is the characteristic `INTRO` (LCH-5.2), what is above it the relation `PAR` (LRL-6).
A patient number has the type PI in PID-3, ID numbers have NNCHN, cards those of `CARD_TYPES` (table 0203); one whose
CX-8 has passed is no more. Names stand whole in the family name. A repeated MSH-10 is one and the same wish. The key
that both sides know stands in MSH-8; `mllps://` encrypts. `HIS_URL` may say `?charset=GB 18030-2000`: what is sent is
then written so; what is answered states its own.

| MSA-1 | ERR-3 (table 0357) | told as |
| --- | --- | --- |
| AE | 204, unknown key | `HisRefused`, `unknown_patient` |
| AE | 205, duplicate key, to A28 | the file that is there |
| AE, AR | 206 locked, 207 internal error | `HisUnavailable`: asked again later |
| AE | other | `HisRefused`, `error_<code>` |
| AR | other | `HisUnavailable`, `rejected_<code>`: the message itself is refused, which is the hospital's own mistake |
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, datetime
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

from adapters.his import hl7_message as hl7
from adapters.his import hl7_rows as rows
from adapters.his import mllp, reading
from adapters.his.port import (
    HisAnsweredAnother,
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
_ADAPTER = "his_hl7"
_PER_PAGE, _VISITS = 50, 200
_SEXES: Mapping[str, str] = {"male": "M", "female": "F", "unknown": "U"}
_DUPLICATE = "205"
_LATER = ("206", "207")


class Hl7His:
    """Speaks to the interface at `url` under `key`; readers take cards of the kinds in `scans`."""

    def __init__(self, url: str, key: str, scans: Collection[str]) -> None:
        place = urlsplit(url)
        self._charset = parse_qs(place.query).get("charset", [hl7.UTF_8])[0].upper()
        if place.scheme not in ("mllp", "mllps") or not place.hostname or self._charset not in hl7.CHARSETS:
            raise ValueError("HIS_URL is not the address of an MLLP interface")
        self._url, self._key, self._scans = url, key, frozenset(scans)

    def organisations(self, since: datetime | None = None, cursor: str | None = None) -> HisPage[HisOrganisation]:
        """See `His`."""
        return self._list("M05", ("LOC", "L"), rows.organisation, reading.organisation, since, cursor)

    def departments(self, since: datetime | None = None, cursor: str | None = None) -> HisPage[HisDepartment]:
        """See `His`."""
        return self._list("M05", ("LOC", "D"), rows.department, reading.department, since, cursor)

    def staff(self, since: datetime | None = None, cursor: str | None = None) -> HisPage[HisStaff]:
        """See `His`."""
        return self._list("M02", ("STF", "ALL"), rows.member, reading.member, since, cursor)

    def find_file(self, who: WhoIs) -> HisFile | None:
        """See `His`."""
        found = self._patient(("@PID.3.1", who.id_number), ("@PID.3.5", rows.ID_NUMBER))
        return _understood(reading.file, rows.file(found)) if found else None

    def open_file(self, new: NewFile, *, key: str) -> HisFile:
        """See `His`."""
        number = f"{hl7.escaped(new.id_number)}^^^CHN&2.16.156.10011.1.3&ISO^{rows.ID_NUMBER}"
        phone = f"{hl7.escaped(new.phone)}^PRN^CP" if new.phone else ""
        name, born, sex = hl7.escaped(new.name), f"{new.birth_date:%Y%m%d}", _SEXES[new.sex]
        self._ask(
            "ADT^A28^ADT_A05",
            ("EVN", "", _stamp(clock.now())),
            ("PID", "1", "", number, "", name, "", born, sex, "", "", "", "", phone),
            ("PV1", "1", "N"),
            control_id=hashlib.sha256(key.encode()).hexdigest()[:20],
            is_fine=(_DUPLICATE,),
        )
        found = self.find_file(new.who)  # an acknowledgement carries no number
        if found is None:
            raise HisUnavailable(adapter=_ADAPTER, reason="not_understood")
        return found

    def cards(self, presented: Presented) -> HisCards:
        """See `His`."""
        asked = [("@PID.3.1", presented.patient_number), ("@PID.3.5", rows.PATIENT_NUMBER)]
        if presented.card_number:
            asked.append(("@PID.3.1", presented.card_number))
        found = self._patient(*asked)
        if found is None:
            raise HisRefused(adapter=_ADAPTER, reason="unknown_patient")
        cards = [_understood(reading.card, row) for row in rows.cards(found, self._scans, clock.now())]
        return HisCards(rows.patient_number(found), tuple(cards))

    def past_visits(self, presented: Presented, since: date) -> HisVisits:
        """See `His`."""
        shown = f"~{hl7.escaped(presented.card_number)}" if presented.card_number else ""
        who = f"{hl7.escaped(presented.patient_number)}^^^^^^^^^^^^{rows.PATIENT_NUMBER}{shown}"
        answer = self._ask("QRY^A19^QRY_A19", *_query(who, ("OTH", "ALL"), f"{since:%Y%m%d}", _VISITS))
        found = list(answer.groups("PID"))
        others = {rows.patient_number(one.first("PID")) for one in found} - {presented.patient_number}
        if others:
            raise HisAnsweredAnother(adapter=_ADAPTER)
        visits = [_understood(reading.visit, rows.visit(one)) for one in found]
        return HisVisits(presented.patient_number, tuple(sorted(visits, key=lambda one: one.at, reverse=True)))

    # -- asking -----------------------------------------------------------------------------------------------------

    def _list(
        self,
        event: str,
        what: tuple[str, str],
        row: Callable[[hl7.Message], dict[str, Any]],
        read: Callable[[reading.Plain], T],
        since: datetime | None,
        cursor: str | None,
    ) -> HisPage[T]:
        more = [("DSC", hl7.escaped(cursor), "I")] if cursor else []
        changed = _stamp(since) if since else ""
        answer = self._ask(f"MFQ^{event}^MFQ_M01", *_query("ALL", what, changed, _PER_PAGE), *more)
        found = (row(one) for one in answer.groups("MFE"))
        return reading.page_of(found, read, answer.first("DSC").text(1) or None)

    def _patient(self, *asked: tuple[str, str]) -> hl7.Segment | None:
        """The one patient whom all that is asked for fits."""
        tag = secrets.token_hex(8)
        wanted = "~".join(f"{name}^{hl7.escaped(value)}" for name, value in asked)
        answer = self._ask("QBP^Q22^QBP_Q21", ("QPD", "IHE PDQ Query", tag, wanted), ("RCP", "I", "2^RD"))
        if answer.first("QAK").text(1) != tag:
            raise HisUnavailable(adapter=_ADAPTER, reason="another_answer")
        found = list(answer.each("PID"))
        if len(found) > 1:
            raise HisRefused(adapter=_ADAPTER, reason="several_files")
        return found[0] if found else None

    def _ask(
        self, kind: str, *segments: tuple[str, ...], control_id: str = "", is_fine: Collection[str] = ()
    ) -> hl7.Message:
        control_id = control_id or secrets.token_hex(10)
        sent = hl7.written((self._head(kind, control_id), *segments), self._charset)
        try:
            answer = hl7.read(mllp.exchange(self._url, sent, adapter=_ADAPTER))
        except hl7.NoMessage:
            raise HisUnavailable(adapter=_ADAPTER, reason="not_understood") from None
        _acknowledged(answer, control_id, is_fine)
        return answer

    def _head(self, kind: str, control_id: str) -> Iterator[str]:
        now, key = _stamp(clock.now()), hl7.escaped(self._key)
        yield from ("MSH", "^~\\&", "YUNZHEN", "", "HIS", "", now, key, kind, control_id, "P", "2.5.1")
        yield from ("", "", "", "", "", self._charset)


def _query(who: str, what: tuple[str, str], since: str, most: int) -> Iterator[tuple[str, ...]]:
    """QRD and QRF: at once, records, at most so many of that subject, that changed or were since then."""
    tag = secrets.token_hex(5)
    yield ("QRD", _stamp(clock.now()), "R", "I", tag, "", "", f"{most}^RD", who, *what)
    yield ("QRF", "HIS", since)


def _acknowledged(answer: hl7.Message, control_id: str, is_fine: Collection[str]) -> None:
    said = answer.first("MSA")
    if said.text(2) != control_id:
        raise HisUnavailable(adapter=_ADAPTER, reason="another_answer")
    code = said.text(1)
    if code in ("AA", "CA"):
        return
    error = (answer.first("ERR").text(3) or said.text(6))[:20]
    if error in is_fine:
        return
    if code not in ("AE", "CE", "AR", "CR"):
        raise HisUnavailable(adapter=_ADAPTER, reason="not_understood")
    if error in _LATER:
        raise HisUnavailable(adapter=_ADAPTER, reason=f"error_{error}")
    if code in ("AR", "CR"):
        raise HisUnavailable(adapter=_ADAPTER, reason=f"rejected_{error}")
    raise HisRefused(adapter=_ADAPTER, reason="unknown_patient" if error == "204" else f"error_{error}")


def _stamp(at: datetime) -> str:
    return at.astimezone(reading.CLINIC_TIME).strftime("%Y%m%d%H%M%S%z")


def _understood(read: Callable[[reading.Plain], T], row: Mapping[str, Any]) -> T:
    try:
        return read(row)
    except reading.Misread:
        raise HisUnavailable(adapter=_ADAPTER, reason="not_understood") from None
