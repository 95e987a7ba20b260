"""How large each function is when unzipped: the shared code and its layers, the vendor layer built for Lambda.

AWS allows 250 MB; the house allows 220, and 70 for the vendor layer.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

from infra.build_deployment import uv
from tests.template.reading import Stack, functions, stacks

ROOT = Path(__file__).resolve().parents[2]
MEGABYTE = 1_000_000


def main() -> list[dict[str, str | int | float]]:
    """A row per layer, then a row per function."""
    with tempfile.TemporaryDirectory() as folder:
        layers = {name: size_of(path) for name, path in layer_folders(Path(folder)).items()}
        code = size_of([ROOT / "functions"])
        rows: list[dict[str, str | int | float]] = [row(f"layer {name}", size) for name, size in layers.items()]
        for stack, name, _ in functions():
            rows.append(row(name, code + sum(layers[layer] for layer in layers_of(stack, name))))
    return rows


def layer_folders(built: Path) -> dict[str, list[Path]]:
    """Layer -> its folders; the vendor layer is built under `built`."""
    found = {}
    for name, properties in stacks()[0].of_type("AWS::Serverless::LayerVersion").items():
        source = ROOT / properties["ContentUri"]
        if (source / "Makefile").exists():
            given = [f"ARTIFACTS_DIR={built / name}", f"UV={uv()}"]
            subprocess.run(["make", "--silent", "-C", str(source), f"build-{name}", *given], check=True)
            source = built / name
        found[name] = [source]
    return found


def layers_of(stack: Stack, function: str) -> list[str]:
    """The layers that a function names."""
    return [layer["Ref"] for layer in stack.setting(function, "Layers")]


def size_of(folders: Iterable[Path]) -> int:
    """Bytes of all files that are deployed; bytecode is not."""
    files = (path for folder in folders for path in folder.rglob("*") if path.is_file())
    return sum(path.stat().st_size for path in files if "__pycache__" not in path.parts)


def row(name: str, size: int) -> dict[str, str | int | float]:
    """A line of the table."""
    return {"what": name, "unzipped_mb": round(size / MEGABYTE, 2)}
