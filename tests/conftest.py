"""Fixtures of all tests that run a function in this process: its cloud, its clock, what it sends and says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from aws_lambda_powertools import Logger
from hypothesis import HealthCheck, settings

from hospital import aws, clock, observability
from infra.local.his.records import Records
from infra.local.his.server import HisServer
from tests.builders.bus import Bus
from tests.builders.cloud import Cloud, Metric, fresh_cloud, running
from tests.builders.conversations import Talk, opened_talk
from tests.builders.delivery import Delivery
from tests.builders.health_cards import CHANNELS, CardServer, open_card_server
from tests.builders.his import knows_his, opened_his
from tests.builders.inbox import Inbox, open_inbox
from tests.builders.journal import Journal
from tests.builders.moments import Time
from tests.builders.people import Clinic, PatientOf, found_clinic, new_patient
from tests.builders.register import Register, open_register
from tests.builders.sockets import Sockets
from tests.builders.wechat import Peer as WechatPeer
from tests.builders.wechat import connect, open_wechat

# No test is timed: a slow example says something about the machine.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

_TIER_ALONE = re.compile(r"(unit|store|journey|browser|media)( and (not )?nightly)?")
_JOURNAL = Journal()
_LOGGER = Logger(service="test", stream=_JOURNAL)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Who runs one tier reads the files that name its mark only: importing all takes as long as a hundred tests."""
    tier = _TIER_ALONE.fullmatch(config.getoption("markexpr"))
    if tier is None or collection_path.suffix != ".py":
        return None
    return None if f"pytest.mark.{tier[1]}" in collection_path.read_text(encoding="utf-8") else True


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that take long (`TAKES`, in seconds) go first: one begun last would be waited for by an idle processor."""
    items.sort(key=lambda item: -getattr(getattr(item, "module", None), "TAKES", 0))


@pytest.fixture
def time() -> Iterator[Time]:
    """A clock that stands until the test moves it."""
    standing = Time()
    token, machine = clock.CLOCK.set(standing), clock.MACHINE.set(standing)
    yield standing
    clock.CLOCK.reset(token)
    clock.MACHINE.reset(machine)


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


@pytest.fixture(scope="session")
def open_register_of_all() -> Iterator[Register]:
    """The server behind `register`."""
    with open_register() as opened:
        yield opened


@pytest.fixture
def register(cloud: Cloud, open_register_of_all: Register) -> Register:
    """Who says which ID number belongs to which name."""
    open_register_of_all.people.mood = "well"
    open_register_of_all.asked = 0
    cloud.turn(ID_CHECK_URL=open_register_of_all.url)
    return open_register_of_all


@pytest.fixture(scope="session")
def open_wechat_of_all() -> Iterator[WechatPeer]:
    """The server behind `small_wechat`."""
    with open_wechat() as opened:
        yield opened


@pytest.fixture
def small_wechat(cloud: Cloud, open_wechat_of_all: WechatPeer) -> WechatPeer:
    """Where made-up people say who they are to WeChat; functions are connected to it from here on."""
    return connect(cloud, open_wechat_of_all)


@pytest.fixture(scope="session")
def open_cards_of_all(open_register_of_all: Register) -> Iterator[CardServer]:
    """The server behind `card_server`."""
    with open_card_server(open_register_of_all.people) as opened:
        yield opened


@pytest.fixture
def card_server(cloud: Cloud, register: Register, open_cards_of_all: CardServer) -> CardServer:
    """Who issues e-health cards to those whom the register knows, through two channels."""
    open_cards_of_all.begin_anew(register.people)
    cloud.turn(HEALTH_CARD_CHANNELS=CHANNELS, HEALTH_CARD_REGISTRY_URL=open_cards_of_all.url)
    return open_cards_of_all


@pytest.fixture(scope="session")
def open_his_of_all() -> Iterator[HisServer]:
    """The server behind `his`."""
    with opened_his() as opened:
        yield opened


@pytest.fixture
def his(cloud: Cloud, open_his_of_all: HisServer) -> HisServer:
    """The hospital's own system, empty and well, as functions know it from here on."""
    open_his_of_all.begin_anew(Records(":memory:"))
    knows_his(cloud, HIS_ADAPTER="embedded", HIS_URL=open_his_of_all.url)
    return open_his_of_all


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
    """A conversation between the patient and the clinic's first doctor. That the clinic was founded is no news."""
    deliver.drop()
    return opened_talk(clinic, patient, deliver, sockets)


@pytest.fixture
def patient(cloud: Cloud) -> PatientOf:
    """A person who signs in by phone."""
    return new_patient()
