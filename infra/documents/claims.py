"""Which tests claim which rows of the requirements ledger, read from the tests' text without running them.

    @pytest.mark.req("IM-01", at="socket send")

`at` says where the feature is found, for a test whose own text does not: a page, a route or a socket frame.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_PAGE = re.compile(r"^/(?:patient|staff|sandbox|docs)(?:/[\w/.{}-]*)?$")
_METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}


@dataclass(frozen=True)
class Claim:
    """One test that says it shows one row."""

    row: str
    file: str  # below tests/, with forward slashes
    test: str
    at: frozenset[str] = frozenset()  # where the mark says that it is found
    pages: frozenset[str] = frozenset()  # pages that the test's own text names
    requests: frozenset[tuple[str, str]] = frozenset()  # (method, path) that the test's own text names

    @property
    def use_case(self) -> tuple[str, str] | None:
        """Area and folder of the use case that the test's file mirrors."""
        parts = self.file.split("/")
        return (parts[1], parts[2]) if parts[0] == "functions" and len(parts) > 3 else None


def read_claims(tests: Path) -> list[Claim]:
    """Every claim, ordered by file and test. Marks on a module or class count for each test in it."""
    claims: list[Claim] = []
    for path in sorted(tests.rglob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        claims += _claims_in(tree, path.relative_to(tests).as_posix(), dict(_module_rows(tree)))
    return claims


def _module_rows(tree: ast.Module) -> Iterator[tuple[str, frozenset[str]]]:
    for statement in tree.body:
        if isinstance(statement, ast.Assign):
            names = [target.id for target in statement.targets if isinstance(target, ast.Name)]
            if "pytestmark" in names:
                yield from _rows(statement.value)


def _claims_in(scope: ast.Module | ast.ClassDef, file: str, inherited: dict[str, frozenset[str]]) -> Iterator[Claim]:
    for node in scope.body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        rows = inherited | dict(found for mark in node.decorator_list for found in _rows(mark))
        if isinstance(node, ast.ClassDef):
            yield from _claims_in(node, file, rows)
        elif node.name.startswith("test_"):
            pages, requests = frozenset(_pages(node)), frozenset(_requests(node))
            for row, at in sorted(rows.items()):
                yield Claim(row, file, node.name, at, pages, requests)


def _rows(mark: ast.AST) -> Iterator[tuple[str, frozenset[str]]]:
    """The rows that `pytest.mark.req("IM-17", ...)` names, wherever it stands in `mark`, and its `at`."""
    for node in ast.walk(mark):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "req":
            at = frozenset(text for word in node.keywords if word.arg == "at" for text in _texts(word.value))
            for argument in node.args:
                for row in _texts(argument):
                    yield row, at


def _texts(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            yield inner.value


def _pages(test: ast.AST) -> Iterator[str]:
    """Paths of pages, without their query."""
    parts = {part for node in ast.walk(test) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(test):
        path = _path(node) if node not in parts else ""
        if _PAGE.match(path):
            yield path


def _requests(test: ast.AST) -> Iterator[tuple[str, str]]:
    """Calls with a method and a path among their arguments: `ok("POST", f"/visits/{id}/accept", {})`."""
    for node in ast.walk(test):
        if isinstance(node, ast.Call):
            methods = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
            paths = [path for path in map(_path, node.args) if path]
            for method in methods:
                if method in _METHODS and paths:
                    yield str(method), paths[0]


def _path(node: ast.AST) -> str:
    """A path that a text or an f-string spells, with `{}` for what it fills in; empty for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        text = node.value
    elif isinstance(node, ast.JoinedStr):
        text = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    else:
        return ""
    return text.partition("?")[0] if text.startswith("/") else ""
