"""Other systems by web service: zeep reads the description and calls; what is no call, or from nobody, is refused."""

from __future__ import annotations

from base64 import b64encode
from datetime import datetime

import pytest
from zeep.exceptions import Fault

from hospital import clock
from hospital.systems.proving import digest
from tests.builders.delivery import Delivery
from tests.builders.inbox import Inbox
from tests.builders.moments import Time
from tests.builders.people import Clinic, found_clinic
from tests.builders.sending import PHONE, System, envelope, soap

pytestmark = pytest.mark.store

TEXT = {"reference": "r-1", "phone": PHONE, "text": "报告已出 <1>&2"}
SEND = "<t:SendSms><t:reference>r</t:reference><t:phone>13912345678</t:phone><t:text>x</t:text></t:SendSms>"


@pytest.fixture(autouse=True)
def open_house(deliver: Delivery, clinic: Clinic, inbox: Inbox) -> None:
    deliver.drop()


@pytest.fixture
def system(clinic: Clinic) -> System:
    return System.let_in(clinic, most_a_day=2)


def refused(system: System, code: str, operation: str = "SendSms", **fields: str) -> None:
    """The service answers with that fault."""
    with pytest.raises(Fault) as heard:
        system.calls(operation, **fields)
    assert heard.value.message == code
    assert heard.value.code == "soap:Client"
    assert next(part.text for part in heard.value.detail[0]) == code


def test_zeep_sends_a_text_and_reads_what_became_of_it_as_http_tells_it(system, deliver, inbox):
    sent = system.calls("SendSms", **TEXT)
    deliver()
    assert [one["text"] for one in inbox.texts] == [TEXT["text"]]
    read = system.calls("ReadSms", id=sent["id"])
    assert (sent["state"], read["state"], read["id"]) == ("queued", "delivered", sent["id"])
    by_http = system.posts("r-1", TEXT["text"]).ok(202)
    assert read["asked_at"] == datetime.fromisoformat(by_http["asked_at"])
    shared = ("id", "reference", "state", "outcome", "cause")
    assert [read[name] or "" for name in shared] == [by_http[name] for name in shared]
    assert set(by_http) == set(read), "one format by all ways"


def test_the_same_limits_hold_as_by_http(system, clinic):
    system.calls("SendSms", **TEXT)
    assert system.calls("SendSms", **TEXT)["reference"] == "r-1"  # known already
    refused(system, "sms.reference_reused", **TEXT | {"text": "另一条"})
    system.posts("r-2").ok(202)
    refused(system, "sms.quota_used_up", **TEXT | {"reference": "r-3"})
    refused(system, "request.schema_broken", **TEXT | {"phone": "1"})
    refused(system, "sms.not_found", "ReadSms", id="sms_unknown")
    other = System.let_in(found_clinic())
    refused(other, "sms.not_found", "ReadSms", id=system.calls("SendSms", **TEXT)["id"])


def test_who_does_not_prove_the_key_is_nobody_and_a_proof_counts_once(system, time: Time):
    refused(system, "identity.missing", key="another", **TEXT)
    refused(System("sys_nobody", system.key), "identity.missing", **TEXT)
    answer = soap(envelope(SEND))
    assert answer.status == 401
    assert "identity.missing" in answer.text
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    whole = envelope(SEND, security(system))
    assert soap(whole).status == 200
    assert soap(whole).status == 401, "the same proof again"
    late = envelope(SEND, security(system))
    time.passes(minutes=6)
    assert soap(late).status == 401
    assert soap(envelope(SEND, security(system, kind="PasswordText"))).status == 401, "the key itself is not wanted"


def security(system: System, kind: str = "PasswordDigest") -> str:
    """A header written by hand."""
    created, nonce = clock.text(clock.now()), kind.encode()
    place = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss"
    return (
        f'<s:Header><w:Security xmlns:w="{place}-wssecurity-secext-1.0.xsd" s:mustUnderstand="1"><w:UsernameToken>'
        f"<w:Username>{system.id}</w:Username>"
        f'<w:Password Type="{place}-username-token-profile-1.0#{kind}">'
        f"{digest(system.key, nonce, created)}</w:Password>"
        f"<w:Nonce>{b64encode(nonce).decode()}</w:Nonce>"
        f'<u:Created xmlns:u="{place}-wssecurity-utility-1.0.xsd">{created}</u:Created>'
        "</w:UsernameToken></w:Security></s:Header>"
    )


BOMB = '<!DOCTYPE a [<!ENTITY b "x"><!ENTITY c "&b;&b;&b;">]>'
UNKNOWN = '<s:Header><x s:mustUnderstand="1"/></s:Header>'


@pytest.mark.parametrize(
    ("text", "status", "words"),
    [
        ("nonsense", 400, "soap:Client"),
        ("<a/>", 400, "soap:Client"),
        (BOMB + envelope(SEND), 400, "soap:Client"),
        (envelope(""), 400, "soap:Client"),
        (envelope(SEND, space="http://www.w3.org/2003/05/soap-envelope"), 500, "soap:VersionMismatch"),
        (envelope(SEND, UNKNOWN), 500, "soap:MustUnderstand"),
        (envelope("<SendSms/>"), 500, "soap:Client"),
        (envelope("<t:SendSms><t:a><t:b/></t:a></t:SendSms>"), 500, "soap:Client"),
    ],
)
def test_what_is_no_call_is_a_fault(text: str, status: int, words: str):
    answer = soap(text)
    assert (answer.status, f"<faultcode>{words}</faultcode>" in answer.text) == (status, True), answer.text


def test_an_operation_that_is_not_there(system):
    answer = soap(envelope("<t:DeleteSms/>", security(system)))
    assert (answer.status, "request.invalid" in answer.text) == (500, True)


def test_json_is_not_what_is_spoken_here():
    soap("{}", content_type="application/json").refused(415, "request.media_type")
