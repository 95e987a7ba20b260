"""Every page of both apps in every mode: readable, nothing cut off, nothing in the way, nothing axe objects to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import places
from tests.browser.appearance import STANDARD, Mode, axe_findings, seen_on
from tests.browser.places import Place
from tests.browser.scene import Scene, play
from tests.browser.windows import Windows
from tests.journeys.hospital import HospitalProcess

pytestmark = pytest.mark.browser

ENGLISH, LARGE, CONTRAST = Mode("en"), Mode(large_font=True), Mode(high_contrast=True)
LARGE_ENGLISH = Mode("en", large_font=True, high_contrast=True)


class Tour:
    """One window for everybody who goes through the pages, so that each page is loaded, not the whole browser."""

    def __init__(self, windows: Windows, scene: Scene) -> None:
        self.scene = scene
        self.patient, self.stranger = windows.phone(scene.patient), windows.phone()
        self.doctor, self.staff_stranger = windows.desk(scene.doctor), windows.desk()
        self.admin = windows.desk(scene.admin)

    def at(self, window: Page, stranger: Page, place: Place) -> Page:
        """The page, ready, in the standard mode."""
        page = stranger if place.open_to_all else window
        place.visit(page, self.scene)
        STANDARD.put_on(page)
        return page


@pytest.fixture(scope="module")
def tour(browser: Browser, hospital: HospitalProcess) -> Iterator[Tour]:
    """None of its windows may have complained in the end."""
    windows = Windows(browser, hospital)
    yield Tour(windows, play(hospital))
    windows.close()
    assert windows.complaints() == []


@pytest.mark.req("PLAT-29", "PLAT-30")
@pytest.mark.parametrize("place", places.PATIENT, ids=lambda place: place.name)
def test_patient_pages_in_every_mode(tour: Tour, place: Place) -> None:
    """Large font is larger, high contrast has WCAG AA contrast, and in every mode everything can be read."""
    page = tour.at(tour.patient, tour.stranger, place)
    standard = readable(page, STANDARD)
    assert axe_findings(page) == []
    readable(page, ENGLISH)
    assert_larger(readable(page, LARGE), standard)
    readable(page, CONTRAST)
    assert axe_findings(page, "color-contrast", "color-contrast-enhanced") == []
    readable(page, LARGE_ENGLISH)
    assert axe_findings(page) == []


@pytest.mark.parametrize("place", [*places.STAFF, *places.ADMIN], ids=lambda place: place.name)
def test_staff_pages_in_every_mode(tour: Tour, place: Place) -> None:
    """The same holds for the staff's pages."""
    window = tour.admin if place in places.ADMIN else tour.doctor
    page = tour.at(window, tour.staff_stranger, place)
    standard = readable(page, STANDARD)
    assert axe_findings(page) == []
    readable(page, ENGLISH)
    assert_larger(readable(page, LARGE), standard)
    readable(page, CONTRAST)
    assert axe_findings(page, "color-contrast") == []
    readable(page, LARGE_ENGLISH)
    assert axe_findings(page) == []


def readable(page: Page, mode: Mode) -> dict[str, float]:
    """Nothing is cut off, nothing overlaps; the sizes of all texts."""
    mode.put_on(page)
    seen = seen_on(page)
    assert (seen.cut, seen.overlaps) == ([], []), f"in {mode}"
    assert seen.lines, "there is nothing to read"
    return seen.sizes


def assert_larger(large: dict[str, float], standard: dict[str, float]) -> None:
    """Every text that stands there in both modes is larger in the large one."""
    both = large.keys() & standard.keys()
    assert both, "the large mode says nothing that the standard one says"
    assert {text: large[text] for text in both if large[text] <= standard[text]} == {}
