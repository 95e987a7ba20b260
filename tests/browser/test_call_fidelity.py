"""What a doctor sees and hears through a call when it matters: skin in its detail, a heart in its low notes."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.appearance import axe_findings
from tests.browser.calling import PICTURES_OF, a_visit, both_see_and_hear, control, in_call, opened, talking
from tests.browser.chromium import ARGUMENTS, CHROMIUM, LONGEST_WAIT_MS
from tests.browser.listening import LISTEN, heard
from tests.browser.waiting import wait_until
from tests.browser.windows import Windows
from tests.builders import closeup, sounds
from tests.journeys.founded import copied
from tests.journeys.hospital import HospitalProcess, running_hospital
from tests.journeys.people import Clinic

pytestmark = pytest.mark.browser

OF_VOICE = """async (wanted) => {
  const live = window.connections.filter((one) => one.connectionState === 'connected').at(-1);
  const all = await live.getStats();
  const out = [...all.values()].find((one) => one.type === 'outbound-rtp' && one.kind === 'audio');
  const codec = all.get(out.codecId);
  const said = codec.sdpFmtpLine;
  return codec.clockRate === wanted.clockRate && said.includes('maxplaybackrate=48000')
    && said.includes(`;${wanted.stereo};`) && [0, out.targetBitrate].includes(wanted.targetBitrate);
}"""
"""How this page's own voice is encoded."""

VOICE_ARRIVES = """async (wanted) => {
  const live = window.connections.filter((one) => one.connectionState === 'connected').at(-1);
  const look = async () => {
    const all = await live.getStats();
    const sounds = [...all.values()].filter((one) => one.type === 'inbound-rtp' && one.kind === 'audio');
    const got = sounds.find((one) => one.totalAudioEnergy > 0);
    return { got, codec: all.get(got.codecId) };
  };
  const before = await look();
  await new Promise((done) => setTimeout(done, 2000));
  const { got, codec } = await look();
  const rate = ((got.bytesReceived - before.got.bytesReceived) * 8000) / (got.timestamp - before.got.timestamp);
  return codec.clockRate === wanted.clockRate && rate >= wanted.least && rate <= wanted.most;
}"""
"""At which rate the other's comes, over two seconds, bit/s."""

PICTURE_ROW = """async (wanted) => {
  const live = window.connections.filter((one) => one.connectionState === 'connected').at(-1);
  return [...(await live.getStats()).values()].some((one) =>
    one.type === wanted.type && one.frameWidth === wanted.width && one.frameHeight === wanted.height);
}"""

LARGEST = """() => {
  const shown = [...document.querySelectorAll('.yz-tile:not(.yz-stage-me) video')]
    .sort((one, other) => other.videoHeight - one.videoHeight)[0];
  const drawn = new OffscreenCanvas(shown.videoWidth, shown.videoHeight);
  drawn.getContext('2d').drawImage(shown, 0, 0);
  return drawn.convertToBlob().then((blob) => new Promise((done) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result.split(',')[1]);
    reader.readAsDataURL(blob);
  }));
}"""


@pytest.fixture(scope="module")
def hospital(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HospitalProcess]:
    state = copied(founded, tmp_path_factory.mktemp("hospital") / "state")
    with running_hospital(state, "--relays", "1") as process:
        yield process


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """What the patient's camera looks at and what their microphone hears."""
    folder = tmp_path_factory.mktemp("taken")
    closeup.show(folder / "skin.y4m", [closeup.skin()] * 5)
    sounds.write_wav(folder / "heart.wav", sounds.heart())
    return folder / "skin.y4m", folder / "heart.wav"


@pytest.fixture
def windows(browser: Browser, hospital: HospitalProcess, taken: tuple[Path, Path]) -> Iterator[Windows]:
    film, sound = taken
    files = (f"--use-file-for-fake-video-capture={film}", f"--use-file-for-fake-audio-capture={sound}")
    filming = browser.browser_type.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, *files])
    opened = Windows(filming, hospital)
    yield opened
    opened.close()
    filming.close()
    assert opened.complaints() == []


@pytest.fixture
def called(clinic: Clinic, windows: Windows) -> tuple[Page, Page]:
    """The patient's page and the doctor's, in a call with each other."""
    patient, doctor, visit_id, _ = a_visit(clinic)
    at_patient = opened(windows.phone(patient), "/patient/", LISTEN)
    at_doctor = opened(windows.desk(doctor), f"/staff/work/{visit_id}", LISTEN)
    at_doctor.get_by_role("button", name="呼叫 张秀英，视频通话").click()
    at_patient.get_by_role("button", name="接听", exact=True).click()
    both_see_and_hear(at_patient, at_doctor)
    talking(at_patient, at_doctor)
    return at_patient, at_doctor


def seen(page: Page) -> closeup.Picture:
    """The largest picture of the other, as it is now."""
    coded = np.frombuffer(base64.b64decode(page.evaluate(LARGEST)), np.uint8)
    return closeup.as_large(cast(closeup.Picture, cv2.imdecode(coded, cv2.IMREAD_COLOR)))


def until(reached: Callable[[], bool]) -> None:
    """Asks again and again: a line and an encoder need their time to find what they carry."""
    deadline = time.monotonic() + LONGEST_WAIT_MS / 1000
    while not reached():
        assert time.monotonic() < deadline


@pytest.mark.req("CALL-31", at=("/patient", "/staff"))
@pytest.mark.req("CALL-14", at=("/patient", "/staff"))
def test_a_heart_is_heard_with_its_low_notes_which_the_mode_for_speech_takes_away(called: tuple[Page, Page]) -> None:
    """The same heart before the same microphone, from 20 to 150 Hz; then the other mode again."""
    at_patient, at_doctor = called
    for page in (at_patient, at_doctor):
        control(page, "关摄像头")
    heart = sounds.heart()

    def kept() -> float:
        return sounds.likeness(heart, heard(at_doctor), 20, 150)

    assert kept() < 0.5
    control(at_patient, "心肺音模式")
    expect(in_call(at_patient).get_by_text("降噪和回声消除已关闭")).to_be_visible()
    # 48 kHz, up to 128 kbit/s, two channels: with one, Opus filters as for speech.
    wait_until(at_patient, OF_VOICE, {"clockRate": 48_000, "targetBitrate": 128_000, "stereo": "stereo=1"})
    until(lambda: kept() > 0.85)
    wait_until(at_doctor, VOICE_ARRIVES, {"clockRate": 48_000, "least": 64_000, "most": 150_000})
    control(at_patient, "恢复语音模式")
    wait_until(at_patient, OF_VOICE, {"clockRate": 48_000, "targetBitrate": 0, "stereo": "stereo=0"})
    until(lambda: kept() < 0.5)


@pytest.mark.req("CALL-30", at=("/patient", "/staff"))
@pytest.mark.req("CALL-12", at=("/patient", "/staff"))
def test_the_doctor_asks_for_a_clear_picture_and_reads_the_finest_lines(called: tuple[Page, Page]) -> None:
    """1920 x 1080 as sent and as received, with detail that no smaller picture has; both are told, either ends it."""
    at_patient, at_doctor = called
    skin = closeup.detail(closeup.skin())
    smaller = closeup.as_large(
        cast(closeup.Picture, cv2.resize(closeup.skin(), (1280, 720), interpolation=cv2.INTER_AREA))
    )
    assert closeup.ssim(skin, closeup.detail(smaller)) < 0.92
    ask = at_doctor.get_by_role("button", name="请张秀英用清晰画面")
    told, asked = (
        in_call(at_doctor).get_by_text("张秀英的画面已是清晰模式"),
        in_call(at_patient).get_by_text("请您用清晰画面"),
    )
    expect(ask).to_have_attribute("aria-pressed", "false")
    ask.click()
    expect(told).to_be_visible()
    expect(asked).to_be_visible()
    expect(ask).to_have_attribute("aria-pressed", "true")
    for page in (at_patient, at_doctor):
        assert axe_findings(page) == []
    wait_until(at_patient, PICTURE_ROW, {"type": "outbound-rtp", "width": 1920, "height": 1080})
    wait_until(at_doctor, PICTURE_ROW, {"type": "inbound-rtp", "width": 1920, "height": 1080})
    wait_until(at_doctor, PICTURES_OF, [1920, 1080])
    until(lambda: closeup.ssim(skin, closeup.detail(seen(at_doctor))) > 0.95)

    # The camera is the patient's: one button takes back what was asked for, and nothing is asked of one that is off.
    control(at_patient, "普通画面")
    expect(told).to_have_count(0)
    expect(asked).to_have_count(0)
    ask.click()
    expect(told).to_be_visible()
    ask.click()
    expect(told).to_have_count(0)
    expect(asked).to_have_count(0)
    control(at_patient, "关摄像头")
    expect(ask).to_have_count(0)
