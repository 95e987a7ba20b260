"""The port to the hospital's own information system (HIS, 院内系统).

`HIS_ADAPTER` names the adapter and `HIS_URL` where its HIS answers; the key to it stands in the secret of vendors as
`{"his": {"id": ..., "key": ...}}`.

| adapter | speaks |
| --- | --- |
| `embedded` | JSON over HTTP to the small HIS of the local hospital: the default |
| `fhir` | FHIR R4 over HTTP |
| `soap` | the web service of `his.wsdl`, SOAP 1.1 |
| `hl7` | HL7 v2.5.1 over MLLP; `HIS_URL` is `mllp://host:port`, or `mllps://` with TLS |
| `none` | a hospital without a HIS: every verb says that it is unavailable |
"""

from __future__ import annotations

from adapters.his.absent import NoHis
from adapters.his.embedded import EmbeddedHis
from adapters.his.fhir import FhirHis
from adapters.his.guarded import GuardedHis
from adapters.his.hl7 import Hl7His
from adapters.his.port import (
    CardKind,
    Diagnosis,
    His,
    HisAnsweredAnother,
    HisCard,
    HisCards,
    HisDepartment,
    HisFile,
    HisOrganisation,
    HisPage,
    HisRefused,
    HisStaff,
    HisUnavailable,
    HisVisit,
    HisVisits,
    NewFile,
    Presented,
    Sex,
    StaffRole,
    Unreadable,
    WhoIs,
)
from hospital import secret_keys, settings

__all__ = (
    "AdapterUnknown",
    "CardKind",
    "Diagnosis",
    "His",
    "HisAnsweredAnother",
    "HisCard",
    "HisCards",
    "HisDepartment",
    "HisFile",
    "HisOrganisation",
    "HisPage",
    "HisRefused",
    "HisStaff",
    "HisUnavailable",
    "HisVisit",
    "HisVisits",
    "NewFile",
    "Presented",
    "Sex",
    "StaffRole",
    "Unreadable",
    "WhoIs",
    "his",
)


class AdapterUnknown(RuntimeError):
    """`HIS_ADAPTER` names no adapter."""


def his() -> His:
    """The HIS that the settings name, behind a circuit breaker, with its answers checked."""
    current = settings.current()
    return GuardedHis(_adapter(current.his_adapter, current.his_url), current.his_url)


def _adapter(named: str, url: str) -> His:
    """That of the web service is imported when it is named: it needs a package that only some functions carry."""
    if named == "none":
        return NoHis()
    key = secret_keys.vendor_keys("his")["key"]
    if named == "embedded":
        return EmbeddedHis(url, key)
    if named == "fhir":
        return FhirHis(url, key, _scans())
    if named == "soap":
        from adapters.his.soap import SoapHis

        return SoapHis(url, key)
    if named == "hl7":
        return Hl7His(url, key, _scans())
    raise AdapterUnknown(f"HIS_ADAPTER={named} is no known adapter; known: embedded, fhir, hl7, none, soap")


def _scans() -> frozenset[str]:
    return frozenset(settings.current().his_scans.split(","))
