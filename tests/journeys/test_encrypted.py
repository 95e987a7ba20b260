"""The hospital as phones in the same network meet it: encrypted connections, and no others."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Iterator

import pytest
import requests
from websockets.exceptions import InvalidMessage, InvalidStatus
from websockets.sync.client import connect

from tests.journeys.hospital import HospitalProcess, eventually
from tests.journeys.people import Clinic, Patient, a_phone, in_progress
from tests.journeys.sockets import online, ticket_for

pytestmark = pytest.mark.journey


class EncryptedHospital(HospitalProcess):
    """Its addresses begin with https and wss."""

    @property
    def origin(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    @property
    def socket_url(self) -> str:
        return f"wss://127.0.0.1:{self.port}/socket"

    def requests_seen(self) -> list[dict[str, object]]:
        """The log of requests: what reached the hospital at all."""
        lines = (self.state / "logs" / "access.jsonl").read_text().splitlines()
        return [json.loads(line) for line in lines]

    def authority(self) -> str:
        """What phones are told to trust."""
        return (self.state / "tls" / "authority.crt").read_text()


@pytest.fixture(scope="module")
def encrypted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EncryptedHospital]:
    """One hospital for this module, trusted by the clients of this process."""
    process = EncryptedHospital(tmp_path_factory.mktemp("encrypted") / "state", "--encrypted")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"):
            patch.setenv(name, str(process.state / "tls" / "authority.crt"))
        process.start()
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.req("PLAT-17", "IM-18")
def test_patients_and_doctors_talk_over_encrypted_connections(encrypted: EncryptedHospital) -> None:
    """REST, cookies and sockets: a consultation from its application to a message, every byte of it encrypted."""
    patient, doctor = Patient.new(encrypted), Clinic.founded(encrypted).doctor()
    _, conversation = in_progress(patient, doctor)
    (held,) = [one for one in patient.browser.cookies if one.name == "refresh_patient"]
    assert held.secure
    assert patient.refreshes("patient").status == 200
    with online(doctor, patient) as (desk, phone):
        assert isinstance(phone.wire.socket, ssl.SSLSocket)
        assert phone.wire.socket.version() in ("TLSv1.2", "TLSv1.3")
        desk.sends(conversation, "请说说您的情况")
        phone.hears_message(text="请说说您的情况")


@pytest.mark.req("PLAT-17")
def test_a_plain_request_is_refused_before_any_of_it_is_read(encrypted: EncryptedHospital) -> None:
    """A phone number sent without encryption reaches nobody: no code is sent, and the hospital has seen no request."""
    phone, plain = a_phone(), f"http://127.0.0.1:{encrypted.port}"
    before = len(encrypted.requests_seen())
    for path in ("/api/identity/codes", "/sandbox/api/sms", "/patient/", "/"):
        refused = requests.post(plain + path, json={"phone": phone}, timeout=20, allow_redirects=False)
        assert (refused.status_code, refused.json()) == (403, {"message": "Forbidden"})
    for path in ("/api/identity/me", "/sandbox/api/accounts", "/socket"):
        answer = requests.get(plain + path, headers={"Authorization": "Bearer x"}, timeout=20, allow_redirects=False)
        assert (answer.status_code, answer.headers.get("Location")) == (403, None)
    assert len(encrypted.requests_seen()) == before
    assert encrypted.messages_to(phone) == []


@pytest.mark.req("PLAT-17")
def test_a_plain_page_is_redirected_to_its_encrypted_address(encrypted: EncryptedHospital) -> None:
    for path in ("/", "/patient/visits/vis_1?tab=2", "/staff/", "/trust/"):
        answer = requests.get(f"http://127.0.0.1:{encrypted.port}{path}", timeout=20, allow_redirects=False)
        assert (answer.status_code, answer.headers["Location"], answer.text) == (301, encrypted.origin + path, "")


@pytest.mark.req("PLAT-17", "IM-18")
def test_a_plain_socket_is_refused_and_its_ticket_is_still_good(encrypted: EncryptedHospital) -> None:
    patient = Patient.new(encrypted)
    ticket = ticket_for(patient)["ticket"]
    with pytest.raises((InvalidStatus, InvalidMessage)) as refused:
        connect(f"ws://127.0.0.1:{encrypted.port}/socket?ticket={ticket}", compression=None, open_timeout=20)
    assert isinstance(refused.value, InvalidStatus) and refused.value.response.status_code == 403
    with connect(f"{encrypted.socket_url}?ticket={ticket}", compression=None, open_timeout=20) as opened:
        opened.send(json.dumps({"action": "hello", "v": 1, "device": "journey"}))
        assert json.loads(opened.recv(timeout=20))["type"] == "welcome"


@pytest.mark.req("PLAT-17")
def test_every_answer_says_that_encryption_stays(encrypted: EncryptedHospital) -> None:
    """HSTS on pages, APIs, refusals and what is not there, beside the other security headers."""
    for path in ("/patient/", "/config.json", "/api/identity/me", "/api/nowhere/at-all", "/trust/", "/not-there"):
        headers = encrypted.get(path).headers
        assert headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"
        assert f"wss://127.0.0.1:{encrypted.port}" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_old_encryption_and_a_client_that_does_not_trust_us_do_no_harm(encrypted: EncryptedHospital) -> None:
    for context in (ssl.create_default_context(cadata=None), ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)):
        if context.verify_mode == ssl.CERT_REQUIRED and not context.get_ca_certs():
            with (
                socket.create_connection(("127.0.0.1", encrypted.port), timeout=20) as raw,
                pytest.raises(ssl.SSLError),
            ):
                context.wrap_socket(raw, server_hostname="127.0.0.1")
    assert encrypted.get("/config.json").status_code == 200


def test_phones_need_to_trust_only_once(encrypted: EncryptedHospital) -> None:
    """The authority outlives kill -9; the page for phones shows what the terminal shows."""
    before = encrypted.authority()
    encrypted.restart()
    assert encrypted.authority() == before
    page = encrypted.get("/trust/").text
    fingerprint = next(line for line in page.split("<code>")[1:]).split("</code>")[0]
    assert eventually(lambda: fingerprint in encrypted.output.read_text())
    downloaded = encrypted.get("/trust/authority.crt")
    assert ssl.DER_cert_to_PEM_cert(downloaded.content).split() == before.split()
    assert "tls" in {path.name for path in encrypted.state.iterdir()}
