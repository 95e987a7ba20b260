"""REST through the running small clinic: events, authorizers, limits, and functions that misbehave."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from pathlib import Path

import pytest

from infra.security_headers import security_headers
from tests.infra.local.clinic import clinic
from tests.journeys.hospital import HospitalProcess

pytestmark = pytest.mark.journey
__all__ = ["clinic"]

FAILED = {"message": "Internal server error"}


def test_the_event_is_that_of_a_rest_api(clinic: HospitalProcess) -> None:
    answer = clinic.post("/api/clinic/echo?a=1&a=%E4%BA%91&b=", {"name": "云诊"}, headers={"X-Own": "v"})
    event = answer.json()["event"]
    assert answer.headers["X-Echo"] == "yes"
    assert (event["resource"], event["path"], event["httpMethod"]) == ("/echo", "/api/clinic/echo", "POST")
    assert event["queryStringParameters"] == {"a": "云", "b": ""}
    assert event["multiValueQueryStringParameters"] == {"a": ["1", "云"], "b": [""]}
    assert event["headers"]["X-Own"] == "v" and event["multiValueHeaders"]["X-Own"] == ["v"]
    assert json.loads(event["body"]) == {"name": "云诊"} and event["isBase64Encoded"] is False
    context = event["requestContext"]
    assert context["resourcePath"] == "/echo" and context["stage"] == "live"
    assert context["identity"]["sourceIp"] == "127.0.0.1"
    assert answer.headers["x-amzn-RequestId"] == context["requestId"]


def test_path_parameters_have_the_documents_names_and_literal_parts_win(clinic: HospitalProcess) -> None:
    def event(path: str) -> dict[str, object]:
        found: dict[str, object] = clinic.get(f"/api/clinic{path}").json()["event"]
        return found

    assert event("/echo/wang")["pathParameters"] == {"name": "wang"}
    assert event("/echo/wang")["resource"] == "/echo/{name}"
    assert event("/echo/fixed")["pathParameters"] is None
    assert event("/echo/a%0A")["pathParameters"] == {"name": "a%0A"}
    assert event("/echo/a%2Fb")["pathParameters"] == {"name": "a%2Fb"}
    assert event("/files/a/b/c.txt")["pathParameters"] == {"path": "a/b/c.txt"}


def test_a_function_sees_its_own_environment_only(clinic: HospitalProcess) -> None:
    seen = clinic.get("/api/clinic/echo").json()["environment"]
    assert seen["OWN"] == "only echo sees this" and seen["PROFILE"] == "local" and seen["ROWS"] == "small-rows"
    assert seen["AWS_LAMBDA_FUNCTION_NAME"] == "yunzhen-Clinic-Echo"
    assert "HOME" not in seen and "AWS_SECRET_ACCESS_KEY" not in seen


@pytest.mark.parametrize(
    "path", ["/api/clinic/nothing", "/api/nowhere/echo", "/api/", "/api/clinic", "/api/clinic/echo/"]
)
def test_an_unknown_route_is_403(clinic: HospitalProcess, path: str) -> None:
    answer = clinic.get(path)
    assert answer.status_code == 403 and answer.json() == {"message": "Missing Authentication Token"}
    assert answer.headers["x-amzn-ErrorType"] == "MissingAuthenticationTokenException"


def test_a_method_that_the_route_does_not_have_is_403(clinic: HospitalProcess) -> None:
    assert clinic.request("DELETE", "/api/clinic/echo").status_code == 403


@pytest.mark.parametrize(
    ("token", "status", "body"),
    [
        (None, 401, {"code": "session.over", "facts": {}}),
        ("", 401, {"code": "session.over", "facts": {}}),
        ("unauthorized", 401, {"code": "session.over", "facts": {}}),
        ("denied", 403, {"code": "access.denied", "facts": {}}),
        ("elsewhere", 403, {"code": "access.denied", "facts": {}}),
        ("broken", 500, {"message": None}),
        ("no-policy", 500, {"message": None}),
        ("nested", 500, {"message": None}),
    ],
)
def test_who_is_not_let_in_gets_the_documents_answer(
    clinic: HospitalProcess, token: str | None, status: int, body: dict[str, object]
) -> None:
    headers = {"Authorization": ""} if token == "" else None
    answer = clinic.get("/api/clinic/secret", token=token or None, headers=headers)
    assert answer.status_code == status
    said = answer.json()
    if "code" in said:
        assert said.pop("request_id") == answer.headers["x-amzn-RequestId"]
    assert said == body


def test_the_authorizers_context_arrives_as_texts(clinic: HospitalProcess) -> None:
    context = clinic.get("/api/clinic/secret", token="good").json()["event"]["requestContext"]["authorizer"]
    assert (context["principalId"], context["person_id"]) == ("per_1", "per_1")
    assert (context["age"], context["adult"]) == ("7", "true")


@pytest.mark.parametrize(
    "how",
    ["raise", "exit", "recurse", "text", "nothing", "no-status", "status-text", "body-mapping", "header-split",
     "unknown-key", "not-base64", "seven-megabytes", "not-json"],
)  # fmt: skip
def test_a_function_that_misbehaves_is_a_502_and_nothing_of_it_leaks(clinic: HospitalProcess, how: str) -> None:
    answer = clinic.get(f"/api/clinic/misbehave?how={how}")
    assert (answer.status_code, answer.json()) == (502, FAILED)
    assert clinic.get("/api/clinic/misbehave?how=fine").status_code == 200


def test_a_function_that_cannot_be_imported_is_a_502(clinic: HospitalProcess) -> None:
    assert clinic.get("/api/clinic/broken").status_code == 502
    assert "Clinic-Broken cannot be loaded: RuntimeError: this module is broken" in clinic.output.read_text()


def test_a_function_past_its_own_time_is_a_502_and_the_hospital_goes_on(clinic: HospitalProcess) -> None:
    threads = [
        threading.Thread(target=clinic.get, args=("/api/clinic/misbehave?how=never",)) for _ in range(70)
    ]  # more than there are threads for functions
    began = time.monotonic()
    for thread in threads:
        thread.start()
    time.sleep(0.3)
    answer = clinic.get("/api/clinic/misbehave?how=never")
    assert (answer.status_code, answer.json()) == (502, FAILED)
    for thread in threads:
        thread.join()
    assert clinic.get("/api/clinic/echo").status_code == 200
    assert time.monotonic() - began < 15


def test_a_function_past_the_integrations_time_is_a_504(clinic: HospitalProcess) -> None:
    answer = clinic.get("/api/clinic/slow?sleep=1")
    assert (answer.status_code, answer.json()) == (504, {"message": "Endpoint request timed out"})


def test_a_function_that_leaves_threads_is_named_in_the_log_and_others_are_served(clinic: HospitalProcess) -> None:
    for _ in range(3):
        assert clinic.get("/api/clinic/misbehave?how=threads").status_code == 200
    sentence = "has left 10 threads running, such as 'forgotten'; end them before answering"
    assert f"yunzhen-Clinic-Misbehave: {sentence}" in clinic.output.read_text()
    assert clinic.get("/api/clinic/echo").status_code == 200


def test_failures_and_output_are_in_the_functions_file_with_the_functions_name(clinic: HospitalProcess) -> None:
    clinic.get("/api/clinic/misbehave?how=raise")
    lines = [json.loads(line) for line in (clinic.state / "logs" / "functions.jsonl").read_text().splitlines()]
    mine = [line for line in lines if line["function"] == "yunzhen-Clinic-Misbehave"]
    assert any(line.get("log") == "misbehaving: raise" for line in mine)
    assert any("KeyError: 'no such thing'" in line.get("failed", "") for line in mine)


@pytest.mark.parametrize(("megabytes", "status"), [(5, 200), (8, 413), (11, 413)])
def test_bodies_over_the_limits_are_413(clinic: HospitalProcess, megabytes: int, status: int) -> None:
    # Up to 10 MB API Gateway takes, but Lambda only 6 MB; this answer is short.
    body = b'"' + b"x" * (megabytes * 1024 * 1024) + b'"'
    answer = clinic.request("POST", "/api/clinic/misbehave?how=fine", data=body)
    assert answer.status_code == status
    if status == 413:
        assert answer.json() == {"message": "Request Too Long"}


def test_a_body_that_does_not_say_its_length_is_cut_off_too(clinic: HospitalProcess) -> None:
    pieces = (b"x" * 65536 for _ in range(200))
    answer = clinic.request("POST", "/api/clinic/misbehave?how=fine", data=pieces)
    assert answer.status_code == 413


def test_answers_carry_the_sites_security_headers(clinic: HospitalProcess) -> None:
    """Pages, APIs and refusals carry those that the deployed site sends; only the API document's page is styled by
    its library. Nothing is promised about encryption where there is none."""
    wanted = security_headers(f"ws://127.0.0.1:{clinic.port}")
    assert wanted.pop("Strict-Transport-Security") == "max-age=63072000; includeSubDomains"
    for path in ("/api/clinic/echo", "/config.json", "/api/nowhere", "/patient/", "/not-there"):
        headers = clinic.get(path).headers
        assert {name: headers.get(name) for name in wanted} == wanted
        assert headers["Server"] == "hospital" and "Strict-Transport-Security" not in headers
        assert "unsafe-inline" not in headers["Content-Security-Policy"]
    assert "style-src 'self' 'unsafe-inline';" in clinic.get("/docs/").headers["Content-Security-Policy"]


def test_what_pages_may_do_is_little() -> None:
    headers = security_headers("wss://socket.example")
    rules = dict(rule.strip().split(" ", 1) for rule in headers["Content-Security-Policy"].split(";"))
    assert (rules["default-src"], rules["object-src"], rules["frame-ancestors"]) == ("'self'", "'none'", "'none'")
    assert rules["connect-src"] == "'self' wss://socket.example"
    assert not {"'unsafe-inline'", "'unsafe-eval'", "*"} & set(" ".join(rules.values()).split())
    assert {"camera=(self)", "microphone=(self)"} <= set(headers["Permissions-Policy"].split(", "))
    assert headers["Referrer-Policy"] == "same-origin" and headers["X-Frame-Options"] == "DENY"


def test_the_front_door_and_the_pages(clinic: HospitalProcess) -> None:
    home = clinic.get("/")
    assert (home.status_code, home.headers["Location"]) == (302, "/patient/")
    assert clinic.get("/config.json").json() == {"api_base": "/api", "profile": "local"}
    assert clinic.get("/staff?x=1").headers["Location"] == "/staff/?x=1"
    page = clinic.get("/patient/visits/vis_1")
    assert page.status_code in (200, 503) and page.headers["Cache-Control"] == "no-store"
    if page.status_code == 503:
        assert "infra/set_up.py --web" in page.text
    for outside in ("/patient/..%2f..%2f..%2f..%2fpackage.json", "/patient/%2e%2e/%2e%2e/package.json", "/patient/%00"):
        assert "devDependencies" not in clinic.get(outside).text
    assert clinic.get("/patient/assets/none-abc123.js").status_code in (404, 503)


def test_the_sms_inbox_keeps_what_was_sent(clinic: HospitalProcess) -> None:
    for n in range(3):
        sent = {"phone": "13800000001", "text": f"code {n}", "sent_at": f"2026-11-21T10:00:0{n}Z"}
        assert clinic.post("/sandbox/api/sms", sent).status_code == 201
    clinic.post("/sandbox/api/sms", {"phone": "13800000002", "text": "other", "sent_at": "2026-11-21T10:00:00Z"})
    assert [message["text"] for message in clinic.messages_to("13800000001")] == ["code 2", "code 1", "code 0"]
    for wrong in ([], {"phone": 1, "text": "x"}, {"phone": "1"}, "text"):
        assert clinic.post("/sandbox/api/sms", wrong).status_code == 400
    for never, cause in ((("19900000000", "text"), "no_such_number"), (("13800000001", "含屏蔽词"), "keyword")):
        answer = clinic.post("/sandbox/api/sms", dict(zip(("phone", "text"), never, strict=True)))
        assert (answer.status_code, answer.json()) == (422, {"cause": cause})


def test_strangers_at_the_door_do_no_harm(clinic: HospitalProcess) -> None:
    for garbage in (b"\x00\xff\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"POST /api/clinic/echo HTTP/1.1\r\nHost: x\r\n"):
        with socket.create_connection(("127.0.0.1", clinic.port)) as stranger:
            stranger.sendall(garbage)
            stranger.settimeout(0.5)
            with contextlib.suppress(TimeoutError, ConnectionError):
                stranger.recv(1000)
    assert clinic.get("/api/clinic/echo").status_code == 200
    access = Path(clinic.state / "logs" / "access.jsonl").read_text().splitlines()
    assert json.loads(access[-1])["path"] == "/api/clinic/echo"
