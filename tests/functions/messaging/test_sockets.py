"""Sockets: a ticket opens one, a revoked session closes them, whoever is gone is forgotten."""

from __future__ import annotations

import re

import pytest
from botocore.exceptions import EndpointConnectionError

from hospital import aws, push
from identity.keep_session.app import app as keep_session
from messaging.open_socket.app import app as open_socket
from messaging.ws_connect.app import app as connect
from tests.builders.cloud import Cloud, together
from tests.builders.conversations import Talk
from tests.builders.delivery import Delivery
from tests.builders.gateway import call
from tests.builders.inbox import Inbox
from tests.builders.journal import Journal
from tests.builders.moments import Time
from tests.builders.people import Clinic, PatientOf, hire
from tests.builders.sign_in import patient_device
from tests.builders.sockets import Socket, Sockets, signed_in
from tests.builders.visits import applied

pytestmark = pytest.mark.store


def ticket(who) -> str:
    return call(open_socket, "POST", "/tickets", who=who).ok(201)["ticket"]


# -- tickets ------------------------------------------------------------------------------------------------------


def test_a_ticket_says_where_and_how_long(patient: PatientOf):
    given = call(open_socket, "POST", "/tickets", who=signed_in(patient.caller)).ok(201)
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", given.pop("ticket"))
    assert given == {"url": "wss://socket.hospital.test/live", "expires_in_seconds": 30}


@pytest.mark.parametrize("role", ["doctor", "nurse", "pharmacist", "org_admin", "operator", "partner"])
def test_whoever_is_signed_in_gets_one(cloud, role):
    ticket(signed_in(hire(role).caller))


def test_nobody_gets_one(metrics):
    call(open_socket, "POST", "/tickets").refused(401, "identity.missing")


def test_it_opens_one_socket(sockets: Sockets, patient: PatientOf):
    given = ticket(signed_in(patient.caller))
    assert Socket(sockets, "A=").connect(given) == 200
    assert Socket(sockets, "B=").connect(given) == 410


def test_shown_eight_times_at_once_it_opens_one_socket(sockets: Sockets, patient: PatientOf):
    given = ticket(signed_in(patient.caller))
    answers = together(8, lambda number: Socket(sockets, f"C{number}=").connect(given))
    assert sorted(answers) == [200] + [410] * 7


def test_it_is_good_for_thirty_seconds(sockets: Sockets, patient: PatientOf, time: Time, cloud: Cloud):
    first, second = (ticket(signed_in(patient.caller)) for _ in range(2))
    time.passes(seconds=29.999)
    assert Socket(sockets, "A=").connect(first) == 200
    time.passes(milliseconds=1)
    assert Socket(sockets, "B=").connect(second) == 410
    assert cloud.counted("socket_refused", code="socket.ticket_over") == 1


def test_it_dies_with_its_session(inbox: Inbox, sockets: Sockets, patient: PatientOf):
    device = patient_device(patient, inbox)
    given = call(open_socket, "POST", "/tickets", token=device.token).ok(201)["ticket"]
    call(keep_session, "POST", "/sign-out", token=device.token).ok(204)
    assert Socket(sockets, "A=").connect(given) == 401


@pytest.mark.parametrize("given", ["", "x", "须", "A" * 43, "\ud800"])
def test_what_is_no_ticket_opens_nothing(sockets: Sockets, given: str):
    assert Socket(sockets, "A=").connect(given) in (401, 410)


@pytest.mark.parametrize("parameters", [None, {}, {"token": "x"}])
def test_without_a_ticket(cloud, parameters):
    event = {"requestContext": {"connectionId": "A="}, "queryStringParameters": parameters}
    assert connect(event, None) == {"statusCode": 410}


def test_a_ticket_itself_is_not_kept(patient: PatientOf, cloud: Cloud, journal: Journal):
    given = ticket(signed_in(patient.caller))
    assert given not in str(cloud.rows("requests")) and given not in journal.text


def test_a_row_of_a_socket_dies_with_its_two_hours(sockets: Sockets, patient: PatientOf, cloud: Cloud, time: Time):
    sockets.open(patient.caller)
    rows = cloud.rows("connections", "record")
    assert {row["expires_on"] for row in rows} == {int(time.now.timestamp()) + 7200}
    assert {row["pk"].split("#")[0] for row in rows} == {"CONNECTION", "PERSON"}


# -- leaving ------------------------------------------------------------------------------------------------------


def test_who_leaves_is_forgotten(sockets: Sockets, patient: PatientOf, cloud: Cloud):
    socket = sockets.open(patient.caller)
    socket.leave(), socket.leave()
    assert cloud.rows("connections", "record") == []


def test_who_is_gone_is_forgotten_by_the_next_push_and_stops_no_other(talk: Talk, cloud: Cloud):
    gone, well = talk.socket(talk.doctor), talk.socket(talk.doctor)
    gone.vanish()
    talk.socket(talk.patient).send(talk.id, "一", "client-id-1")
    talk.deliver()
    assert len(well.take("message")) >= 1
    assert gone.id not in str(cloud.rows("connections"))


def test_a_broken_socket_stops_no_other_and_is_kept(talk: Talk, cloud: Cloud, journal: Journal):
    broken, well = talk.socket(talk.doctor), talk.socket(talk.doctor)
    talk.sockets.broken.add(broken.id)
    talk.socket(talk.patient).send(talk.id, "一", "client-id-1")
    talk.deliver()
    assert len(well.take("message")) >= 1
    assert broken.id in str(cloud.rows("connections"))
    assert [line["connection"] for line in journal.lines if line["message"] == "a push failed"] == [broken.id]


def test_a_push_that_finds_nobody_listening_at_all_is_no_failure(cloud: Cloud, journal: Journal, monkeypatch):
    """The management endpoint does not answer: pages find the gap by its number."""

    class Unreachable:
        exceptions = aws.client("apigatewaymanagementapi", "https://socket.hospital.test/live").exceptions

        def post_to_connection(self, **_: object) -> None:
            raise EndpointConnectionError(endpoint_url="https://socket.hospital.test")

    monkeypatch.setattr(aws, "client", lambda *_: Unreachable())
    assert push.push(["A=", "B="], {"type": "pong"}) == []
    assert [line["connection"] for line in journal.lines] == ["A=", "B="]


# -- a revoked session --------------------------------------------------------------------------------------------


def test_a_revoked_sessions_sockets_are_closed_and_no_others(
    inbox: Inbox, sockets: Sockets, patient: PatientOf, deliver: Delivery, time: Time, cloud: Cloud
):
    lost = patient_device(patient, inbox)
    time.passes(minutes=2)
    kept = patient_device(patient, inbox)
    pages = {}
    for name, device in (("lost", lost), ("kept", kept)):
        given = call(open_socket, "POST", "/tickets", token=device.token).ok(201)["ticket"]
        pages[name] = Socket(sockets, f"{name}=")
        assert pages[name].connect(given) == 200
        pages[name].say(action="hello", v=1)
    lost_id = lost.session_id
    assert call(keep_session, "DELETE", f"/sessions/{lost_id}", token=kept.token).status == 204
    frame = pages["lost"].say(action="ping")
    assert frame["code"] == "session.over", "whatever it still says is refused at once"
    deliver(twice=True)
    assert not pages["lost"].is_open and pages["kept"].is_open
    assert pages["kept"].say(action="ping") == {"type": "pong", "behind": {}, "newest": None}
    assert "lost=" not in str(cloud.rows("connections"))


def test_closing_is_tried_again_when_the_endpoint_did_not_answer(
    inbox: Inbox, sockets: Sockets, patient: PatientOf, deliver: Delivery
):
    device = patient_device(patient, inbox)
    given = call(open_socket, "POST", "/tickets", token=device.token).ok(201)["ticket"]
    page = Socket(sockets, "A=")
    page.connect(given)
    deliver()
    call(keep_session, "POST", "/sign-out", token=device.token).ok(204)
    sockets.broken.add("A=")
    with pytest.raises(AssertionError):  # the event goes back to the queue
        deliver()
    assert page.is_open
    sockets.broken.clear()
    deliver.hand_over(deliver.told("session.revoked.v1")[0])
    assert not page.is_open


# -- notices ------------------------------------------------------------------------------------------------------


def test_pages_of_patient_and_doctor_are_told_that_a_visit_changed(
    clinic: Clinic, patient: PatientOf, sockets: Sockets, deliver: Delivery
):
    pages = [sockets.open(who.caller) for who in (patient, clinic.doctor, clinic.colleague)]
    visit_id = applied(clinic, patient)["id"]
    deliver(twice=True)
    notice = {"type": "notice", "topic": "visit.applied.v1", "subject": visit_id, "sequence": 1}
    assert [page.take("notice") for page in pages] == [[notice] * 2, [notice] * 2, []]
