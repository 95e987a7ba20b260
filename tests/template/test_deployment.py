"""What is deployed: functions, layers and templates, and nothing of the local hospital."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime, timedelta

import pytest

from infra.build_deployment import copy_deployed, release_name, what_is_built
from tests.template.reading import ROOT

pytestmark = pytest.mark.unit

KNOWN_FILES = {".py", ".json", ".yaml", ".txt"}
KNOWN_NAMES = {"py.typed", "Makefile"}


@pytest.fixture(scope="module")
def deployed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("deployed")
    (folder / "left_from_before.py").touch()
    copy_deployed(folder)
    return folder


def test_only_code_and_templates_are_in_it(deployed):
    files = [path for path in deployed.rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files if path.suffix not in KNOWN_FILES and path.name not in KNOWN_NAMES]
    assert {path.name for path in deployed.iterdir()} == {"template.yaml", "functions", "infra", "layers"}
    assert {path.name for path in (deployed / "infra").iterdir() if path.is_dir()} == {"areas", "openapi"}


def test_no_test_and_no_bytecode_is_in_it(deployed):
    assert not [path for path in deployed.rglob("*") if re.search(r"^test_|_test\.py$|__pycache__|\.pyc$", path.name)]


def test_nothing_in_it_knows_the_local_hospital(deployed):
    """The sandbox and the demo accounts exist on a developer's machine only."""
    for path in deployed.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert "infra.local" not in text, path
        assert "/sandbox" not in text, path
        assert "import moto" not in text, path


def test_every_function_of_the_source_is_in_it(deployed):
    def apps(root):
        return {path.relative_to(root) for path in (root / "functions").glob("*/*/app.py")}

    assert apps(deployed) == apps(ROOT)


# -- releases -----------------------------------------------------------------------------------------------------

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_a_release_is_named_by_when_and_of_what(deployed):
    name = release_name(deployed, NOON)
    assert re.fullmatch(r"20261122T120000Z-[0-9a-f]{8}", name)
    assert release_name(deployed, NOON + timedelta(seconds=1)).split("-")[1] == name.split("-")[1]


@pytest.mark.parametrize("changed", ["layers/hospital/python/hospital/work.py", "infra/areas/identity.yaml"])
def test_what_is_beside_the_functions_makes_another_release_too(deployed, tmp_path, changed):
    """SAM looks at a function's zip only: a changed layer or variable alone would leave the alias where it is."""
    shutil.copytree(deployed, tmp_path / "copy")
    with (tmp_path / "copy" / changed).open("a") as file:
        file.write("# changed\n")
    assert release_name(tmp_path / "copy", NOON) != release_name(deployed, NOON)


@pytest.fixture
def built_from(tmp_path):
    """A copy of what a build looks at."""
    copy_deployed(tmp_path)
    return tmp_path


def test_a_build_is_known_by_its_templates_and_packages(built_from):
    before = what_is_built(built_from)
    assert before == what_is_built(ROOT), "wherever it lies"
    (built_from / "functions/house/publish_outbox/app.py").write_text("", encoding="utf-8")
    assert what_is_built(built_from) == before, "functions are zipped as they lie"
    (built_from / "layers/vendor_core/requirements.txt").write_text("", encoding="utf-8")
    assert what_is_built(built_from) != before


def test_another_template_is_another_build(built_from):
    before = what_is_built(built_from)
    with (built_from / "infra/tables.yaml").open("a") as file:
        file.write("# changed\n")
    assert what_is_built(built_from) != before
