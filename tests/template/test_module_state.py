"""No module of functions or layers keeps state: the local hospital runs every function in one process, many at a time,
and on Lambda what one call leaves behind would be seen by the next."""

from __future__ import annotations

import ast
import importlib
import re
import types
import typing
from collections import abc
from contextvars import ContextVar
from dataclasses import is_dataclass
from datetime import date, time, timedelta, tzinfo
from decimal import Decimal
from enum import Enum
from functools import _lru_cache_wrapper
from pathlib import Path
from typing import Any

import pytest

from tests.template.reading import ROOT

pytestmark = pytest.mark.unit

ROOTS = [ROOT / folder for folder in ("functions", "layers/hospital/python", "layers/adapters/python")]

IMMUTABLE = (
    bool, int, float, str, bytes, frozenset, Decimal, Enum, Path, date, time, timedelta, tzinfo, re.Pattern, type,
    types.FunctionType, types.BuiltinFunctionType, types.ModuleType, types.GenericAlias, types.UnionType,
    types.MappingProxyType, types.NoneType, typing.TypeVar, typing.ParamSpec, typing.NewType,
    ContextVar,  # each call has a context of its own
)  # fmt: skip

KINDS_WITH_A_REASON = {
    "hospital.http.App": "routes are added while its module is imported; what a call needs is one per thread",
    "hospital.table.Collection": "says where records lie; connections are kept by region and table in `connection`",
    "hospital.reference.kinds.Registry": "a read-only mapping",
    "hospital.dictionaries.declared.Register": "a read-only mapping",
    "hospital.records._Seal": "a mark without fields",
    "hospital.records._Numbers": "reads an item, remembers nothing",
    "boto3.dynamodb.types.TypeSerializer": "writes an item, remembers nothing",
    "botocore.config.Config": "settings, never changed",
    "argon2._password_hasher.PasswordHasher": "parameters, never changed",
}

CACHES_WITH_A_REASON = {
    "identity.look_at_pictures.faces._detector": "a model, read once",
    "identity.look_at_pictures.faces._five_points": "a model, read once",
    "identity.look_at_pictures.faces._network": "a model, read once",
    "identity.look_at_pictures.landmarks._network": "a model, read once",
    "identity.look_at_pictures.lines._engine": "models, read once",
    "messaging.before_sending._organisation_of": "whose a conversation is, which never changes",
    "messaging.before_sending._words": "an organisation's list of words, for a minute",
    "adapters.his.soap._wsdl": "what a web service says of itself, for an hour",
    "hospital.aws._client": "clients by service, region and endpoint; boto3's clients may be shared by threads",
    "hospital.connection.connection": "connections by region and table",
    "hospital.observability._logger": "one logger, whose fields are set for each call",
    "hospital.secret_keys._derived": "keys by function and secret, for a while",
    "hospital.secret_keys._secret": "likewise, the secrets themselves",
    "hospital.sessions.passwords._decoy": "a constant that is costly to make",
    "hospital.settings._read": "settings by the variables they were read from",
    "hospital.table._keyring": "key rings by table and function",
}

READ_ONLY = ("Mapping", "Sequence", "Set", "AbstractSet", "Collection", "Iterable")
CONTAINERS = (dict, list, set, bytearray, abc.MutableMapping, abc.MutableSequence, abc.MutableSet)


def modules() -> list[str]:
    """Every module of functions and layers."""
    names = []
    for root in ROOTS:
        for file in sorted(root.rglob("*.py")):
            parts = file.relative_to(root).with_suffix("").parts
            names.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return names


def faults(module: types.ModuleType, source: str) -> list[str]:
    """What a module could change while it runs; names that it only imports are their own module's matter."""
    tree = ast.parse(source)
    found = [f"line {node.lineno}: global {', '.join(node.names)}" for node in ast.walk(tree) if _is_global(node)]
    for name, annotation in _assigned(tree.body).items():
        found += [f"{name}: {fault}" for fault in _value_faults(module, name, vars(module).get(name), annotation)]
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            found += _class_faults(module, node)
    return found


def _is_global(node: ast.AST) -> typing.TypeGuard[ast.Global]:
    return isinstance(node, ast.Global)


def _assigned(body: list[ast.stmt]) -> dict[str, str]:
    """The names assigned in a body, with how they are annotated."""
    names: dict[str, str] = {}
    for node in body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names[node.target.id] = ast.unparse(node.annotation)
        elif isinstance(node, ast.Assign):
            names |= {part.id: "" for target in node.targets for part in ast.walk(target) if isinstance(part, ast.Name)}
    return names


def _class_faults(module: types.ModuleType, node: ast.ClassDef) -> list[str]:
    """Class attributes are shared, too. pydantic copies the defaults of its fields for each record."""
    made = vars(module).get(node.name)
    if not isinstance(made, type) or hasattr(made, "model_fields") or is_dataclass(made):
        return []
    return [
        f"{node.name}.{name}: {fault}"
        for name, annotation in _assigned(node.body).items()
        for fault in _value_faults(module, f"{node.name}.{name}", vars(made).get(name), annotation)
    ]


def _value_faults(module: types.ModuleType, name: str, value: Any, annotation: str) -> list[str]:
    kind = f"{type(value).__module__}.{type(value).__qualname__}"
    if isinstance(value, _lru_cache_wrapper):
        return [] if f"{module.__name__}.{name}" in CACHES_WITH_A_REASON else ["a cache without a reason"]
    if isinstance(value, CONTAINERS):
        # mypy then refuses whatever would change it.
        said = annotation.removeprefix("ClassVar[").removeprefix("Final[").partition("[")[0]
        return [] if said in READ_ONLY else [f"a {kind} that is not annotated as read-only"]
    if isinstance(value, tuple):
        return [fault for part in value for fault in _value_faults(module, name, part, "")]
    if isinstance(value, IMMUTABLE) or type(value).__module__ in ("typing", "types", "collections.abc", "builtins"):
        return []
    if hasattr(type(value), "__get__"):  # a property, a field of a named tuple
        return []
    frozen = is_dataclass(value) and type(value).__dataclass_params__.frozen  # type: ignore[attr-defined]
    return [] if frozen or kind in KINDS_WITH_A_REASON else [f"a {kind}, which could keep state"]


@pytest.mark.parametrize("name", modules())
def test_no_module_keeps_state(name: str) -> None:
    module = importlib.import_module(name)
    assert module.__file__ is not None
    assert faults(module, Path(module.__file__).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("SEEN = []", "SEEN: a builtins.list that is not annotated as read-only"),
        ("SEEN: dict[str, int] = {}", "SEEN: a builtins.dict that is not annotated as read-only"),
        ("SEEN = ([],)", "SEEN: a builtins.list that is not annotated as read-only"),
        ("import threading\nLOCAL = threading.local()", "LOCAL: a _thread._local, which could keep state"),
        ("from collections import deque\nLAST = deque()", "LAST: a collections.deque that is not annotated"),
        ("COUNT = 0\ndef f():\n    global COUNT\n    COUNT += 1", "line 3: global COUNT"),
        ("from functools import cache\ndef f(): ...\nG = cache(f)", "G: a cache without a reason"),
        ("class A:\n    seen = []", "A.seen: a builtins.list that is not annotated as read-only"),
        ("class A: ...\nONE = A()", "ONE: a sample.A, which could keep state"),
    ],
)
def test_state_is_found_in_a_module_that_keeps_some(source: str, fault: str) -> None:
    module = types.ModuleType("sample")
    exec(compile(source, "sample", "exec", dont_inherit=True), vars(module))
    assert [found for found in faults(module, source) if found.startswith(fault)]


def test_what_cannot_change_is_no_fault() -> None:
    source = """
from collections.abc import Mapping
from dataclasses import dataclass
from contextvars import ContextVar
from types import MappingProxyType
@dataclass(frozen=True)
class Limit:
    count: int
ONE = Limit(1)
NAMES: Mapping[str, int] = {"a": 1}
MORE = MappingProxyType({"b": 2})
WHO: ContextVar[str] = ContextVar("who")
BOTH = ("a", frozenset({1}), None)
"""
    module = types.ModuleType("sample")
    exec(compile(source, "sample", "exec", dont_inherit=True), vars(module))
    assert faults(module, source) == []


def test_each_reason_is_still_needed() -> None:
    kinds, caches = set(), set()
    for name in modules():
        module = importlib.import_module(name)
        for key, value in vars(module).items():
            kinds.add(f"{type(value).__module__}.{type(value).__qualname__}")
            if isinstance(value, _lru_cache_wrapper):
                caches.add(f"{name}.{key}")
    assert set(KINDS_WITH_A_REASON) - kinds == set()
    assert set(CACHES_WITH_A_REASON) - caches == set()
