"""A card as a phone photographs it: ten ordinary conditions, and troubles that have to be noticed.

A scene is 1440 x 1080 pixels. All of it is drawn: no real phone, print or screen was at hand, which says how far what
is measured with it can be believed.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Mapping
from typing import Any

import cv2
import numpy as np
from PIL import Image

SCENE = (1440, 1080)
Array = Any


def photographed(card: Image.Image, condition: str, seed: int) -> Image.Image:
    """The picture of `card` under one of `CONDITIONS` or `TROUBLES`."""
    dice = random.Random(f"{condition} {seed}")
    return Image.fromarray({**CONDITIONS, **TROUBLES}[condition](np.asarray(card.convert("RGB")), dice))


def as_jpeg(picture: Image.Image, quality: int = 88, **options: Any) -> bytes:
    """The file that a page would send."""
    stream = io.BytesIO()
    picture.convert("RGB").save(stream, "JPEG", quality=quality, **options)
    return stream.getvalue()


# -- laying the card down ----------------------------------------------------------------------------------------
def _desk(dice: random.Random, plain: bool = False) -> Array:
    """Wood, cloth or stone: a colour with grain."""
    colour = dice.choice([(92, 66, 48), (60, 64, 72), (120, 96, 70), (44, 84, 74), (150, 128, 104), (38, 40, 46)])
    noise = np.random.default_rng(dice.randint(0, 2**31))
    width, height = SCENE
    grain = cv2.resize(noise.normal(0, 1, (height // 8, width // 60)).astype(np.float32), SCENE)
    fine = noise.normal(0, 1, (height, width)).astype(np.float32)
    return np.clip(np.array(colour) + (0 if plain else 9) * grain[..., None] + 3 * fine[..., None], 0, 255)


def _laid(
    card: Array, ground: Array, dice: random.Random, *, angle: float = 0, lean: float = 0, scale: float = 1.0
) -> Array:
    """The card on the desk, turned by `angle` degrees; `lean` draws its far edge together, as a share of the width."""
    height, width = card.shape[:2]
    turned = np.deg2rad(angle)
    most_wide = abs(width * np.cos(turned)) + abs(height * np.sin(turned))
    most_high = abs(width * np.sin(turned)) + abs(height * np.cos(turned))
    size = scale * min(SCENE[0] * 0.86 / most_wide, SCENE[1] * 0.86 / most_high)
    middle = np.array([SCENE[0] / 2 + dice.uniform(-25, 25), SCENE[1] / 2 + dice.uniform(-25, 25)])
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * [width / 2, height / 2]
    corners[:2, 0] *= 1 - lean
    turn = np.array([[np.cos(turned), -np.sin(turned)], [np.sin(turned), np.cos(turned)]])
    corners = corners @ turn.T * size + middle
    source = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(source, corners.astype(np.float32))
    laid = cv2.warpPerspective(card, matrix, SCENE, flags=cv2.INTER_AREA)
    mask = cv2.warpPerspective(np.full((height, width), 255, np.uint8), matrix, SCENE)
    mask = cv2.GaussianBlur(mask, (3, 3), 0)[..., None] / 255.0
    shadow = cv2.GaussianBlur(np.roll(mask[..., 0], (8, 6), (0, 1)), (0, 0), 9)[..., None]
    return ground * (1 - 0.35 * shadow) * (1 - mask) + laid * mask


def _sensed(scene: Array, dice: random.Random, noise: float = 2.2) -> Array:
    """As a sensor gives it."""
    grain = np.random.default_rng(dice.randint(0, 2**31)).normal(0, noise, scene.shape)
    return np.clip(scene + grain, 0, 255).astype(np.uint8)


def _on_desk(card: Array, dice: random.Random, **how: float) -> Array:
    return _laid(card, _desk(dice), dice, **{"angle": dice.uniform(-2, 2), **how})


# -- the ten conditions ------------------------------------------------------------------------------------------
def _flat(card: Array, dice: random.Random) -> Array:
    return _sensed(_laid(card, _desk(dice, plain=True), dice), dice, 1)


def _ordinary(card: Array, dice: random.Random) -> Array:
    return _sensed(_on_desk(card, dice), dice)


def _tilted(card: Array, dice: random.Random) -> Array:
    return _sensed(_on_desk(card, dice, angle=dice.choice((-1, 1)) * dice.uniform(8, 18)), dice)


def _turned(card: Array, dice: random.Random) -> Array:
    return _sensed(_on_desk(card, dice, angle=dice.choice((90, 180, 270)) + dice.uniform(-3, 3)), dice)


def _leaning(card: Array, dice: random.Random) -> Array:
    return _sensed(_on_desk(card, dice, lean=dice.uniform(0.10, 0.22)), dice)


def _soft(card: Array, dice: random.Random) -> Array:
    return _sensed(cv2.GaussianBlur(_on_desk(card, dice), (0, 0), dice.uniform(1.0, 1.5)), dice)


def _small(card: Array, dice: random.Random) -> Array:
    scene = _on_desk(card, dice)
    small = cv2.resize(scene.astype(np.float32), (800, 600), interpolation=cv2.INTER_AREA)
    return np.asarray(Image.open(io.BytesIO(as_jpeg(Image.fromarray(_sensed(small, dice)), 55))))


def _dim(card: Array, dice: random.Random) -> Array:
    return _sensed(_on_desk(card, dice) * [0.44, 0.38, 0.30], dice, 5)


def _shaded(card: Array, dice: random.Random) -> Array:
    width, height = SCENE
    x, y = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    turn = dice.uniform(0, 6.28)
    edge = 1 / (1 + np.exp(-(x * np.cos(turn) + y * np.sin(turn) - dice.uniform(-0.2, 0.2)) * 9))
    return _sensed(_on_desk(card, dice) * (0.5 + 0.5 * edge)[..., None], dice)


def _glossy(card: Array, dice: random.Random) -> Array:
    """A lamp's reflection on it, that leaves the writing to be seen."""
    scene = _on_desk(card, dice)
    width, height = SCENE
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    at, size = (dice.uniform(0.35, 0.75) * width, dice.uniform(0.3, 0.7) * height), dice.uniform(90, 150)
    spot = np.exp(-((x - at[0]) ** 2 + (y - at[1]) ** 2) / (2 * size**2))
    return _sensed(scene + 105 * spot[..., None], dice)


CONDITIONS: Mapping[str, Callable[[Array, random.Random], Array]] = {
    "flat": _flat,
    "desk": _ordinary,
    "tilted": _tilted,
    "turned": _turned,
    "leaning": _leaning,
    "soft": _soft,
    "small": _small,
    "dim": _dim,
    "shaded": _shaded,
    "glossy": _glossy,
}


# -- what has to be noticed --------------------------------------------------------------------------------------
def _photocopy(card: Array, dice: random.Random) -> Array:
    """A grey copy on white paper."""
    grey = cv2.cvtColor(card, cv2.COLOR_RGB2GRAY).astype(np.float32)
    grey = np.clip((grey - 128) * 1.35 + 140, 0, 255)
    return _sensed(_laid(np.repeat(grey[..., None], 3, 2), _desk(dice), dice, angle=dice.uniform(-2, 2)), dice)


def _screen(card: Array, dice: random.Random) -> Array:
    """Shown on a screen: its rows and columns beat against those of the sensor."""
    scene = _on_desk(card, dice)
    width, height = SCENE
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    pitch, turn = dice.uniform(3.1, 4.6), dice.uniform(-0.12, 0.12)
    across = np.sin(2 * np.pi * (x * np.cos(turn) + y * np.sin(turn)) / pitch)
    down = np.sin(2 * np.pi * (y * np.cos(turn) - x * np.sin(turn)) / pitch)
    return _sensed(scene + (13 * across + 11 * down)[..., None] * [1.0, 0.8, 1.1], dice)


def _cut_off(card: Array, dice: random.Random) -> Array:
    """One edge of it is outside of the picture."""
    scene = _on_desk(card, dice, scale=1.0)
    away = int(SCENE[0] * dice.uniform(0.14, 0.2))
    kept = scene[:, away:] if dice.random() < 0.5 else scene[:, : SCENE[0] - away]
    return _sensed(kept, dice)


def _covered(card: Array, dice: random.Random) -> Array:
    """A thumb over its edge."""
    scene = _on_desk(card, dice).astype(np.float32)
    left = dice.random() < 0.5
    y = dice.uniform(0.35, 0.8) * SCENE[1]
    middle = (int(SCENE[0] * (0.10 if left else 0.90)), int(y))
    mask = np.zeros(scene.shape[:2], np.float32)
    cv2.ellipse(mask, middle, (int(dice.uniform(120, 170)), 66), dice.uniform(-25, 25), 0, 360, 1.0, -1)
    mask = cv2.GaussianBlur(mask, (0, 0), 3)[..., None]
    return _sensed(scene * (1 - mask) + np.array([206, 156, 132]) * mask, dice)


def _blurred(card: Array, dice: random.Random) -> Array:
    return _sensed(cv2.GaussianBlur(_on_desk(card, dice), (0, 0), dice.uniform(5, 7)), dice)


def _edited(card: Array, dice: random.Random) -> Array:
    """A field of the finished picture is painted over and written anew: no sensor's noise there."""
    photo = _sensed(_laid(card, _desk(dice), dice), dice, 3.0)
    height, width = photo.shape[:2]
    # Where the name stands once the card is laid flat: the same scale as in `_laid`.
    size = min(SCENE[0] * 0.86 / card.shape[1], SCENE[1] * 0.86 / card.shape[0])
    left, top = int(width / 2 - card.shape[1] / 2 * size), int(height / 2 - card.shape[0] / 2 * size)
    x, y = left + int(140 * size), top + int(50 * size)
    painted = photo.copy()
    painted[y : y + int(86 * size), x : x + int(220 * size)] = photo[y - 4, x + 4]
    picture = Image.fromarray(painted)
    from PIL import ImageDraw

    from tests.builders.id_cards.cards import font

    ImageDraw.Draw(picture).text((x + 16, y + 14), "吴晓明", font=font(int(42 * size)), fill=(22, 22, 26))
    return np.asarray(picture)


TROUBLES: Mapping[str, Callable[[Array, random.Random], Array]] = {
    "photocopy": _photocopy,
    "screen": _screen,
    "cut_off": _cut_off,
    "covered": _covered,
    "blurred": _blurred,
    "edited": _edited,
}
