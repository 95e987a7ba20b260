"""FHIR R4 (4.0.1) over HTTP: hl7.org/fhir/R4, pages http, search, Patient, Encounter, Organization, PractitionerRole.

| verb | interaction |
| --- | --- |
| organisations, departments | `GET Organization?type=prov` or `dept`, `_lastUpdated=ge…`, pages by the link `next` |
| staff | `GET PractitionerRole?_include=PractitionerRole:practitioner`, else `GET Practitioner?_id=…,…` |
| find_file | `POST Patient/_search` by the ID number: it stands in a body, never in an address |
| open_file | `POST Patient` with `If-None-Exist` by the ID number (conditional create) |
| cards | `GET Patient?_id=…`, with `identifier=…` of the card that was shown |
| past_visits | the same, then `GET Encounter?patient=…&date=ge…` |

A patient number is the logical id. Codes of organisations and staff are their first identifiers, those of references
the reference's own identifier. Introductions are narratives. Departments name the organisation by `partOf`. Kinds of
cards are those of HL7 table 0203 (`CARD_TYPES`), visit cards being patient external identifiers (PT). Which of them
the hospital's readers take is not FHIR's to say: the setting `HIS_SCANS` names the kinds.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeVar
from urllib.parse import urlencode

from adapters.his import reading
from adapters.his.calling import call
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
from hospital.listings import DAY_ZONE

T = TypeVar("T")
Resource = Mapping[str, Any]

ID_NUMBER = "urn:oid:2.16.156.10011.1.3"
"""Identity numbers of residents (居民身份证号), by their object identifier in China's health standards."""
CARD_TYPES: Mapping[str, str] = {"PT": "visit", "MC": "insurance", "MR": "record", "HC": "e_health"}
_TYPES = "http://terminology.hl7.org/CodeSystem/v2-0203"
_ADAPTER, _MEDIA_TYPE, _FORM = "his_fhir", "application/fhir+json", "application/x-www-form-urlencoded"
_PER_PAGE = 50
_TAG = re.compile(r"<[^>]*>")


class FhirHis:
    """Speaks to the server at `url` under the bearer token `key`; readers take cards of the kinds in `scans`."""

    def __init__(self, url: str, key: str, scans: Collection[str]) -> None:
        if not url.startswith(("http://", "https://")):
            raise ValueError("HIS_URL is not the address of a FHIR server")
        self._url, self._key, self._scans = url.rstrip("/"), key, frozenset(scans)

    def organisations(self, since: datetime | None = None, cursor: str | None = None) -> HisPage[HisOrganisation]:
        """See `His`."""
        return self._list("Organization", {"type": "prov"}, _organisation, reading.organisation, since, cursor)

    def departments(self, since: datetime | None = None, cursor: str | None = None) -> HisPage[HisDepartment]:
        """See `His`."""
        return self._list("Organization", {"type": "dept"}, _department, reading.department, since, cursor)

    def staff(self, since: datetime | None = None, cursor: str | None = None) -> HisPage[HisStaff]:
        """See `His`."""
        asked = {"_include": "PractitionerRole:practitioner"}
        return self._list("PractitionerRole", asked, _member, reading.member, since, cursor)

    def find_file(self, who: WhoIs) -> HisFile | None:
        """See `His`."""
        bundle = self._call("/Patient/_search", f"identifier={ID_NUMBER}|{who.id_number}", _FORM)
        found = [one for one in _entries(bundle) if one.get("resourceType") == "Patient"]
        if len(found) > 1:
            raise HisRefused(adapter=_ADAPTER, reason="several_files")
        return _understood(reading.file, _file(found[0])) if found else None

    def open_file(self, new: NewFile, *, key: str) -> HisFile:
        """See `His`."""
        patient = {
            "resourceType": "Patient",
            "identifier": [{"system": ID_NUMBER, "type": _typed("NNCHN"), "value": new.id_number}],
            "name": [{"text": new.name}],
            "gender": new.sex,
            "birthDate": new.birth_date.isoformat(),
            **({"telecom": [{"system": "phone", "value": new.phone}]} if new.phone else {}),
        }
        only_if = {
            "If-None-Exist": f"identifier={ID_NUMBER}|{new.id_number}",
            "Prefer": "return=representation",
            "X-Request-Id": key,
        }
        opened = self._call("/Patient", patient, headers=only_if)
        if isinstance(opened, dict) and opened.get("resourceType") == "Patient":
            return _understood(reading.file, _file(opened))
        found = self.find_file(new.who)  # a server may answer a conditional create without the resource
        if found is None:
            raise HisUnavailable(adapter=_ADAPTER, reason="not_understood")
        return found

    def cards(self, presented: Presented) -> HisCards:
        """See `His`."""
        patient = self._patient(presented)
        rows = (self._card(one) for one in patient.get("identifier") or ())
        cards = tuple(_understood(reading.card, row) for row in rows if row is not None)
        return HisCards(str(patient.get("id", "")), cards)

    def past_visits(self, presented: Presented, since: date) -> HisVisits:
        """See `His`."""
        self._patient(presented)
        asked = {"patient": f"Patient/{presented.patient_number}", "date": f"ge{since.isoformat()}", "_sort": "-date"}
        encounters = [
            one
            for one in _entries(self._call(f"/Encounter?{urlencode(asked | {'_count': '200'})}"))
            if one.get("resourceType") == "Encounter"
        ]
        subjects = {str((one.get("subject") or {}).get("reference", "")).rpartition("/")[2] for one in encounters}
        others = subjects - {presented.patient_number}
        visits = [_understood(reading.visit, _visit(one)) for one in encounters]
        recent = [one for one in visits if one.at.astimezone(DAY_ZONE).date() >= since]  # whatever the server ignored
        newest_first = tuple(sorted(recent, key=lambda visit: visit.at, reverse=True))
        return HisVisits(next(iter(others), presented.patient_number), newest_first)

    # -- asking -----------------------------------------------------------------------------------------------------

    def _list(
        self,
        kind: str,
        asked: Mapping[str, str],
        row: Callable[[Resource, Mapping[str, Resource]], dict[str, Any]],
        read: Callable[[reading.Plain], T],
        since: datetime | None,
        cursor: str | None,
    ) -> HisPage[T]:
        changed = {"_lastUpdated": f"ge{clock.text(since)}"} if since else {}
        query = urlencode({**asked, **changed, "_count": str(_PER_PAGE), "_sort": "_id"})
        bundle = self._call(cursor or f"/{kind}?{query}")
        resources = _entries(bundle)
        found = [one for one in resources if one.get("resourceType") == kind]
        after = self._after(bundle)
        if cursor is None and after is None and _total(bundle) > len(found):
            raise HisUnavailable(adapter=_ADAPTER, reason="next_page_missing")  # rather than a list that is cut off
        come = [*resources, *self._left_out(found, resources)]
        others = {f"{one.get('resourceType')}/{one.get('id')}": one for one in come}
        return reading.page_of([row(one, others) for one in found], read, after)

    def _left_out(self, found: Sequence[Resource], come: Sequence[Resource]) -> list[Resource]:
        """Practitioners that roles name and that did not come with them: not every server knows `_include`."""
        known = {one.get("id") for one in come if one.get("resourceType") == "Practitioner"}
        named = (str((one.get("practitioner") or {}).get("reference", "")) for one in found)
        wanted = {place.removeprefix("Practitioner/") for place in named if place.startswith("Practitioner/")}
        missing = sorted(wanted - known)
        if not missing:
            return []
        query = urlencode({"_id": ",".join(missing), "_count": str(len(missing))})
        return _entries(self._call(f"/Practitioner?{query}"))

    def _after(self, bundle: Any) -> str | None:
        """Where the next page is, below our own server: a link elsewhere is not followed."""
        links = [one.get("url") for one in bundle.get("link") or () if one.get("relation") == "next"]
        if not links:
            return None
        address = str(links[0])
        if address.startswith("?"):
            address = f"{self._url}/{address}"
        if not address.startswith((f"{self._url}/", f"{self._url}?")):
            raise HisUnavailable(adapter=_ADAPTER, reason="next_page_elsewhere")
        return address.removeprefix(self._url)

    def _patient(self, presented: Presented) -> Resource:
        asked = {"_id": presented.patient_number}
        if presented.card_number:
            asked["identifier"] = presented.card_number
        found = [
            one for one in _entries(self._call(f"/Patient?{urlencode(asked)}")) if one.get("resourceType") == "Patient"
        ]
        if not found:
            raise HisRefused(adapter=_ADAPTER, reason="unknown_patient")
        if found[0].get("id") != presented.patient_number:
            raise HisAnsweredAnother(adapter=_ADAPTER)
        return found[0]

    def _card(self, identifier: Resource) -> dict[str, Any] | None:
        codings = (identifier.get("type") or {}).get("coding") or ()
        kind = next((CARD_TYPES[one["code"]] for one in codings if one.get("code") in CARD_TYPES), None)
        if kind is None:
            return None
        active = identifier.get("use") != "old"
        return {"kind": kind, "number": identifier.get("value"), "scannable": kind in self._scans, "active": active}

    def _call(
        self, path: str, body: Any = None, media_type: str = _MEDIA_TYPE, headers: Mapping[str, str] | None = None
    ) -> Any:
        secret = {"Authorization": f"Bearer {self._key}", "Accept": _MEDIA_TYPE}
        return call(
            self._url + path, body=body, headers={**secret, **(headers or {})}, media_type=media_type, adapter=_ADAPTER
        )


def _entries(bundle: Any) -> list[Resource]:
    """The resources of a bundle, whatever they are."""
    if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle":
        raise HisUnavailable(adapter=_ADAPTER, reason="not_understood")
    found = (one.get("resource") for one in bundle.get("entry") or () if isinstance(one, dict))
    return [one for one in found if isinstance(one, dict)]


def _total(bundle: Mapping[str, Any]) -> int:
    """How many there are in all, as far as it is said."""
    told = bundle.get("total")
    return told if isinstance(told, int) else 0


def _understood(read: Callable[[reading.Plain], T], row: Resource) -> T:
    try:
        return read(row)
    except reading.Misread:
        raise HisUnavailable(adapter=_ADAPTER, reason="not_understood") from None


# -- resources as rows ------------------------------------------------------------------------------------------------


def _organisation(one: Resource, others: Mapping[str, Resource]) -> dict[str, Any]:
    return {
        "code": _code(one),
        "name": one.get("name"),
        "parent_code": _referred(one.get("partOf"), others),
        "address": next(_texts(one.get("address")), ""),
        "phone": _phone(one),
        "active": one.get("active", True),
    }


def _department(one: Resource, others: Mapping[str, Resource]) -> dict[str, Any]:
    return {
        "code": _code(one),
        "name": one.get("name"),
        "organisation_code": _referred(one.get("partOf"), others),
        "introduction": _narrative(one),
        "active": one.get("active", True),
    }


def _member(one: Resource, others: Mapping[str, Resource]) -> dict[str, Any]:
    who = others.get(str((one.get("practitioner") or {}).get("reference", "")), {})
    services = one.get("healthcareService") or [None]
    return {
        "code": _code(who) or _code(one),
        "name": next(_texts(who.get("name")), None),
        "role": next((c.get("code") for found in one.get("code") or () for c in found.get("coding") or ()), None),
        "organisation_code": _referred(one.get("organization"), others),
        "department_code": _referred(services[0], others),
        "title": next((str((q.get("code") or {}).get("text", "")) for q in who.get("qualification") or ()), ""),
        "introduction": _narrative(who),
        "active": one.get("active", True),
    }


def _file(patient: Resource) -> dict[str, Any]:
    numbers = [one for one in patient.get("identifier") or () if one.get("system") == ID_NUMBER]
    return {
        "patient_number": patient.get("id"),
        "id_number": numbers[0].get("value") if numbers else None,
        "name": next(_texts(patient.get("name")), None),
        "phone": _phone(patient),
    }


def _visit(encounter: Resource) -> dict[str, Any]:
    provider = encounter.get("serviceProvider") or {}
    doctors = [(one.get("individual") or {}).get("display") for one in encounter.get("participant") or ()]
    codings = [c for reason in encounter.get("reasonCode") or () for c in reason.get("coding") or ()]
    return {
        "number": _code(encounter),
        "at": (encounter.get("period") or {}).get("start"),
        "department_name": provider.get("display"),
        "department_code": (provider.get("identifier") or {}).get("value"),
        "doctor_name": next(filter(None, doctors), ""),
        "diagnoses": [{"code": one.get("code"), "name": one.get("display")} for one in codings],
    }


def _code(one: Resource) -> Any:
    """The first identifier's value, else the logical id."""
    return next((found.get("value") for found in one.get("identifier") or ()), one.get("id"))


def _referred(reference: Any, others: Mapping[str, Resource]) -> Any:
    """The code of what is referred to: stated with the reference, or found among what came with it."""
    if not isinstance(reference, dict):
        return None
    place = str(reference.get("reference", ""))
    stated = (reference.get("identifier") or {}).get("value")
    return stated or (_code(others[place]) if place in others else place.rpartition("/")[2]) or None


def _texts(values: Any) -> Iterator[str]:
    """The texts of names or addresses; of a name that has none, family and given joined."""
    for one in values or ():
        joined = f"{one.get('family', '')}{''.join(one.get('given') or ())}"
        if text := one.get("text") or joined:
            yield str(text)


def _phone(one: Resource) -> str:
    return next(
        (str(found.get("value", "")) for found in one.get("telecom") or () if found.get("system") == "phone"), ""
    )


def _narrative(one: Resource) -> str:
    return html.unescape(_TAG.sub("", str((one.get("text") or {}).get("div", "")))).strip()


def _typed(code: str) -> dict[str, Any]:
    return {"coding": [{"system": _TYPES, "code": code}]}
