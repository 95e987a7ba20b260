"""What stories of calls do: pages that count what they receive, and the buttons of a call."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser.waiting import wait_until
from tests.journeys.people import Clinic, Doctor, Patient, in_progress

CONNECTIONS = """
window.connections = [];
window.RTCPeerConnection = class extends window.RTCPeerConnection {
  constructor(...given) { super(...given); window.connections.push(this); }
};
window.heard = async () => {
  const sum = { pictures: 0, sound: 0, joins: window.connections.length };
  const live = window.connections.filter((one) => one.connectionState !== 'closed').at(-1);
  for (const row of live ? (await live.getStats()).values() : []) {
    if (row.type !== 'inbound-rtp') continue;
    sum.pictures += row.framesDecoded ?? 0;
    sum.sound += row.totalAudioEnergy ?? 0;
  }
  return sum;
};
"""
"""What the page's connections have received, asked of the browser itself."""

SEEN_AND_HEARD = """async (before) => {
  const now = await window.heard();
  return now.pictures > before.pictures + 5 && now.sound > before.sound;
}"""
ONLY_HEARD = "async () => { const now = await window.heard(); return now.sound > 0 && now.pictures === 0; }"
PICTURES_OF = """(size) => [...document.querySelectorAll('video')]
  .some((one) => one.videoWidth === size[0] && one.videoHeight === size[1])"""


def a_visit(clinic: Clinic) -> tuple[Patient, Doctor, str, str]:
    """A consultation in progress: patient, doctor, the visit's id and its conversation's."""
    patient, doctor = Patient.new(clinic.hospital, "张秀英"), clinic.doctor()
    patient.ok("PATCH", "/identity/me", {"name": "张秀英"})
    return patient, doctor, *in_progress(patient, doctor)


def opened(page: Page, address: str, *scripts: str) -> Page:
    """The page there, its connections watched."""
    for script in (CONNECTIONS, *scripts):
        page.add_init_script(script)
    page.goto(address)
    return page


def both_see_and_hear(*pages: Page) -> None:
    """Pictures and sound arrive on each, more than until now."""
    befores: list[Any] = [page.evaluate("window.heard()") for page in pages]
    for page, before in zip(pages, befores, strict=True):
        wait_until(page, SEEN_AND_HEARD, before)


def in_call(page: Page) -> Locator:
    """The part of the page that the call takes."""
    return page.get_by_role("region", name="通话", exact=True)


def talking(*pages: Page) -> None:
    """The hospital knows that media flows: before that, hanging up takes a call back."""
    for page in pages:
        expect(in_call(page).get_by_text(re.compile("通话中"))).to_be_visible()


def control(page: Page, name: str) -> None:
    """Presses a button of the call, behind “more” where there is no room."""
    call = in_call(page)
    wanted = call.get_by_role("button", name=name, exact=True)
    if not wanted.count():
        call.get_by_role("button", name="更多", exact=True).click()
    wanted.click()
