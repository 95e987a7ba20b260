"""One browser for all of these tests, one hospital a module, windows and an organisation for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.chromium import chromium
from tests.browser.windows import Windows
from tests.journeys.conftest import founded, hospital
from tests.journeys.hospital import HospitalProcess
from tests.journeys.people import Clinic

__all__ = ["founded", "hospital"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Starting it takes a second: once."""
    with chromium() as opened:
        yield opened


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
