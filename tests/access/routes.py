"""What the functions register: read from the code, for comparing with the table."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import get_args

from hospital.http import App
from messaging.frames import Frame

FUNCTIONS = Path(__file__).resolve().parents[2] / "functions"


def registered() -> set[str]:
    """`GET /consultation/visits` and its like, and `SOCKET send`."""
    found: set[str] = set()
    for path in sorted(FUNCTIONS.glob("*/*/app.py")):
        area, use_case = path.parent.parent.name, path.parent.name
        app = importlib.import_module(f"{area}.{use_case}.app").app
        if isinstance(app, App):
            found |= {f"{route.method} /{area}{route.path}" for route in app.routes}
    return found | {f"SOCKET {action}" for action in socket_actions()}


def socket_actions() -> set[str]:
    """What a frame may ask for."""
    return {get_args(frame.model_fields["action"].annotation)[0] for frame in get_args(Frame)}
