"""The routes of every use case, found by importing `functions/<area>/<use_case>/app.py`."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from hospital.http import App, Route


@dataclass(frozen=True)
class Operation:
    """A route and the function that answers it."""

    area: str
    use_case: str
    route: Route

    @property
    def function(self) -> str:
        """The function's logical id in the template: consultation/apply_for_visit is ConsultationApplyForVisit."""
        return logical_id(self.area, self.use_case)

    @property
    def path(self) -> str:
        """The path as clients call it."""
        return f"/api/{self.area}{self.route.path}"

    @property
    def method(self) -> str:
        """The method as OpenAPI spells it."""
        return self.route.method.lower()


class RoutedTwice(Exception):
    """Two views answer the same method and path, or would have the same operation id."""


def logical_id(area: str, folder: str) -> str:
    """The logical id of the function in `functions/<area>/<folder>`."""
    return area.capitalize() + "".join(word.capitalize() for word in folder.split("_"))


def function_folders(functions: Path) -> list[tuple[str, str]]:
    """Area and folder of every function, in order."""
    return sorted((app.parts[-3], app.parts[-2]) for app in functions.glob("*/*/app.py"))


def read_operations(functions: Path) -> list[Operation]:
    """Every operation, ordered by path and method. Consumers and the socket's functions have no routes."""
    found = []
    for area, folder in function_folders(functions):
        app = importlib.import_module(f"{area}.{folder}.app").app
        if isinstance(app, App):
            found += [Operation(area, folder, route) for route in app.routes]
    return in_order(found)


def in_order(operations: Iterable[Operation]) -> list[Operation]:
    """Ordered by path and method; raises `RoutedTwice`."""
    ordered = sorted(operations, key=lambda operation: (operation.path, operation.method))
    seen: set[tuple[str, ...]] = set()
    for operation in ordered:
        for mark in ((operation.method, operation.path), (operation.area, operation.route.view.__name__)):
            if mark in seen:
                raise RoutedTwice(f"{operation.use_case} repeats {' '.join(mark)}")
            seen.add(mark)
    return ordered
