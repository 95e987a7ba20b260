"""A FHIR R4 server: the searches and the conditional create that the adapter uses, and nothing else.

It is ours. Medplum's in-memory one (npm) judged the adapter once, by hand: see `test_fhir`. It is too large to come
along.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from infra.local.his.records import Records
from infra.local.his.troubles import Troubles
from tests.builders.his import KEY

Json = dict[str, Any]
ID_NUMBER = "urn:oid:2.16.156.10011.1.3"
TYPES = {"visit": "PT", "insurance": "MC", "record": "MR", "e_health": "HC"}


class FhirPeer(ThreadingHTTPServer):
    """Serves at `url`."""

    daemon_threads = True

    def __init__(self, records: Records, troubles: Troubles) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.records, self.troubles, self.ended = records, troubles, threading.Event()
        self.url = f"http://127.0.0.1:{self.server_address[1]}/fhir"


@contextmanager
def opened_fhir(records: Records, troubles: Troubles) -> Iterator[str]:
    """Its address."""
    server = FhirPeer(records, troubles)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.url
    finally:
        server.ended.set()
        server.shutdown()
        server.server_close()
        thread.join(10)


class _Answering(BaseHTTPRequestHandler):
    server: FhirPeer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        place = urlsplit(self.path)
        self._meet(place.path.removeprefix("/fhir/"), {k: v[0] for k, v in parse_qs(place.query).items()}, None)

    def do_POST(self) -> None:
        text = self.rfile.read(int(self.headers["Content-Length"])).decode()
        path = self.path.removeprefix("/fhir/")
        if path.endswith("/_search"):
            assert self.headers["Content-Type"] == "application/x-www-form-urlencoded"
            return self._meet(path.removesuffix("/_search"), {k: v[0] for k, v in parse_qs(text).items()}, None)
        assert self.headers["Content-Type"] == "application/fhir+json"
        return self._meet(path, {}, json.loads(text))

    def _meet(self, kind: str, asked: Mapping[str, str], created: Json | None) -> None:
        met = self.server.troubles.meet()
        self.server.records.note("", kind, asked.get("_id", ""), asked.get("identifier", ""), met.mode)
        if self.headers["Authorization"] != f"Bearer {KEY}":
            return self._say(401, _outcome("login"))
        if met.mode == "slow":
            self.server.ended.wait(met.seconds)
        if met.mode == "down":
            self.close_connection = True
            return None
        if met.mode == "busy":
            return self._say(503, _outcome("transient"))
        if met.mode == "refuses":
            return self._say(422, _outcome("business-rule"))
        if met.mode == "garbage":
            return self._say(200, {"resourceType": "Nonsense"})
        return self._say(200, self._answer(kind, asked, created, wrong=met.mode == "other_patient"))

    def _answer(self, kind: str, asked: Mapping[str, str], created: Json | None, *, wrong: bool) -> Json:
        records = self.server.records
        if kind in ("Organization", "PractitionerRole"):
            return self._list(kind, asked)
        if kind == "Encounter":
            file = records.file_at(asked["patient"].removeprefix("Patient/"))
            assert file is not None
            kept = [one for one in file["visits"] if one["at"] >= asked["date"].removeprefix("ge")]
            return _bundle([_encounter(one, file["patient_number"]) for one in kept])
        if created is not None:
            condition = self.headers["If-None-Exist"]
            number = created["identifier"][0]["value"]
            assert condition == f"identifier={ID_NUMBER}|{number}"
            told = {
                "id_number": number,
                "name": created["name"][0]["text"],
                "sex": created["gender"],
                "birth_date": created["birthDate"],
                "phone": next((one["value"] for one in created.get("telecom", [])), ""),
            }
            opened = records.open(told, "")
            return _patient(records.another(opened["patient_number"]) if wrong else opened)
        if "_id" in asked:
            file = records.file_at(asked["_id"])
            if file and "identifier" in asked and asked["identifier"] not in {one["number"] for one in file["cards"]}:
                file = None
        else:
            file = records.find(asked["identifier"].removeprefix(f"{ID_NUMBER}|"), None)
        if wrong:
            file = records.another(file["patient_number"] if file else "")
        return _bundle([_patient(file)] if file else [])

    def _list(self, kind: str, asked: Mapping[str, str]) -> Json:
        lists = {"prov": "organisations", "dept": "departments", "": "staff"}
        since = asked.get("_lastUpdated", "").removeprefix("ge")
        rows, cursor = self.server.records.page(lists[asked.get("type", "")], since, asked.get("_cursor", ""))  # type: ignore[arg-type]
        if kind == "Organization":
            bundle = _bundle([_organization(row, asked["type"]) for row in rows])
        else:
            bundle = _bundle([one for row in rows for one in _member(row)])
        if cursor:
            after = urlencode({**asked, "_cursor": cursor})
            bundle["link"] = [{"relation": "next", "url": f"{self.server.url}/{kind}?{after}"}]
        return bundle

    def _say(self, status: int, answer: Json) -> None:
        said = json.dumps(answer, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/fhir+json")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, format: str, *args: Any) -> None:
        pass


def _outcome(code: str) -> Json:
    return {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": code}]}


def _bundle(resources: list[Json]) -> Json:
    return {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": one} for one in resources]}


def _told(text: str) -> Json:
    return {"text": {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml"><p>{text}</p></div>'}}


def _organization(row: Json, kind: str) -> Json:
    above = row.get("parent_code") if kind == "prov" else row.get("organisation_code")
    return {
        "resourceType": "Organization",
        "id": f"{kind}-{row['code']}",
        "identifier": [{"value": row["code"]}],
        "active": row.get("active", True),
        "type": [{"coding": [{"code": kind}]}],
        "name": row["name"],
        "telecom": [{"system": "phone", "value": row.get("phone", "")}],
        "address": [{"text": row.get("address", "")}],
        **({"partOf": {"reference": f"Organization/prov-{above}", "identifier": {"value": above}}} if above else {}),
        **_told(row.get("introduction", "")),
    }


def _member(row: Json) -> list[Json]:
    code = row["code"]
    practitioner = {
        "resourceType": "Practitioner",
        "id": f"pr-{code}",
        "identifier": [{"type": {"coding": [{"code": "EI"}]}, "value": code}],
        "name": [{"text": row["name"]}] if row["name"] else [],
        "qualification": [{"code": {"text": row.get("title", "")}}],
        **_told(row.get("introduction", "")),
    }
    role = {
        "resourceType": "PractitionerRole",
        "id": f"role-{code}",
        "active": row.get("active", True),
        "practitioner": {"reference": f"Practitioner/pr-{code}"},
        "organization": {"identifier": {"value": row["organisation_code"]}},
        "code": [{"coding": [{"code": row["role"]}]}],
        "healthcareService": [{"identifier": {"value": row.get("department_code")}}],
    }
    return [role, practitioner]


def _patient(file: Json) -> Json:
    cards = [
        {
            "type": {"coding": [{"code": TYPES[one["kind"]]}]},
            "value": one["number"],
            **({} if one.get("active", True) else {"use": "old"}),
        }
        for one in file["cards"]
    ]
    return {
        "resourceType": "Patient",
        "id": file["patient_number"],
        "identifier": [{"system": ID_NUMBER, "value": file["id_number"]}, *cards],
        "name": [{"text": file["name"]}],
        "telecom": [{"system": "phone", "value": file.get("phone", "")}],
    }


def _encounter(visit: Json, patient_number: str) -> Json:
    return {
        "resourceType": "Encounter",
        "id": visit["number"],
        "identifier": [{"value": visit["number"]}],
        "status": "finished",
        "subject": {"reference": f"Patient/{patient_number}"},
        "period": {"start": visit["at"]},
        "serviceProvider": {
            "display": visit["department_name"],
            "identifier": {"value": visit.get("department_code", "")},
        },
        "participant": [{"individual": {"display": visit.get("doctor_name", "")}}],
        "reasonCode": [{"coding": [{"code": one["code"], "display": one["name"]}]} for one in visit["diagnoses"]],
    }
