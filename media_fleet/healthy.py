"""Whether the relay of this container is well: `python -m media_fleet.healthy` ends with 0 or 1.

For the health check of the image and of its task. A relay that drains is well: its rooms go on.
"""

from __future__ import annotations

import os
import sys
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

PATIENCE = 2.5


def healthy(port: int) -> bool:
    """Whether `/health` on this machine's control port answers 200 within the patience of the check."""
    try:
        with build_opener(ProxyHandler({})).open(f"http://127.0.0.1:{port}/health", timeout=PATIENCE) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


if __name__ == "__main__":
    sys.exit(0 if healthy(int(os.environ.get("RELAY_CONTROL_PORT", "8080"))) else 1)
