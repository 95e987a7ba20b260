"""One browser for all of these tests, one hospital a module, windows and an organisation for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.chromium import chromium
from tests.browser.windows import Windows
from tests.journeys.hospital import HospitalProcess, running_hospital
from tests.journeys.journal import nothing_failed
from tests.journeys.people import Clinic


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Starting it takes a second: once."""
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HospitalProcess]:
    """The hospital of a module, new and with demo data."""
    with running_hospital(tmp_path_factory.mktemp("hospital") / "state") as process:
        yield process
        nothing_failed(process)


@pytest.fixture
def clinic(hospital: HospitalProcess) -> Clinic:
    """An organisation of its own."""
    return Clinic.founded(hospital)


@pytest.fixture
def windows(browser: Browser, hospital: HospitalProcess) -> Iterator[Windows]:
    """Windows, none of which may have complained in its console."""
    opened = Windows(browser, hospital)
    yield opened
    opened.close()
    assert opened.complaints() == []
