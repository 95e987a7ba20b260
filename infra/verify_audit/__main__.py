"""`python -m infra.verify_audit --export FOLDER | --prefix yunzhen | --state .local [--write-export FOLDER]`."""

from __future__ import annotations

import sys
from pathlib import Path

KIT = Path(__file__).resolve().parents[2] / "layers/hospital/python"

if __name__ == "__main__":
    sys.path.insert(0, str(KIT))  # the digests and the chain are the kit's own
    from .command import main

    sys.exit(main(sys.argv[1:]))
