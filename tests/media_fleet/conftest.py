"""Both ways of doing what is done for each packet: in Python, and compiled (media_fleet/native)."""

from __future__ import annotations

import pytest

from media_fleet import native
from media_fleet.native.build import build


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> native.Hot:
    """Built for this run; without a compiler what needs it fails."""
    return native.load(build(tmp_path_factory.mktemp("native")))


@pytest.fixture(params=["python", "compiled"])
def both_ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test runs twice."""
    monkeypatch.setattr(native, "hot", request.getfixturevalue("compiled") if request.param == "compiled" else None)
