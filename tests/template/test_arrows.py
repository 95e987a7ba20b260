"""Who may import whom: functions -> subjects -> kit; outside parties only through their ports."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from tests.template.reading import ROOT

pytestmark = pytest.mark.unit

FUNCTIONS = ROOT / "functions"
KIT = ROOT / "layers/hospital/python/hospital"
ADAPTERS = ROOT / "layers/adapters/python/adapters"

AREAS = {path.name for path in FUNCTIONS.iterdir() if path.is_dir() and path.name != "__pycache__"}
SUBJECTS = {path.parent.name for path in KIT.glob("*/__init__.py")}
PORTS = {path.parent.name for path in ADAPTERS.glob("*/__init__.py")}

# Third-party packages that may be imported, by whom (prefixes of paths below the root).
THIRD_PARTY = {
    "pydantic": ["functions", "layers"],
    "pynamodb": ["functions", "layers/hospital"],
    "chalice": ["layers/hospital/python/hospital/http.py"],
    "boto3": ["layers/hospital/python/hospital/aws.py", "layers/hospital/python/hospital/records.py"],
    "botocore": ["layers/hospital"],
    "cryptography": [
        *(f"layers/hospital/python/hospital/{name}.py" for name in ("digests", "sealing", "secret_keys")),
        "layers/adapters",
    ],
    "argon2": ["layers/hospital/python/hospital/sessions"],
    "jwt": [
        "layers/hospital/python/hospital/sessions",
        "layers/hospital/python/hospital/relays/grants.py",
        "layers/adapters",
    ],
    **{name: ["functions/messaging/on_upload_put_check"] for name in ("av", "pillow_heif")},
    "PIL": ["functions/messaging/on_upload_put_check", "functions/identity/look_at_pictures"],
    **{name: ["functions/identity/look_at_pictures"] for name in ("cv2", "dlib", "numpy", "rapidocr")},
    "openpyxl": ["layers/hospital/python/hospital/dictionaries/workbooks.py"],
    "pypinyin": ["layers/hospital/python/hospital/dictionaries/pinyin.py"],
    **{name: ["layers/adapters/python/adapters/payment/wechat_pay.py"] for name in ("requests", "wechatpayv3")},
    "zeep": ["layers/adapters/python/adapters/his/soap.py"],
    "aws_lambda_powertools": ["layers/hospital/python/hospital/observability.py"],
}

# What an area shares with the others, and why it is no subject.
SHARED = {"identity.standing": "a session's worth meets people and sessions; the socket asks it as the authorizer does"}

# What adapters of several ports speak with one vendor.
VENDORS = {path.stem for path in ADAPTERS.glob("[a-z]*.py")}

MODULES = sorted(path for folder in (FUNCTIONS, KIT, ADAPTERS) for path in folder.rglob("*.py"))
each_module = pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())


def imported(path: Path) -> set[str]:
    """Dotted names of all modules, and names in them, that a module imports, wherever the import stands."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def tops(names: set[str]) -> set[str]:
    return {name.split(".")[0] for name in names}


@each_module
def test_third_party_packages_are_imported_only_where_they_belong(path):
    ours = {"hospital", "adapters", *AREAS}
    place = path.relative_to(ROOT).as_posix()
    for package in tops(imported(path)) - ours - sys.stdlib_module_names:
        assert any(place.startswith(start) for start in THIRD_PARTY.get(package, [])), f"{place} imports {package}"


def test_no_area_hides_a_module_of_python_or_a_package():
    assert not AREAS & (sys.stdlib_module_names | set(THIRD_PARTY))


@pytest.mark.parametrize("subject", sorted(SUBJECTS))
def test_subjects_do_not_know_each_other_nor_who_uses_them(subject):
    for path in (KIT / subject).rglob("*.py"):
        names = imported(path)
        assert not tops(names) & (AREAS | {"adapters"}), path
        for name in names:
            if name.startswith("hospital."):
                assert name.split(".")[1] not in SUBJECTS - {subject}, f"{path} imports {name}"


def test_the_kit_knows_no_subject():
    for path in KIT.glob("*.py"):
        names = imported(path)
        assert not tops(names) & (AREAS | {"adapters"}), path
        assert not {name.split(".")[1] for name in names if name.startswith("hospital.")} & SUBJECTS, path


@pytest.mark.parametrize("area", sorted(AREAS))
def test_functions_know_subjects_kit_ports_and_what_their_own_area_shares(area):
    for path in (FUNCTIONS / area).rglob("*.py"):
        own = path.relative_to(FUNCTIONS).parts[1]
        for name in imported(path):
            top, *rest = name.split(".")
            if ".".join([top, *rest[:1]]) in SHARED:
                continue
            assert top not in AREAS - {area}, f"{path} imports another area's {name}"
            if top == area and (FUNCTIONS / area / rest[0]).is_dir():
                assert rest[0] == own, f"{path} imports another function's {name}"
            if top == "adapters":
                assert rest[0] in PORTS, f"{path} imports {name}"
                assert not (ADAPTERS / rest[0] / f"{rest[1]}.py").exists() if len(rest) > 1 else True, (
                    f"{path} imports the adapter {name} instead of its port"
                )


def test_models_are_pure():
    """A subject's model decides by state, command and time: it reads no table, no clock, no setting."""
    for path in KIT.glob("*/model.py"):
        kit = {name.split(".")[1] for name in imported(path) if name.startswith("hospital.")}
        assert not kit & {"aws", "clock", "http", "settings", "table", "work"}, path


@pytest.mark.parametrize("port", sorted(PORTS))
def test_adapters_know_the_kit_only(port):
    for path in (ADAPTERS / port).rglob("*.py"):
        for name in imported(path):
            top, *rest = name.split(".")
            assert top not in AREAS, path
            assert top != "hospital" or rest[0] not in SUBJECTS, f"{path} imports {name}"
            assert top != "adapters" or rest[0] in {port, *VENDORS}, f"{path} imports another port's {name}"
