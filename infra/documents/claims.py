"""Which tests claim which rows of the requirements ledger, read from the tests' text without running them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_PAGE = re.compile(r"^/(?:patient|staff|sandbox|docs)(?:/[\w/.-]*)?$")


@dataclass(frozen=True)
class Claim:
    """One test that says it shows one row."""

    row: str
    file: str  # below tests/, with forward slashes
    test: str
    pages: frozenset[str]  # pages that the test's own text names

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
        claims += _claims_in(tree, path.relative_to(tests).as_posix(), _module_rows(tree))
    return claims


def _module_rows(tree: ast.Module) -> set[str]:
    named = (
        statement
        for statement in tree.body
        if isinstance(statement, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == "pytestmark" for target in statement.targets)
    )
    return {row for statement in named for row in _rows(statement.value)}


def _claims_in(scope: ast.Module | ast.ClassDef, file: str, inherited: set[str]) -> Iterator[Claim]:
    for node in scope.body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        rows = inherited | {row for mark in node.decorator_list for row in _rows(mark)}
        if isinstance(node, ast.ClassDef):
            yield from _claims_in(node, file, rows)
        elif node.name.startswith("test_"):
            for row in sorted(rows):
                yield Claim(row, file, node.name, _pages(node))


def _rows(mark: ast.AST) -> Iterator[str]:
    """The rows that `pytest.mark.req("IM-17", ...)` names, wherever it stands in `mark`."""
    for node in ast.walk(mark):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "req":
            for argument in node.args:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value


def _pages(test: ast.AST) -> frozenset[str]:
    texts = (node.value for node in ast.walk(test) if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return frozenset(text for text in texts if _PAGE.match(text))
