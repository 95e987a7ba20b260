"""Pictures are written anew: what was hidden in them stays behind, what is to be seen stays."""

from __future__ import annotations

import io
import struct

import pytest
from PIL import Image

from hospital.uploads.errors import Damaged, TooManyPixels
from hospital.uploads.sniffing import sniff
from messaging.on_upload_put_check.made import Made
from messaging.on_upload_put_check.pictures import DISPLAY, THUMBNAIL, derive_picture
from tests.builders import files

pytestmark = pytest.mark.unit


def derived(content: bytes) -> Made:
    found = sniff(content)
    assert found is not None
    return derive_picture(content, found)


def shown(made: Made, name: str = "display") -> Image.Image:
    """A variant as a browser opens it; what is told of it is true."""
    picture, told = Image.open(io.BytesIO(made.contents[name])), made.variants[name]
    assert (told.width, told.height, told.size) == (*picture.size, len(made.contents[name]))
    assert (picture.format, picture.mode, told.media_type) == ("JPEG", "RGB", "image/jpeg")
    return picture


def near(picture: Image.Image, place: tuple[int, int], colour: tuple[int, int, int]) -> bool:
    return all(abs(is_ - was) < 40 for is_, was in zip(picture.getpixel(place), colour, strict=True))


@pytest.mark.parametrize(
    "content",
    [
        files.picture(),
        files.picture("PNG"),
        files.picture("WEBP"),
        files.picture("BMP"),
        files.picture("HEIF"),
        files.picture("AVIF"),
        files.picture("GIF"),
        files.picture(mode="CMYK"),
        files.picture("PNG", mode="P"),
        files.picture("PNG", mode="RGBA"),
    ],
    ids=["jpeg", "png", "webp", "bmp", "heic", "avif", "gif", "cmyk", "palette", "rgba"],
)
def test_every_format_becomes_two_pictures(content: bytes):
    made = derived(content)
    large, small = shown(made), shown(made, "thumbnail")
    assert large.size == (640, 400) and small.size == (320, 200)
    for picture in (large, small):
        width, height = picture.size
        assert near(picture, (width // 8, height // 8), files.RED)
        assert near(picture, (width * 7 // 8, height // 8), files.GREEN)


def test_place_and_maker_stay_behind_and_the_picture_is_upright():
    content = files.photo(orientation=6)  # to be turned a quarter to the right
    assert b"PhoneMaker" in content
    made = derived(content)
    picture = shown(made)
    assert picture.size == (400, 640)
    assert near(picture, (50, 50), files.RED) and near(picture, (50, 600), files.GREEN)
    for name, body in made.contents.items():
        assert b"PhoneMaker" not in body and b"Exif" not in body
        assert not shown(made, name).getexif()


def test_a_large_photo_becomes_smaller_than_it_was_and_keeps_its_shape():
    content = files.noisy(3000, 1500)
    made = derived(content)
    assert shown(made).size == (DISPLAY, DISPLAY // 2)
    assert shown(made, "thumbnail").size == (THUMBNAIL, THUMBNAIL // 2)
    assert len(made.contents["thumbnail"]) < len(made.contents["display"]) < len(content)


def test_a_small_picture_is_not_blown_up():
    made = derived(files.picture("PNG", 20, 10))
    assert shown(made).size == shown(made, "thumbnail").size == (20, 10)


@pytest.mark.parametrize("format_", ["GIF", "WEBP"])
def test_of_moving_pictures_the_first_is_kept(format_: str):
    picture = shown(derived(files.moving(format_)))
    assert near(picture, (30, 20), files.RED)


def test_what_is_transparent_turns_white():
    stream = io.BytesIO()
    Image.new("RGBA", (40, 40), (0, 0, 0, 0)).save(stream, "PNG")
    assert shown(derived(stream.getvalue())).getpixel((20, 20)) == (255, 255, 255)


def test_greys_of_sixteen_bits_use_the_whole_range():
    picture = shown(derived(files.grey_of_16_bits()))
    assert picture.getpixel((8, 8))[0] < 20
    assert picture.getpixel((56, 8))[0] > 235


def test_what_hides_behind_a_picture_stays_behind():
    made = derived(files.polyglot())
    assert all(b"run.js" not in body and b"PK\x05\x06" not in body for body in made.contents.values())


@pytest.mark.parametrize("side", [7072, 30_000, 2**31 - 1])
def test_a_bomb_is_not_opened(side: int):
    with pytest.raises(TooManyPixels):
        derived(files.bomb(side, side))


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "GIF", "HEIF", "BMP"])
def test_a_truncated_picture_is_damaged(format_: str):
    content = files.picture(format_)
    with pytest.raises(Damaged):
        derived(content[: len(content) * 2 // 3])


def test_a_picture_of_nonsense_is_damaged():
    for content in (b"\xff\xd8\xff" + bytes(500), b"GIF89a" + struct.pack("<HH", 10, 10) + bytes(40)):
        with pytest.raises(Damaged):
            derived(content)
