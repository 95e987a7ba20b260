"""What is deployed: functions, layers and templates, and nothing of the local hospital."""

from __future__ import annotations

import re

import pytest

from infra.build_deployment import copy_deployed
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
