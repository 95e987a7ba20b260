"""The long forms of `tests.benchmarks.media.sound` and `.codecs`, with the marks that each measure has to reach.

Needs what CI has not: pulseaudio, pulseaudio-utils, espeak-ng and the full chromium (Debian's packages).
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import sync_playwright

from tests.benchmarks.media import codecs, sound
from tests.benchmarks.media.acoustics import missing
from tests.benchmarks.media.measuring import relay_running
from tests.nightly import table, write_section

pytestmark = [pytest.mark.media, pytest.mark.nightly]


@pytest.fixture
def line() -> Iterator[sound.Line]:
    assert missing() == []
    with relay_running() as relay, sync_playwright() as playwright:
        yield sound.Line(relay, playwright)


@pytest.mark.req("CALL-25")
def test_an_echo_is_taken_away_and_who_is_here_is_heard(line: sound.Line) -> None:
    row = sound.echo(line)
    assert row["return_loss_off_db"] < 10
    assert row["return_loss_on_db"] > 35
    assert row["both_speak_on"] > row["on"] + 30
    write_section("Echo", [table(list(row), [list(row.values())])])


@pytest.mark.req("CALL-26")
def test_noise_is_taken_away_and_speech_is_kept(line: sound.Line) -> None:
    row = sound.noise(line)
    assert row["noise_lower_db"] > 8
    assert row["on"]["speech_above_noise_db"] > row["off"]["speech_above_noise_db"] + 8
    assert row["on"]["speech"] > row["off"]["speech"] - 3
    assert row["on"]["envelope_kept"] > row["off"]["envelope_kept"] - 0.1
    names = list(row["on"])
    write_section(
        "Noise", [table(["suppression", *names], [[one, *(row[one][name] for name in names)] for one in ("off", "on")])]
    )


@pytest.mark.req("CALL-27")
def test_quiet_and_loud_speakers_arrive_alike(line: sound.Line) -> None:
    row = sound.loudness(line)
    assert row["off"]["apart_db"] > 20
    assert row["on"]["apart_db"] < 10
    names = list(row["on"])
    write_section(
        "Loudness",
        [table(["gain control", *names], [[one, *(row[one][name] for name in names)] for one in ("off", "on")])],
    )


@pytest.mark.req("CALL-27")
def test_what_goes_round_does_not_howl(line: sound.Line) -> None:
    row = sound.howling(line)
    assert row["off"]["last"] > -15
    assert row["on"]["last"] < -40
    seconds = [[one, *row[one]["each_second"]] for one in ("off", "on")]
    write_section("Howling, dBFS by second", [table(["helpers", *map(str, range(1, len(seconds[0])))], seconds)])


def test_at_the_same_rate_the_chosen_settings_bring_more() -> None:
    """Of a close-up for detail against a camera as the browser likes; of a heart with two channels against one."""
    rows = {row["way"]: row for row in codecs.measured(["VP8", "Opus"])}
    for rate in (1_000, 2_500):
        usual, chosen = rows[f"VP8 as the browser likes, {rate} kbit/s"], rows[f"VP8 for detail, {rate} kbit/s"]
        assert chosen["sent_kbps"] < rate * 1.1
        assert chosen["ssim"] > usual["ssim"] + 0.05
    for rate in (32, 128):
        one, two = (rows[f"Opus, {channels} channel(s), {rate} kbit/s"] for channels in (1, 2))
        assert two["heart_kept"] > one["heart_kept"] + 0.2
    told = [[way, row.get("sent_kbps", ""), row.get("ssim", row.get("heart_kept"))] for way, row in rows.items()]
    write_section("Codec settings at the same rate", [table(["way", "kbit/s", "kept"], told)])
