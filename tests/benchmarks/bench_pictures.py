"""What the function that looks at pictures costs, cold and warm: seconds of a processor, and memory.

A row for each thing it is asked: the first time in a process of its own, with all it loads, and the median of the next.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from typing import Any

from tests.benchmarks.__main__ import IMPORT_ROOTS, ROOT, Rows

AGAIN = 3
ACTIONS = ("turn_left", "blink", "open_mouth")


def main() -> Rows:
    """Each in a process of its own."""
    return [_apart(what) for what in ("front", "back", "face")]


def _apart(what: str) -> dict[str, Any]:
    """What a process of its own prints."""
    program = [sys.executable, "-m", "tests.benchmarks.bench_pictures", what]
    done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=True)
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def measured(what: str) -> dict[str, str | int | float]:
    """In this process, which has loaded nothing yet."""
    import resource
    import time

    event = _apart(f"event-{what}")  # drawing a face here would load the models
    began = time.process_time()
    from identity.look_at_pictures.handler import handler

    spent: list[float] = []
    for _ in range(1 + AGAIN):
        handler(event, None)
        spent.append(time.process_time() - began)
        began = time.process_time()
    warm = sorted(spent[1:])[AGAIN // 2]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    told = {"cold s": round(spent[0], 2), "warm s": round(warm, 2), "cold/warm": round(spent[0] / warm, 1)}
    return {"asked": what, **told, "MB": memory}


def event_of(what: str) -> dict[str, Any]:
    """What the function is asked."""
    from tests.builders.faces import capture
    from tests.builders.id_cards import as_jpeg, drawn_back, drawn_front, made_card, photographed
    from tests.builders.id_cards.cards import PORTRAIT

    if what == "face":
        frames = [base64.b64encode(frame).decode() for frame in capture(ACTIONS)]
        portrait = base64.b64encode(PORTRAIT.read_bytes()).decode()
        return {"do": "watch_face", "frames": frames, "actions": list(ACTIONS), "portrait": portrait}
    drawn = (drawn_front if what == "front" else drawn_back)(made_card(11))
    picture = base64.b64encode(as_jpeg(photographed(drawn, "desk", 1))).decode()
    return {"do": "read_card", "side": what, "picture": picture}


if __name__ == "__main__":
    sys.path[:0] = [str(folder) for folder in IMPORT_ROOTS if str(folder) not in sys.path]
    wanted = sys.argv[1]
    made = event_of(wanted.removeprefix("event-")) if wanted.startswith("event-") else measured(wanted)
    print(json.dumps(made))
