"""What images are built from: linted without an engine, and what no linter asks."""

from __future__ import annotations

import re
import tomllib

import pytest

from infra.check_images import IMAGES, main
from tests.template.reading import ROOT

pytestmark = pytest.mark.unit

TEXTS = {name: (ROOT / path).read_text(encoding="utf-8") for name, path in IMAGES.items()}
each_image = pytest.mark.parametrize("name", IMAGES)
OWN = ("relay", "turn")


def test_every_dockerfile_is_linted():
    files = [path for folder in ("infra", "media_fleet") for path in (ROOT / folder).rglob("Dockerfile")]
    found = {path.relative_to(ROOT) for path in files}
    assert found == set(IMAGES.values())


def test_the_linter_finds_nothing_and_would(monkeypatch, tmp_path):
    assert main() == 0
    (tmp_path / "Dockerfile").write_text("FROM debian\nRUN sudo apt-get install curl\n", encoding="utf-8")
    monkeypatch.setitem(IMAGES, "bad", tmp_path / "Dockerfile")
    assert main() == 1


@each_image
def test_bases_are_named_by_version(name):
    bases = re.findall(r"^ARG \w+=(\S+/\S+)$", TEXTS[name], re.M)
    assert bases
    assert all(re.search(r":\d[\w.-]*$", base) for base in bases)
    assert set(re.findall(r"^FROM (\S+)", TEXTS[name], re.M)) <= {"${BASE}", "${COMPILER}", "${NODE}"}, (
        "China has its own registries"
    )


@each_image
def test_what_is_copied_exists(name):
    folder = ROOT / "infra/turn" if name == "turn" else ROOT
    for sources in re.findall(r"^COPY (?!--from)(.+) \S+$", TEXTS[name], re.M):
        assert all((folder / source).exists() for source in sources.split()), sources


@pytest.mark.parametrize("name", OWN)
def test_nobody_in_it_is_root_and_it_says_whether_it_is_well(name):
    last_stage = TEXTS[name].rpartition("\nFROM ")[2]
    [user] = re.findall(r"^USER (\S+)$", last_stage, re.M)
    assert int(user.split(":")[0]) >= 10000
    assert last_stage.index("USER ") < last_stage.index("ENTRYPOINT ")
    assert "HEALTHCHECK " in last_stage
    assert "STOPSIGNAL SIGTERM" in last_stage
    assert re.search(r'^ENTRYPOINT \["', last_stage, re.M), "a shell in between would keep SIGTERM to itself"


def test_the_relay_is_the_module_that_also_runs_directly_with_the_packages_of_the_lock_file():
    assert 'ENTRYPOINT ["python", "-m", "media_fleet"]' in TEXTS["relay"]
    assert "uv export --frozen --only-group relay" in TEXTS["relay"]
    assert "--require-hashes" in TEXTS["relay"]
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]
    assert all("==" in package for package in groups["relay"])


def test_nothing_of_the_hospital_is_in_the_relays_image():
    last_stage = TEXTS["relay"].rpartition("\nFROM ")[2]
    assert re.findall(r"^COPY (.+)$", last_stage, re.M) == [
        "--from=packages /packages /packages",
        "media_fleet ./media_fleet",
        "--from=native /hot.*.so ./media_fleet/native/",
    ]
    for module in (ROOT / "media_fleet").rglob("*.py"):
        text = module.read_text(encoding="utf-8")
        assert not re.search(r"^\s*(?:from|import) (?:hospital|adapters|infra|tests|functions)\b", text, re.M), module
