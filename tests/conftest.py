"""Fixtures of all tests that run a function in this process: its cloud, its clock, what it sends and says."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from aws_lambda_powertools import Logger

from hospital import aws, clock, observability
from tests.builders.bus import Bus
from tests.builders.cloud import Cloud, Metric, fresh_cloud, running
from tests.builders.conversations import Talk, opened_talk
from tests.builders.delivery import Delivery
from tests.builders.inbox import Inbox, open_inbox
from tests.builders.journal import Journal
from tests.builders.moments import Time
from tests.builders.people import Clinic, PatientOf, found_clinic, new_patient
from tests.builders.sockets import Sockets

_JOURNAL = Journal()
_LOGGER = Logger(service="test", stream=_JOURNAL)


@pytest.fixture
def time() -> Iterator[Time]:
    """A clock that stands until the test moves it."""
    standing = Time()
    token = clock.CLOCK.set(standing)
    yield standing
    clock.CLOCK.reset(token)


@pytest.fixture
def journal(monkeypatch: pytest.MonkeyPatch) -> Journal:
    """What the functions log, from here on."""
    _JOURNAL.text = ""
    monkeypatch.setattr(observability, "_logger", lambda: _LOGGER)
    return _JOURNAL


@pytest.fixture
def metrics(time: Time, journal: Journal) -> Iterator[list[Metric]]:
    """Functions run without a cloud, and this is what they count: for what never reaches a table."""
    counted: list[Metric] = []
    with running(counted):
        yield counted


@pytest.fixture
def cloud(time: Time, journal: Journal) -> Iterator[Cloud]:
    """An empty cloud in memory, with the template's tables."""
    with fresh_cloud() as fresh:
        yield fresh


@pytest.fixture(scope="session")
def open_inbox_of_all() -> Iterator[Inbox]:
    """The server behind `inbox`."""
    with open_inbox() as opened:
        yield opened


@pytest.fixture
def inbox(cloud: Cloud, open_inbox_of_all: Inbox) -> Inbox:
    """Where texts to phones arrive."""
    open_inbox_of_all.texts.clear()
    open_inbox_of_all.mood = "taken"
    cloud.turn(SMS_INBOX_URL=open_inbox_of_all.url)
    return open_inbox_of_all


@pytest.fixture
def sockets(cloud: Cloud) -> Sockets:
    """The far ends of all open sockets."""
    return Sockets()


@pytest.fixture
def deliver(cloud: Cloud, sockets: Sockets) -> Delivery:
    """`deliver()`: whatever happened reaches whoever waits for it."""
    return Delivery(cloud)


@pytest.fixture
def bus(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Bus:
    """A bus that refuses what the test says, in place of EventBridge."""
    double = Bus()
    real = aws.client
    monkeypatch.setattr(aws, "client", lambda service, *more: double if service == "events" else real(service, *more))
    return double


@pytest.fixture
def clinic(cloud: Cloud) -> Clinic:
    """An organisation with its staff."""
    return found_clinic()


@pytest.fixture
def talk(clinic: Clinic, patient: PatientOf, deliver: Delivery, sockets: Sockets) -> Talk:
    """A conversation between the patient and the clinic's first doctor."""
    return opened_talk(clinic, patient, deliver, sockets)


@pytest.fixture
def patient(cloud: Cloud) -> PatientOf:
    """A person who signs in by phone."""
    return new_patient()
