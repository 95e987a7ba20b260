"""A room to call from: a loudspeaker, a microphone and the air between them, as a PulseAudio of its own.

    far person -> browser -> speaker -- air (quieter or louder, later) -> microphone -> browser -> far person
                                            ^ whoever speaks here, and what hums

The browser is Debian's full Chromium: its echo canceller compares the microphone with what the browser itself plays.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from playwright.sync_api import Browser, Playwright

from tests.browser.chromium import ARGUMENTS
from tests.builders.sounds import Samples, write_wav

NEEDED = ("pulseaudio", "pactl", "parec", "paplay", "chromium", "espeak-ng")
_AIR_MS = 30
_STARTS_WITHIN = 10.0
_BLOCKS = {"rate": "48000", "channels": "1"}


def missing() -> list[str]:
    """Programs that are not installed here."""
    return [name for name in NEEDED if shutil.which(name) is None]


class Acoustics:
    """One room while it stands; `gain_db`: how loud the speaker arrives at the microphone."""

    def __init__(self, folder: Path, gain_db: float) -> None:
        self._folder = folder
        self._playing: list[subprocess.Popen[bytes]] = []
        shape = " ".join(f"{name}={value}" for name, value in _BLOCKS.items())
        modules = (
            f"module-native-protocol-unix socket={folder}/native auth-anonymous=1",
            f"module-null-sink sink_name=speaker {shape}",
            f"module-null-sink sink_name=air {shape}",
            "module-remap-source source_name=microphone master=air.monitor",
            f"module-loopback source=speaker.monitor sink=air latency_msec={_AIR_MS}",
        )
        self.environment = {
            **os.environ,
            "PULSE_SERVER": f"unix:{folder}/native",
            "XDG_RUNTIME_DIR": str(folder),
            "HOME": str(folder),
        }
        loads = [part for module in modules for part in ("-L", module)]
        command = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", *loads]
        self._server = subprocess.Popen(
            command, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + _STARTS_WITHIN
        while self._pactl("info", check=False).returncode:
            assert time.monotonic() < deadline, "PulseAudio does not start"
            time.sleep(0.05)
        self._pactl("set-default-sink", "speaker")
        self._pactl("set-default-source", "microphone")
        (air,) = self._pactl("list", "short", "sink-inputs").stdout.decode().splitlines()
        self._pactl("set-sink-input-volume", air.split()[0], f"{gain_db}dB")

    def _pactl(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(["pactl", *words], env=self.environment, check=check, capture_output=True)

    @contextmanager
    def browser(self, playwright: Playwright) -> Iterator[Browser]:
        """With this room's speaker and microphone, and a voice of its own: Playwright mutes browsers otherwise."""
        arguments = [one for one in ARGUMENTS if not one.startswith("--use-fake-device")]
        opened = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=[*arguments, "--autoplay-policy=no-user-gesture-required"],
            ignore_default_args=["--mute-audio"],
            env={name: value for name, value in self.environment.items() if value},
        )
        try:
            yield opened
        finally:
            opened.close()

    def sounds(self, samples: Samples, name: str) -> None:
        """Begins to sound in the air, over and over until `hush`."""
        path = self._folder / f"{name}.wav"
        write_wav(path, np.tile(samples, max(1, round(48_000 * 60 / len(samples)))))
        self._playing.append(subprocess.Popen(["paplay", "--device=air", str(path)], env=self.environment))

    def once(self, samples: Samples, name: str) -> None:
        """Sounds in the air, once, while nobody waits."""
        path = self._folder / f"{name}.wav"
        write_wav(path, samples)
        self._playing.append(subprocess.Popen(["paplay", "--device=air", str(path)], env=self.environment))

    def hush(self) -> None:
        """Whatever was begun ends."""
        for one in self._playing:
            one.terminate()
            one.wait()
        self._playing.clear()

    def microphone_volume(self, share: float = 1.0) -> None:
        """Browsers turn it; each measurement begins with the same."""
        self._pactl("set-source-volume", "microphone", str(round(share * 65_536)))

    def recorded(self, seconds: float, of: str = "air.monitor") -> Samples:
        """What is in the air from now on."""
        count = round(seconds * 48_000) * 2
        asked = ["parec", f"--device={of}", "--rate=48000", "--channels=1", "--format=s16le", "--raw"]
        with subprocess.Popen(
            asked, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as recorder:
            assert recorder.stdout is not None
            heard = recorder.stdout.read(count)
            recorder.terminate()
        return np.frombuffer(heard, "<i2") / 32768

    def close(self) -> None:
        """The room is gone."""
        self.hush()
        self._server.terminate()
        self._server.wait()


@contextmanager
def acoustics(gain_db: float) -> Iterator[Acoustics]:
    """A room for the length of a block."""
    with TemporaryDirectory() as folder:
        room = Acoustics(Path(folder), gain_db)
        try:
            yield room
        finally:
            room.close()
