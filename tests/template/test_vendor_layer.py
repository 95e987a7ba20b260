"""Each vendor layer holds what the lock says, and nothing that a function does not need at run time."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import distribution
from pathlib import Path

import pytest

from tests.template.reading import ROOT, functions

pytestmark = pytest.mark.unit

CORE = ROOT / "layers/vendor_core"
NAMES = ("vendor_files", "vendor_his", "vendor_tables", "vendor_pay")
FILES, HIS, TABLES, PAY = (ROOT / "layers" / name for name in NAMES)
OWN = {"VendorFilesLayer": FILES, "VendorHisLayer": HIS, "VendorTablesLayer": TABLES, "VendorPayLayer": PAY}
"""Layers that only some functions carry; each is built from the dependency group of its name."""
PRUNED = re.search(r"^NOT_AT_RUN_TIME = (.+)$", (CORE / "Makefile").read_text(encoding="utf-8"), re.M)[1].split()
LOCKED = {package["name"]: package for package in tomllib.loads((ROOT / "uv.lock").read_text())["package"]}
each_layer = pytest.mark.parametrize("layer", [CORE, *OWN.values()], ids=lambda layer: layer.name)


def pinned(layer: Path) -> dict[str, set[str]]:
    """Requirement -> its hashes."""
    text = (layer / "requirements.txt").read_text(encoding="utf-8").replace("\\\n", "")
    return {line.split(" ")[0]: set(re.findall(r"--hash=(\S+)", line)) for line in text.splitlines()}


def needed(layer: Path) -> set[str]:
    """What the project's own dependencies bring with them on Lambda, from the lock."""
    found: set[str] = set()
    ours = LOCKED["yunzhen"]
    group = layer.name.removeprefix("vendor_")
    wanted = [need["name"] for need in (ours["dependencies"] if layer == CORE else ours["dev-dependencies"][group])]
    while wanted:
        name = wanted.pop()
        if name in found or name in PRUNED:
            continue
        found.add(name)
        wanted += [
            need["name"] for need in LOCKED[name].get("dependencies", []) if "win32" not in need.get("marker", "")
        ]
    return found


@each_layer
def test_the_requirements_are_those_of_the_lock(layer):
    assert set(pinned(layer)) == {f"{name}=={LOCKED[name]['version']}" for name in needed(layer)}, (
        f"make -C layers/{layer.name} export"
    )


@each_layer
def test_every_package_is_held_by_its_hashes(layer):
    for requirement, hashes in pinned(layer).items():
        package = LOCKED[requirement.split("==")[0]]
        files = [*package.get("wheels", []), *filter(None, [package.get("sdist")])]
        assert hashes
        assert hashes <= {file["hash"] for file in files}, requirement


@each_layer
def test_every_package_has_a_wheel_for_lambda(layer):
    for requirement in pinned(layer):
        wheels = [wheel["url"].rsplit("/", 1)[-1] for wheel in LOCKED[requirement.split("==")[0]].get("wheels", [])]
        fitting = [
            wheel
            for wheel in wheels
            if wheel.endswith("-none-any.whl") or ("x86_64" in wheel and re.search(r"cp313-cp313-|-abi3-", wheel))
        ]
        assert fitting, requirement


@each_layer
def test_nothing_of_the_local_hospital_is_in_it(layer):
    names = {requirement.split("==")[0] for requirement in pinned(layer)}
    assert not names & {"moto", "aiohttp", "pyyaml", "werkzeug", "pip", "setuptools"}


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)


def installed(layer: Path) -> int:
    """Bytes of a layer: the sizes of this machine's own wheels stand for those of Lambda."""
    return sum(
        Path(distribution(requirement.split("==")[0]).locate_file(file)).stat().st_size
        for requirement in pinned(layer)
        for file in distribution(requirement.split("==")[0]).files or []
        if file.suffix != ".pyc" and ".." not in file.parts
    )


def test_a_function_fits_with_all_its_layers():
    """AWS allows 250 MB and five layers."""
    megabyte = 1_000_000
    core, own_layers = installed(CORE), {name: installed(layer) for name, layer in OWN.items()}
    ours = sum(size_of(ROOT / folder) for folder in ("functions", "layers/hospital", "layers/adapters"))
    assert core < 70 * megabyte
    for stack, name, _ in functions():
        shared, own = stack.document["Globals"]["Function"], stack.resources[name]["Properties"]
        layers = [*shared["Layers"], *own.get("Layers", [])]
        assert len(layers) <= 5
        more = sum(size for layer, size in own_layers.items() if {"Ref": layer} in layers)
        assert core + more + ours < 220 * megabyte, name
