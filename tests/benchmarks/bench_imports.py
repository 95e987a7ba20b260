"""What a function's own code adds to a cold start: its import against that of its third-party modules alone.

Processor time of fresh processes that see no package but those of the vendor layer; the least of several. Aim: a ratio
of at most 1.3. `beyond_vendor_core` names what a function imports though the layer does not hold it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from infra.build_deployment import uv
from infra.documents.operations import function_folders, logical_id

ROOT = Path(__file__).resolve().parents[2]
OWN = ["functions", "layers/hospital/python", "layers/adapters/python"]
ROUNDS = 3
AIM = 1.3

_TIMED = """
import importlib, json, sys, time
names, vendors = json.loads(sys.argv[1]), sys.argv[2]
started = time.process_time()
try:
    for name in names:
        importlib.import_module(name)
    missing = ""
except ModuleNotFoundError as error:
    missing = error.name
took = time.process_time() - started
came = [name for name, module in sys.modules.items() if (getattr(module, "__file__", None) or "").startswith(vendors)]
print(json.dumps([took * 1000, came, missing]))
"""


@dataclass(frozen=True)
class Import:
    """One import in a fresh process."""

    milliseconds: float
    vendors: list[str]  # third-party modules, in the order they came
    missing: str


def main() -> list[dict[str, str | int | float]]:
    """A row per function, slowest first."""
    with tempfile.TemporaryDirectory() as folder:
        install_vendors(folder)
        rows = [measured(area, name, folder) for area, name in function_folders(ROOT / "functions")]
    return sorted(rows, key=lambda row: -float(row["ms"]))


def measured(area: str, folder: str, vendors: str) -> dict[str, str | int | float]:
    """Milliseconds of the whole and of its third-party modules, and their ratio."""
    handler = f"{area}.{folder}.app"
    first = imported([handler], vendors)  # writes bytecode, too
    whole, alone = [], []
    for _ in range(ROUNDS):
        whole.append(imported([handler], vendors).milliseconds)
        alone.append(imported(first.vendors, vendors).milliseconds)
    ratio = min(whole) / min(alone)
    return {
        "function": logical_id(area, folder),
        "ms": round(min(whole), 1),
        "third_party_ms": round(min(alone), 1),
        "ratio": round(ratio, 2),
        "verdict": "ok" if ratio <= AIM else f"over {AIM}",
        "beyond_vendor_core": first.missing,
    }


def install_vendors(folder: str) -> None:
    """The vendor layer's packages for this machine's own Python."""
    requirements = str(ROOT / "layers/vendor_core/requirements.txt")
    command = [uv(), "pip", "install", "--quiet", "--no-deps", "--python", sys.executable, "--target", folder]
    subprocess.run([*command, "--requirements", requirements], check=True)


def imported(names: list[str], vendors: str) -> Import:
    """Import `names` one after the other, seeing our own code and the folder `vendors` only."""
    path = os.pathsep.join([*(str(ROOT / root) for root in OWN), vendors])
    command = [sys.executable, "-S", "-c", _TIMED, json.dumps(names), vendors]
    done = subprocess.run(command, env={"PYTHONPATH": path}, capture_output=True, text=True, check=True)
    return Import(*json.loads(done.stdout.splitlines()[-1]))
