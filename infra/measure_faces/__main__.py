"""`python -m infra.measure_faces FOLDER [--report report.json]`."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

if __name__ == "__main__":
    sys.path[:0] = [str(ROOT / each) for each in ("functions", "layers/hospital/python", "layers/adapters/python")]
    from .command import main

    sys.exit(main(sys.argv[1:]))
