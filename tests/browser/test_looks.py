"""Every page of both apps in every mode: readable, nothing cut off, nothing in the way, nothing axe objects to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser import places
from tests.browser.appearance import STANDARD, Mode, axe_findings, seen_on
from tests.browser.places import Place
from tests.browser.scene import Scene, play
from tests.browser.windows import Windows
from tests.contract.fuzzing import seed_of_today
from tests.journeys.hospital import HospitalProcess

pytestmark = pytest.mark.browser
TAKES = 90

CHINESE = re.compile(r"[\u4e00-\u9fff]+")
ENGLISH, LARGE, CONTRAST = Mode("en"), Mode(large_font=True), Mode(high_contrast=True)
LARGE_ENGLISH = Mode("en", large_font=True, high_contrast=True)


# The name of a language, of the product, and what the hospital's own system holds.
ALLOWED = ("中文", "云诊", "高血压病", "云诊第一医院东院", "已撤销的分院")

PHONE_AT_200: ViewportSize = {"width": 188, "height": 406}
DESK_AT_200: ViewportSize = {"width": 720, "height": 450}
"""The same screens at a zoom of 200 %, in the browser's own px."""


class Tour:
    """One window for everybody who goes through the pages, so that each page is loaded, not the whole browser."""

    def __init__(self, windows: Windows, scene: Scene) -> None:
        self.scene = scene
        self.patient, self.stranger = windows.phone(scene.patient), windows.phone()
        self.doctor, self.staff_stranger = windows.desk(scene.doctor), windows.desk()
        self.admin, self.operator = windows.desk(scene.admin), windows.desk(scene.operator)

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


def assert_good_in_every_mode(page: Page, tour: Tour, at_200: ViewportSize) -> None:
    """Read in every mode and at 200 %; larger in large font, contrast as WCAG AA asks, no finding of axe."""
    standard = readable(page, STANDARD)
    assert axe_findings(page) == []
    assert_no_chinese(readable(page, ENGLISH), tour.scene)
    assert_larger(readable(page, LARGE), standard)
    readable(page, CONTRAST)
    assert axe_findings(page, "color-contrast") == []
    readable(page, LARGE_ENGLISH)
    assert axe_findings(page) == []
    with zoomed(page, at_200):
        readable(page, STANDARD)


PATIENT, STAFF = places.PATIENT, [*places.STAFF, *places.ADMIN, *places.OPERATOR]
TURNS = 6
TURN = seed_of_today() % TURNS
"""Which sixth of the pages is looked at with this commit; at night all are."""


def by_name(all_places: Sequence[Place]) -> pytest.MarkDecorator:
    """One test for each of the places."""
    return pytest.mark.parametrize("place", all_places, ids=lambda place: place.name)


@pytest.mark.req("PLAT-29", "PLAT-30", at="/patient")
@by_name(PATIENT[TURN::TURNS])
def test_patient_pages_in_every_mode(tour: Tour, place: Place) -> None:
    """Large font is larger, high contrast has WCAG AA contrast, and in every mode everything can be read."""
    look_at_patients(tour, place)


@by_name(STAFF[TURN::TURNS])
def test_staff_pages_in_every_mode(tour: Tour, place: Place) -> None:
    """The same holds for the staff's pages."""
    look_at_staffs(tour, place)


@pytest.mark.nightly
@by_name(PATIENT)
def test_all_patient_pages_in_every_mode(tour: Tour, place: Place) -> None:
    """All of them."""
    look_at_patients(tour, place)


@pytest.mark.nightly
@by_name(STAFF)
def test_all_staff_pages_in_every_mode(tour: Tour, place: Place) -> None:
    """All of them."""
    look_at_staffs(tour, place)


def look_at_patients(tour: Tour, place: Place) -> None:
    page = tour.at(tour.patient, tour.stranger, place)
    assert_good_in_every_mode(page, tour, PHONE_AT_200)


def look_at_staffs(tour: Tour, place: Place) -> None:
    window = tour.admin if place in places.ADMIN else tour.operator if place in places.OPERATOR else tour.doctor
    page = tour.at(window, tour.staff_stranger, place)
    assert_good_in_every_mode(page, tour, DESK_AT_200)


def test_the_document_of_the_api_can_be_read(tour: Tour) -> None:
    """The local hospital shows every route of it. The viewer is not ours, so nothing more is asked of its looks."""
    page = tour.staff_stranger
    page.goto("/docs/")
    expect(page.get_by_role("link", name="Mark messages as read; the mark never goes back.")).to_be_visible()


@contextmanager
def zoomed(page: Page, size: ViewportSize) -> Iterator[None]:
    """The window as large as it is at that zoom."""
    before = page.viewport_size
    assert before
    page.set_viewport_size(size)
    yield
    page.set_viewport_size(before)


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


def assert_no_chinese(texts: dict[str, float], scene: Scene) -> None:
    """English pages say in Chinese only what people wrote: names, complaints, what the hospital's staff entered."""
    written = scene.written()
    left = {run for text in texts for run in CHINESE.findall(text) if run not in written and run not in ALLOWED}
    assert left == set()
