"""Habits that a reader would otherwise have to watch for in every module."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.template.reading import ROOT

pytestmark = pytest.mark.unit

DEPLOYED = [ROOT / "functions", ROOT / "layers/hospital/python", ROOT / "layers/adapters/python"]
DEPLOYED_MODULES = sorted(path for folder in DEPLOYED for path in folder.rglob("*.py"))
FOLDERS = [*DEPLOYED, ROOT / "media_fleet", ROOT / "infra", ROOT / "tests"]
ALL_MODULES = sorted(path for folder in FOLDERS for path in folder.rglob("*.py"))
BANNED_NAMES = {"utils", "helpers", "common", "manager", "processor", "data", "info", "base", "misc"}
MUTATORS = {"append", "extend", "insert", "remove", "pop", "clear", "add", "discard", "update", "setdefault", "sort"}


def place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


each_deployed = pytest.mark.parametrize("path", DEPLOYED_MODULES, ids=place)
each_module = pytest.mark.parametrize("path", ALL_MODULES, ids=place)


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def spelled(node: ast.AST) -> str:
    """`datetime.now` for the expression that says so."""
    return ast.unparse(node) if isinstance(node, ast.Attribute | ast.Name) else ""


@each_module
def test_it_is_at_most_400_lines(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


@each_module
def test_its_name_says_something(path):
    assert path.stem not in BANNED_NAMES
    assert path.parent.name not in BANNED_NAMES


@each_deployed
def test_it_says_what_it_is_for(path):
    text = path.read_text(encoding="utf-8")
    assert not text.strip() or ast.get_docstring(tree(path)), "a module without a docstring"
    for word in ("TODO", "FIXME", "XXX"):
        assert word not in text


@each_deployed
def test_the_environment_is_read_in_settings_only(path):
    if place(path).endswith("hospital/settings.py"):
        return
    names = {spelled(node) for node in ast.walk(tree(path))}
    assert not names & {"os.environ", "os.getenv", "environ", "getenv"}


@each_deployed
def test_the_time_is_asked_of_the_clock_only(path):
    if place(path).endswith("hospital/clock.py"):
        return
    names = {spelled(node) for node in ast.walk(tree(path))}
    asked = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns"}
    assert not names & (asked | {f"datetime.{name}" for name in asked})


@each_deployed
def test_nothing_is_printed(path):
    calls = {spelled(node.func) for node in ast.walk(tree(path)) if isinstance(node, ast.Call)}
    assert not calls & {"print", "pprint", "breakpoint"}


@each_deployed
def test_no_state_lives_in_the_module(path):
    """A table of constants may stand in a module; nothing may change it, for a warm function would remember."""
    module = tree(path)
    mutable = dict(mutable_names(module))
    for name in mutable:
        assert name.lstrip("_").isupper() or name == "__all__", f"{name} is state, or a constant by another name"
    assert not [node for node in ast.walk(module) if isinstance(node, ast.Global)]
    assert not set(changed_names(module)) & set(mutable)


def mutable_names(module: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """Names that the module itself binds to a list, dict or set."""
    for statement in module.body:
        value = getattr(statement, "value", None)
        if not isinstance(statement, ast.Assign | ast.AnnAssign) or value is None or not is_mutable(value):
            continue
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        for target in targets:
            yield ast.unparse(target), value


def is_mutable(value: ast.expr) -> bool:
    literal = ast.List | ast.Dict | ast.Set | ast.ListComp | ast.DictComp | ast.SetComp
    if isinstance(value, ast.Call):
        makers = {"dict", "list", "set", "defaultdict", "OrderedDict", "Counter", "deque", "bytearray"}
        return spelled(value.func).split(".")[-1] in makers
    return isinstance(value, literal)


def changed_names(module: ast.Module) -> Iterator[str]:
    """Names whose contents some statement changes."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in MUTATORS:
            yield spelled(node.func.value)
        elif isinstance(node, ast.Assign | ast.AugAssign | ast.Delete):
            targets = [node.target] if isinstance(node, ast.AugAssign) else node.targets
            yield from (spelled(target.value) for target in targets if isinstance(target, ast.Subscript))
            if isinstance(node, ast.AugAssign):
                yield spelled(node.target)


def test_the_check_of_state_finds_state():
    module = ast.parse(
        "CACHE = {}\ndef f():\n    CACHE['x'] = 1\nSEEN: set[str] = set()\nSEEN.add(1)\nKINDS = (1, 2)\n"
    )
    assert [name for name, _ in mutable_names(module)] == ["CACHE", "SEEN"]
    assert {"CACHE", "SEEN"} <= set(changed_names(module))
