"""What Chromium's fake camera shows: a file of uncompressed pictures (YUV4MPEG2) that is played round and round.

The file is read while it is played. What is written over it in place, in pictures of the same size, is shown from the
next picture on; another size counts from the next time the camera opens.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, repeat
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from tests.builders.faces import moved
from tests.builders.id_cards.cards import own_portrait

CARD, FACE = (1280, 960), (480, 480)
"""Width and height in pixels."""
_A_SECOND = 5
_SECONDS = 24


def show_card(film: Path, photograph: Image.Image) -> None:
    """From the next time the camera opens it looks at that."""
    _write(film, [photograph.resize(CARD)] * 2)


def show_face(film: Path, actions: Sequence[str] = ()) -> None:
    """Somebody who looks into the camera; with `actions` they are done from then on, one after the other.

    Without them the film is a second long: wherever it stands when it is written anew, what is done is still to come.
    """
    ahead = [moved(own_portrait(), sway=sway) for sway in (0, 1)]
    done = ahead * 5 if actions else ahead[:1] * _A_SECOND
    for action in actions:
        half, whole = (moved(own_portrait(), action, how) for how in (0.6, 1.0))
        done += [half, *[whole] * 5, half, *ahead]
    rest = _SECONDS * _A_SECOND - len(done) if actions else 0
    _write(film, chain(done, repeat(ahead[0], rest)))


def _write(film: Path, pictures: Iterable[Image.Image]) -> None:
    """Every picture with a noise of its own, another one each time: no sensor gives the same picture twice, and frames
    that came before are refused."""
    noise = np.random.default_rng()
    size: tuple[int, int] | None = None
    parts: list[bytes] = []
    for picture in pictures:
        if size is None:
            size = CARD if picture.size == CARD else FACE
            parts.append(f"YUV4MPEG2 W{size[0]} H{size[1]} F{_A_SECOND}:1 Ip A1:1 C420jpeg\n".encode())
        pixels = np.asarray(_fitted(picture, size), np.int16)
        noisy = np.clip(pixels + noise.integers(-3, 4, pixels.shape, np.int16), 0, 255).astype(np.uint8)
        parts += [b"FRAME\n", cv2.cvtColor(noisy, cv2.COLOR_RGB2YUV_I420).tobytes()]
    with film.open("r+b" if film.exists() else "wb") as file:
        file.write(b"".join(parts))
        file.truncate()


def _fitted(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """In the middle of a grey wall."""
    if picture.size == size:
        return picture
    scale = min(size[0] / picture.width, size[1] / picture.height)
    small = picture.resize((round(picture.width * scale), round(picture.height * scale)))
    wall = Image.new("RGB", size, (168, 172, 176))
    wall.paste(small, ((size[0] - small.width) // 2, (size[1] - small.height) // 2))
    return wall
