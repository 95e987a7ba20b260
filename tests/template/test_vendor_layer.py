"""The vendor layer holds what the lock says, and nothing that a function does not need at run time."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import distribution
from pathlib import Path

import pytest

from tests.template.reading import ROOT, functions

pytestmark = pytest.mark.unit

LAYER = ROOT / "layers/vendor_core"
PRUNED = re.search(r"^NOT_AT_RUN_TIME = (.+)$", (LAYER / "Makefile").read_text(encoding="utf-8"), re.M)[1].split()
LOCKED = {package["name"]: package for package in tomllib.loads((ROOT / "uv.lock").read_text())["package"]}


def pinned() -> dict[str, set[str]]:
    """Requirement -> its hashes."""
    text = (LAYER / "requirements.txt").read_text(encoding="utf-8").replace("\\\n", "")
    return {line.split(" ")[0]: set(re.findall(r"--hash=(\S+)", line)) for line in text.splitlines()}


def needed() -> set[str]:
    """What the project's own dependencies bring with them on Lambda, from the lock."""
    found: set[str] = set()
    wanted = [need["name"] for need in LOCKED["yunzhen"]["dependencies"]]
    while wanted:
        name = wanted.pop()
        if name in found or name in PRUNED:
            continue
        found.add(name)
        wanted += [
            need["name"] for need in LOCKED[name].get("dependencies", []) if "win32" not in need.get("marker", "")
        ]
    return found


def test_the_requirements_are_those_of_the_lock():
    assert set(pinned()) == {f"{name}=={LOCKED[name]['version']}" for name in needed()}, (
        "make -C layers/vendor_core export"
    )


def test_every_package_is_held_by_its_hashes():
    for requirement, hashes in pinned().items():
        package = LOCKED[requirement.split("==")[0]]
        files = [*package.get("wheels", []), *filter(None, [package.get("sdist")])]
        assert hashes
        assert hashes <= {file["hash"] for file in files}, requirement


def test_every_package_has_a_wheel_for_lambda():
    for requirement in pinned():
        wheels = [wheel["url"].rsplit("/", 1)[-1] for wheel in LOCKED[requirement.split("==")[0]].get("wheels", [])]
        fitting = [
            wheel
            for wheel in wheels
            if wheel.endswith("-none-any.whl") or ("x86_64" in wheel and re.search(r"cp313-cp313-|-abi3-", wheel))
        ]
        assert fitting, requirement


def test_nothing_of_the_local_hospital_is_in_it():
    names = {requirement.split("==")[0] for requirement in pinned()}
    assert not names & {"moto", "aiohttp", "pyyaml", "werkzeug", "pip", "setuptools"}


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)


def test_a_function_fits_with_all_its_layers():
    """AWS allows 250 MB and five layers. Sizes of this machine's own wheels stand for those of Lambda."""
    megabyte = 1_000_000
    vendors = sum(
        Path(distribution(requirement.split("==")[0]).locate_file(file)).stat().st_size
        for requirement in pinned()
        for file in distribution(requirement.split("==")[0]).files or []
        if file.suffix != ".pyc" and ".." not in file.parts
    )
    ours = sum(size_of(ROOT / folder) for folder in ("functions", "layers/hospital", "layers/adapters"))
    assert vendors < 70 * megabyte
    assert vendors + ours < 220 * megabyte
    for stack, name, _ in functions():
        assert len(stack.setting(name, "Layers")) <= 5
