"""`python -m media_fleet`, beside a local hospital: it ends with it, however that ends."""

from __future__ import annotations

import os
import sys
import threading

from media_fleet.__main__ import main


def _until_the_hospital_ends() -> None:
    """The hospital holds the other end of standard input, and writes nothing."""
    while os.read(0, 4096):
        pass
    os._exit(0)


if __name__ == "__main__":
    threading.Thread(target=_until_the_hospital_ends, daemon=True).start()
    sys.exit(main())
