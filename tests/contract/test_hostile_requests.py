"""Requests that no page of ours sends: each is refused by its code, none brings anything down."""

from __future__ import annotations

import base64
import json
import socket
from typing import Any

import pytest
import requests

from tests.journeys.hospital import HospitalProcess
from tests.journeys.people import Clinic, Doctor, Patient, a_key

pytestmark = pytest.mark.journey

ME = "/identity/me"
VISITS = "/consultation/visits"


@pytest.fixture(scope="module")
def clinic(hospital: HospitalProcess) -> Clinic:
    """Where the doctor works whom everybody asks."""
    return Clinic.founded(hospital)


@pytest.fixture(scope="module")
def doctor(clinic: Clinic) -> Doctor:
    """That doctor."""
    return clinic.doctor()


@pytest.fixture
def patient(hospital: HospitalProcess) -> Patient:
    """A patient for each test, who has shown who they are."""
    return Patient.new(hospital)


@pytest.fixture
def newcomer(hospital: HospitalProcess) -> Patient:
    """Somebody who has no name yet, and may still give themselves one."""
    return Patient.new(hospital, verified=False)


def send(
    patient: Patient,
    method: str,
    path: str,
    raw: bytes = b"",
    content_type: str | None = "application/json",
    **more: Any,
) -> tuple[int, str]:
    """Status and code of the answer to raw bytes; every refusal has the body that clients know."""
    headers = {"Authorization": f"Bearer {patient.token}", **more.pop("headers", {})}
    if content_type is not None:
        headers["Content-Type"] = content_type
    address = f"{patient.hospital.origin}/api{path}"
    answer = requests.request(method, address, data=raw, headers=headers, timeout=40, allow_redirects=False, **more)
    if answer.status_code < 400:
        return answer.status_code, ""
    body = answer.json()
    assert set(body) == {"code", "facts", "request_id"} and body["request_id"], body
    assert answer.headers["Content-Type"].split(";")[0] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.status_code, body["code"]


def named(name: object) -> bytes:
    """A change of one's name, as JSON."""
    return json.dumps({"name": name}).encode()


# -- bodies -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b'{"name": "a\\u0000b"}', "request.invalid"),
        (b'{"na\\u0000me": "ab"}', "request.invalid"),
        (b'{"name": "a\x00b"}', "request.invalid"),
        (b'{"name": "\\ud800\\ud800"}', "request.invalid"),
        (b'{"name": "ab"}\x00', "request.invalid"),
        (b"\x00", "request.invalid"),
    ],
)
def test_nul_bytes_and_half_characters(newcomer: Patient, raw: bytes, code: str) -> None:
    """What is no text is refused wherever it stands, and nothing is stored."""
    assert send(newcomer, "PATCH", ME, raw) == (400, code)
    assert newcomer.ok("GET", ME)["name"] is None


def test_nul_bytes_elsewhere(hospital: HospitalProcess, patient: Patient) -> None:
    """In paths, queries, cookies and headers."""
    assert send(patient, "GET", f"{VISITS}/vis_%00") == (404, "request.not_found")
    assert send(patient, "GET", "/directory/reference/faq%00s") == (404, "request.not_found")
    assert send(patient, "GET", "/directory/doctors?q=a%00b") == (400, "request.invalid")
    assert send(patient, "GET", "/directory/doctors?q%00=a") == (400, "request.invalid")
    assert send(patient, "GET", f"{VISITS}?cursor=%00%00") == (400, "request.invalid")
    refresh = b'{"audience": "patient"}'
    answer = send(
        patient, "POST", "/identity/sessions/refresh", refresh, headers={"Cookie": "refresh_patient=a%00.b.c.d"}
    )
    assert answer == (401, "session.over")
    for header in (b"Authorization: Bearer a\x00b", b"Idempotency-Key: aaaaaaaa\x00a"):
        assert raw_status(hospital, b"GET /api/identity/me HTTP/1.1\r\nHost: h\r\n" + header + b"\r\n\r\n") in (
            400,
            401,
        )


@pytest.mark.parametrize(
    "number",
    [
        "-1",
        "0",
        "2147483649",
        "9223372036854775808",
        "1e30",
        "1e400",
        "-1e400",
        "NaN",
        "Infinity",
        "1.5",
        '"1"',
        "true",
        "9" * 5000,
    ],
    ids=lambda number: number[:12],
)
def test_numbers_that_are_none_here(doctor: Doctor, patient: Patient, number: str) -> None:
    """Too small, too large, too long, no whole number, no number: refused in the body."""
    text = json.dumps({**patient.application(doctor), "notice_version": 0}).replace(
        '"notice_version": 0', f'"notice_version": {number}'
    )
    status, code = send(patient, "POST", VISITS, text.encode())
    allowed = ("request.schema_broken", "request.invalid", "visit.notice_not_accepted")
    assert status == 400 and code in allowed, (status, code)


@pytest.mark.parametrize(
    "number", ["-1", "0", "101", "9223372036854775808", "1e5", "1.5", "abc", "", "٣", "9" * 5000], ids=lambda n: n[:8]
)
def test_numbers_in_queries(patient: Patient, number: str) -> None:
    """Likewise in the query."""
    assert send(patient, "GET", f"{VISITS}?limit={number}") == (400, "request.schema_broken")


@pytest.mark.parametrize(
    "query", ["after=-1", "before=99999999999", "after=1&before=5", "after=x", "after=1&after=2&nothing=3"]
)
def test_numbers_of_messages(doctor: Doctor, patient: Patient, query: str) -> None:
    """Numbers that no message can have, and both directions at once."""
    path = f"/messaging/conversations/cnv_00000000/messages?{query}"
    assert send(patient, "GET", path) == (400, "request.schema_broken")


@pytest.mark.parametrize(
    "raw", [b"", b"null", b"[]", b'"text"', b"1", b"{", b'{"name": }', b"{}{}", b"\xff\xfe{}", b"'", b"[{}]"]
)
def test_bodies_that_are_no_object(patient: Patient, raw: bytes) -> None:
    """Refused, whichever way they are wrong."""
    status, code = send(patient, "PATCH", ME, raw)
    assert status == 400 and code in ("request.invalid", "request.schema_broken"), (status, code)


def test_unknown_fields_and_wrong_types_are_named_without_their_values(patient: Patient) -> None:
    """The facts tell the page which field is wrong, and nobody's text."""
    told = {"name": {"secret": "病情"}, "preferences": {"language": "fr", "size": 3}, "role": "operator"}
    facts = patient.refused(400, "request.schema_broken", "PATCH", ME, told)
    assert sorted(problem["field"] for problem in facts["fields"]) == [
        "name",
        "preferences.language",
        "preferences.size",
        "role",
    ]
    assert "病情" not in json.dumps(facts, ensure_ascii=False)
    assert patient.ok("GET", ME)["role"] == "patient"


def test_huge_bodies(patient: Patient) -> None:
    """Over our limit and over the gateway's; a body that is just within is read."""
    assert send(patient, "PATCH", ME, named("a" * 300_000)) == (413, "request.too_large")
    assert send(patient, "PATCH", ME, named("a" * 250_000)) == (400, "request.schema_broken")
    assert send(patient, "PATCH", ME, named("a" * (11 << 20))) == (413, "request.too_large")
    many = json.dumps({f"field{number}": number for number in range(9000)}).encode()
    assert send(patient, "PATCH", ME, many) == (400, "request.schema_broken")


@pytest.mark.parametrize("depth", [40, 2000, 60_000])
def test_deeply_nested_bodies(patient: Patient, depth: int) -> None:
    """Arrays and objects, nested beyond what any form of ours is."""
    for raw in (b'{"name": ' + b"[" * depth + b"]" * depth + b"}", b'{"name":' * depth + b"1" + b"}" * depth):
        if len(raw) < 250_000:
            assert send(patient, "PATCH", ME, raw) == (400, "request.invalid")


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/xml", "multipart/form-data; boundary=x", "", "application/json, text/plain"],
)
def test_other_media_types(newcomer: Patient, content_type: str) -> None:
    """Only JSON is read."""
    assert send(newcomer, "PATCH", ME, b"name=x", content_type)[0] in (400, 415)
    assert newcomer.ok("GET", ME)["name"] is None


# -- paths and queries ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        f"{VISITS}/",
        f"{VISITS}/vis_1%0A",
        f"{VISITS}/vis_1%2F..",
        f"{VISITS}/..%2f..%2fidentity%2fme",
        f"{VISITS}/%E6%97%A0",
        f"{VISITS}/vis_" + "a" * 5000,
        f"{VISITS}/VISIT%23vis_1",
        "/directory/reference/__class__",
        "/directory/reference/faqs/ref_1%23",
        "/identity",
    ],
    ids=lambda path: path[:40],
)
def test_paths_that_lead_nowhere(patient: Patient, path: str) -> None:
    """Not found, in our words."""
    assert send(patient, "GET", path) == (404, "request.not_found")


@pytest.mark.parametrize("path", ["/nowhere/visits", "//identity/me", "/", "/%2e%2e/identity/me"])
def test_addresses_of_no_api(patient: Patient, path: str) -> None:
    """Nothing is mapped there: the gateway says so in its own words, as there is no API whose words it could use."""
    answer = requests.get(f"{patient.hospital.origin}/api{path}", timeout=40, allow_redirects=False)
    assert answer.status_code in (403, 404)


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])
def test_methods_that_a_path_does_not_have(patient: Patient, method: str) -> None:
    """Like a path that leads nowhere: API Gateway knows no difference."""
    assert send(patient, method, "/identity/sign-out") == (404, "request.not_found")


def test_unknown_and_doubled_query_parameters(patient: Patient) -> None:
    """A parameter that does not exist is refused; of a doubled one the last counts, as the gateway has it."""
    assert send(patient, "GET", f"{VISITS}?state=applied&organisation=1") == (400, "request.schema_broken")
    assert send(patient, "GET", f"{VISITS}?state=nothing") == (400, "request.schema_broken")
    assert send(patient, "GET", f"{VISITS}?limit=0&limit=5") == (200, "")


def test_cursors_of_another_list_or_of_ones_own_making(clinic: Clinic, doctor: Doctor, patient: Patient) -> None:
    """A cursor is a place in one's own list: another person's opens nothing of theirs."""
    neighbour, colleague = Patient.new(patient.hospital), clinic.doctor(1)
    mine = [neighbour.applies_to(one)["id"] for one in (doctor, colleague)]
    cursor = neighbour.ok("GET", f"{VISITS}?limit=1")["cursor"]
    assert neighbour.ok("GET", f"{VISITS}?limit=1&cursor={cursor}")["items"][0]["id"] == mine[0]
    answer = patient.ask("GET", f"{VISITS}?cursor={cursor}")
    assert answer.status == 400 or answer.json["items"] == [], answer
    assert send(patient, "GET", f"/messaging/conversations?cursor={cursor}")[0] in (200, 400)

    def made(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    forged: list[object] = ["", [], {}, 1, None, ["a"], ["a", "b"], ["a", "b", 3], ["", "", ""]]
    for value in ("%%%", "é", "a" * 1500, *map(made, forged)):
        status, code = send(patient, "GET", f"{VISITS}?cursor={value}")
        assert (status, code) in ((400, "request.cursor_unknown"), (400, "request.schema_broken")) or value == "", value
    status, code = send(patient, "GET", f"{VISITS}?cursor={made(['VISIT#vis_1', 'VISIT', '2026'])}")
    assert status in (200, 400), (status, code)


def test_what_a_client_says_about_itself_is_not_believed(hospital: HospitalProcess) -> None:
    """Headers that name a person, a role or an address change nothing; the log shows where it really came from."""
    claims = {
        "X-Forwarded-For": "8.8.8.8",
        "X-Person-Id": "per_1",
        "X-Role": "operator",
        "X-Amzn-RequestContext": "{}",
        "X-HTTP-Method-Override": "DELETE",
    }
    patient = Patient(hospital)
    patient.browser.headers.update(claims)
    patient.phone = Patient.new(hospital).phone
    patient.signs_in()
    assert patient.ok("GET", ME)["role"] == "patient"
    assert {line["ip"] for line in patient.ok("GET", "/identity/sign-ins")["items"]} == {"127.0.0.1"}


def test_a_request_of_another_site_is_refused(patient: Patient) -> None:
    """The refresh cookie works for our own pages alone, even if a browser sent it along."""
    token = patient.browser.cookies["refresh_patient"]
    answer = send(
        patient,
        "POST",
        "/identity/sessions/refresh",
        b'{"audience": "patient"}',
        headers={"Cookie": f"refresh_patient={token}", "Origin": "https://evil.example"},
    )
    assert answer == (403, "session.origin_refused")
    assert patient.refreshes("patient").status == 200


# -- idempotency keys -------------------------------------------------------------------------------------------------


def test_a_key_belongs_to_one_wish(clinic: Clinic, doctor: Doctor, patient: Patient) -> None:
    """Reused with another body or on another route it is refused, and nothing happens; another person may use it."""
    key = a_key()
    first = patient.ok("POST", VISITS, patient.application(doctor), key=key)
    colleague = clinic.doctor(1)
    patient.refused(409, "request.idempotency_key_reused", "POST", VISITS, patient.application(colleague), key=key)
    patient.refused(409, "request.idempotency_key_reused", "PATCH", ME, {"name": "另一个名字"}, key=key)
    patient.refused(409, "request.idempotency_key_reused", "POST", "/messaging/tickets", {}, key=key)
    assert [visit["id"] for visit in patient.ok("GET", VISITS)["items"]] == [first["id"]]
    other = Patient.new(patient.hospital)
    assert other.ok("POST", VISITS, other.application(doctor), key=key)["id"] != first["id"]
    assert patient.ok("POST", VISITS, patient.application(doctor), key=key) == first


def test_a_key_of_one_record_is_not_good_for_another(clinic: Clinic) -> None:
    """The same route with another id is another wish: the key must not answer for it."""
    doctor = clinic.doctor(1)
    one, two = (Patient.new(clinic.hospital).applies_to(doctor)["id"] for _ in range(2))
    key = a_key()
    assert doctor.ok("POST", f"{VISITS}/{one}/accept", {}, key=key)["id"] == one
    doctor.refused(409, "request.idempotency_key_reused", "POST", f"{VISITS}/{two}/accept", {}, key=key)
    assert doctor.sees_visit(two)["state"] == "applied"


def test_a_key_of_a_refused_wish_is_free(doctor: Doctor, patient: Patient) -> None:
    """What did not happen keeps no answer: the same key may be sent with what was put right."""
    key = a_key()
    wrong = {**patient.application(doctor), "doctor_id": "prr_0"}
    patient.refused(404, "visit.doctor_not_found", "POST", VISITS, wrong, key=key)
    assert patient.ok("POST", VISITS, patient.application(doctor), key=key)["state"] == "applied"


@pytest.mark.parametrize(
    "key",
    ["short", "a" * 65, "with space", "semi;colon", "ключ-ключ".encode().decode("latin1"), "a" * 4000],
    ids=lambda key: key[:10],
)
def test_keys_that_are_none(newcomer: Patient, key: str) -> None:
    """Refused, before anything happens."""
    assert send(newcomer, "PATCH", ME, named("王小明"), headers={"Idempotency-Key": key.encode("latin1")})[0] == 400
    assert newcomer.ok("GET", ME)["name"] is None


def test_a_key_where_no_answer_is_kept_means_nothing(newcomer: Patient) -> None:
    """Questions, and ends that can be asked for again: signing out."""
    key = a_key()
    before = newcomer.ok("GET", ME, key=key)
    newcomer.ok("PATCH", ME, {"name": "王小明"}, key=key)
    assert before["name"] is None and newcomer.ok("GET", ME, key=key)["name"] == "王小明"
    tablet = newcomer.on_another_device()
    tablet_id = next(one["id"] for one in tablet.ok("GET", "/identity/sessions")["items"] if one["current"])
    newcomer.ok("DELETE", f"/identity/sessions/{tablet_id}", key=key)
    newcomer.ok("POST", "/identity/sign-out", key=key)


# -- the line itself --------------------------------------------------------------------------------------------------


def raw_status(hospital: HospitalProcess, request: bytes) -> int:
    """The status line's number for raw bytes on the port; 0 when it hangs up or waits for more."""
    with socket.create_connection(("127.0.0.1", hospital.port), timeout=2) as line:
        try:
            line.sendall(request)
            answer = line.recv(4096)
        except OSError:
            return 0
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/") else 0


@pytest.mark.parametrize(
    "request_",
    [
        b"\x00\x01\x02\r\n\r\n",
        b"GET /api/identity/me\r\n\r\n",
        b"GET /api/identity/me HTTP/9.9\r\nHost: h\r\n\r\n",
        b"GET /api/identity/me HTTP/1.1\r\nHost: h\r\nAuthorization: " + b"a" * 200_000 + b"\r\n\r\n",
        b"POST /api/identity/codes HTTP/1.1\r\nHost: h\r\nContent-Length: -5\r\n\r\n",
        b"PATCH /api/identity/me HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /api/identity/codes HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /api/directory/doctors HTTP/1.1\r\nHost: h\r\nX-A: 1\r\n X-B: folded\r\n\r\n",
    ],
    ids=lambda request: repr(request[:60]),
)
def test_lines_that_are_no_http(hospital: HospitalProcess, patient: Patient, request_: bytes) -> None:
    """Refused or hung up on; the next one is answered."""
    assert raw_status(hospital, request_) < 500
    assert patient.ok("GET", ME)["role"] == "patient"
