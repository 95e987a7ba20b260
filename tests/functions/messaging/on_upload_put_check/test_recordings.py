"""Voice and video: how long they last is counted, what is to be heard and seen is kept, nothing else."""

from __future__ import annotations

import io

import av
import pytest
from PIL import Image

from hospital.uploads.errors import Damaged, NothingInIt, NotWhatItSays, TooLong, TooManyPixels, TypeUnsupported
from hospital.uploads.formats import LONGEST_SECONDS
from hospital.uploads.sniffing import sniff
from messaging.on_upload_put_check import sounds, videos
from messaging.on_upload_put_check.made import Made
from messaging.on_upload_put_check.sounds import derive_sound
from messaging.on_upload_put_check.videos import derive_video
from tests.builders import files

pytestmark = pytest.mark.unit


def derived(derive, content: bytes) -> Made:
    found = sniff(content)
    assert found is not None
    return derive(content, found)


def heard(content: bytes) -> float:
    """Seconds of sound in an MP3."""
    with av.open(io.BytesIO(content), format="mp3") as source:
        return sum(frame.samples / frame.sample_rate for frame in source.decode(audio=0))


@pytest.mark.parametrize("kind", ["webm", "ogg", "m4a", "mp3", "wav", "aac"])
def test_a_voice_message_plays_everywhere_and_lasts_as_long(kind: str):
    made = derived(derive_sound, files.voice(kind, 2.0))
    assert abs(made.milliseconds - 2000) <= 100
    sound = made.contents["original"]
    assert abs(heard(sound) - 2.0) < 0.15
    assert made.variants["original"].media_type == "audio/mpeg"
    assert made.variants["original"].size == len(sound) < 20_000


def test_what_is_longer_than_the_limit_is_not_taken(monkeypatch):
    assert LONGEST_SECONDS == 60
    monkeypatch.setattr(sounds, "LONGEST_SECONDS", 2)
    assert abs(derived(derive_sound, files.voice("ogg", 2.0)).milliseconds - 2000) <= 100
    with pytest.raises(TooLong) as refusal:
        derived(derive_sound, files.voice("ogg", 3.0))
    assert refusal.value.facts == {"limit_seconds": 2}


@pytest.mark.parametrize("kind", ["wav", "ogg", "webm"])
def test_a_recording_without_a_sound_is_empty(kind: str):
    with pytest.raises(NothingInIt):
        derived(derive_sound, files.voice(kind, 0.04))


def test_a_video_is_no_voice_message_and_a_voice_message_no_video():
    with pytest.raises(NotWhatItSays):
        derived(derive_sound, files.video("mp4"))
    for kind in ("m4a", "webm"):
        with pytest.raises(NotWhatItSays):
            derived(derive_video, files.voice(kind))


@pytest.mark.parametrize("kind", ["webm", "m4a", "ogg"])
def test_a_recording_of_nonsense_is_damaged(kind: str):
    with pytest.raises(Damaged):
        derived(derive_sound, files.voice(kind)[:70] + bytes(300))


@pytest.mark.parametrize("kind", ["mp4", "mov", "webm"])
def test_a_video_keeps_its_pictures_and_gets_a_cover(kind: str):
    content = files.video(kind)
    made = derived(derive_video, content)
    told = made.variants["original"]
    assert (told.width, told.height, made.milliseconds) == (160, 120, 2000)
    assert told.media_type == ("video/webm" if kind == "webm" else "video/mp4")
    with av.open(io.BytesIO(made.contents["original"])) as again:
        assert len(list(again.decode(video=0))) == 10
    cover = Image.open(io.BytesIO(made.contents["cover"]))
    assert (cover.format, cover.size) == ("JPEG", (160, 120))
    assert cover.getpixel((150, 60))[0] > 120, "the first picture is dark, the cover is not"


@pytest.mark.parametrize("kind", ["mp4", "mov"])
def test_where_a_video_was_taken_stays_behind(kind: str):
    content = files.video(kind)
    assert b"+30.2459" in content
    made = derived(derive_video, content)
    assert all(b"+30.2459" not in body for body in made.contents.values())


def test_a_video_begins_to_play_before_it_is_there():
    content = derived(derive_video, files.video("mp4")).contents["original"]
    assert content.index(b"moov") < content.index(b"mdat")


def test_more_than_a_minute_of_video_is_too_long():
    with pytest.raises(TooLong):
        derived(derive_video, files.video("mp4", 62, 32, 32, fps=1))


def test_a_video_larger_than_screens_is_not_opened(monkeypatch):
    monkeypatch.setattr(videos, "_MOST_PIXELS", 160 * 120 - 1)
    with pytest.raises(TooManyPixels):
        derived(derive_video, files.video("mp4"))


def test_streams_that_browsers_do_not_play_are_refused(monkeypatch):
    monkeypatch.setattr(videos, "_PICTURES", frozenset({"vp9"}))
    with pytest.raises(TypeUnsupported):
        derived(derive_video, files.video("mp4"))


def test_a_truncated_video_is_damaged():
    content = files.video("mp4")  # its table of contents stands at the end
    with pytest.raises(Damaged):
        derived(derive_video, content[: len(content) // 2])
