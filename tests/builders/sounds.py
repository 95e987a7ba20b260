"""Sounds that are made, not recorded, and what can be said of sounds that arrived: levels, spectra, likeness.

Samples are float64 between -1 and 1 at 48 kHz, one channel.
"""

from __future__ import annotations

import wave
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float64]
RATE = 48_000
SILENCE_DB = -120.0


def heart(seconds: float = 10.0, seed: int = 1) -> Samples:
    """A beating heart at 72 a minute, 20-150 Hz: both sounds, and a soft murmur between them that is never the same.

    First sound 25-60 Hz, second 50-90 Hz, murmur 90-150 Hz: where phonocardiography finds them (Rangayyan,
    Biomedical Signal Analysis, 1.2.8). Repeats without a seam when `seconds` is a multiple of 5/6.
    """
    chance = np.random.default_rng(seed)
    out = np.zeros(round(seconds * RATE))
    beat = RATE * 60 // 72
    for start in range(0, len(out) - beat + 1, beat):
        for at, length, tones in ((0.0, 0.14, (28, 40, 55)), (0.32, 0.10, (52, 68, 85))):
            out[start + round(at * RATE) :][: round(length * RATE)] += 0.25 * _thud(length, tones, chance)
        out[start + round(0.14 * RATE) :][: round(0.18 * RATE)] += 0.05 * _band(0.18, 90, 150, chance)
    return out / np.abs(out).max() * 0.5


def _thud(seconds: float, tones: tuple[int, ...], chance: np.random.Generator) -> Samples:
    at = np.arange(round(seconds * RATE)) / RATE
    swell = np.sin(np.pi * at / seconds) ** 2 * np.exp(-at / (seconds / 2))
    whole = sum(np.sin(2 * np.pi * (tone + chance.uniform(-2, 2)) * at + chance.uniform(0, 6)) for tone in tones)
    return cast(Samples, swell * whole)


def _band(seconds: float, low: float, high: float, chance: np.random.Generator) -> Samples:
    count = round(seconds * RATE)
    spectrum = np.fft.rfft(chance.standard_normal(count))
    at = np.fft.rfftfreq(count, 1 / RATE)
    spectrum[(at < low) | (at > high)] = 0
    whole = np.fft.irfft(spectrum, count) * np.hanning(count)
    return cast(Samples, whole / np.abs(whole).max())


def noise(seconds: float, seed: int = 1) -> Samples:
    """A ward's steady noise: 1/f from 60 Hz to 8 kHz, RMS 1."""
    count = round(seconds * RATE)
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(count))
    at = np.fft.rfftfreq(count, 1 / RATE)
    spectrum *= np.where((at > 60) & (at < 8_000), 1 / np.sqrt(np.maximum(at, 60)), 0)
    whole = np.fft.irfft(spectrum, count)
    return cast(Samples, whole / np.sqrt(np.mean(whole**2)))


def write_wav(path: Path, samples: Samples) -> None:
    """Mono, 16 bits."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())


def read_wav(path: Path) -> Samples:
    """Brought to 48 kHz by straight lines between its samples."""
    with wave.open(str(path), "rb") as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768
        old = np.arange(len(samples)) / file.getframerate()
    return np.interp(np.arange(0, old[-1], 1 / RATE), old, samples)


def level_db(samples: Samples) -> float:
    """RMS in dB below full scale."""
    power = float(np.mean(samples**2)) if len(samples) else 0.0
    return max(SILENCE_DB, 10 * np.log10(max(power, 1e-12)))


def spectrum(samples: Samples, low: float, high: float) -> Samples:
    """Mean power in bands of 5.9 Hz between two frequencies (Welch's method, Hann windows of 8192 samples)."""
    window = np.hanning(8192)
    starts = range(0, len(samples) - 8191, 4096)
    power = np.mean([np.abs(np.fft.rfft(samples[at : at + 8192] * window)) ** 2 for at in starts], axis=0)
    at = np.fft.rfftfreq(8192, 1 / RATE)
    return cast(Samples, power[(at >= low) & (at <= high)] / np.sum(window**2) / 8192 * 2)


def band_db(samples: Samples, low: float, high: float) -> float:
    """The level of what lies between two frequencies."""
    return max(SILENCE_DB, 10 * float(np.log10(max(float(np.sum(spectrum(samples, low, high))), 1e-12))))


def likeness(sent: Samples, arrived: Samples, low: float, high: float) -> float:
    """How far the shape of a band arrived as it was sent, whatever its loudness: 1 is the same, 0 nothing of it.

    Per band of 5.9 Hz the smaller of both powers over the larger, weighed by what was sent: what is missing, too loud
    or new counts against it alike.
    """
    one, other = spectrum(sent, low, high), spectrum(arrived, low, high)
    other *= np.sum(one) / max(float(np.sum(other)), 1e-15)
    return float(np.sum(one * np.minimum(one, other) / np.maximum(np.maximum(one, other), 1e-15)) / np.sum(one))
