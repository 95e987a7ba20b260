"""What a function can import in the cloud: its code, the layers its template gives it, and Lambda's runtime.

All functions share one process here, so that an import would find the modules of every layer. Instead the imports of a
function's code are read, as far as they lead, before it is loaded; one that the cloud would not find is an error with
Lambda's own words. Imports that are made up at run time (`importlib`) are not seen.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import TYPE_CHECKING

from .template import Resource, Template
from .template.kinds import KINDS

if TYPE_CHECKING:
    from .invoker import Function

_LAYER = "AWS::Serverless::LayerVersion"
# Lambda's runtimes for Python hold boto3 and what it needs.
_RUNTIME = frozenset({"boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six", "urllib3"})
_REQUIREMENT = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)\s*==", re.MULTILINE)

_MAY_HOLD_STATEMENTS = (ast.stmt, ast.excepthandler, ast.match_case)


class ImportModuleError(ImportError):
    """Lambda's `Runtime.ImportModuleError`."""


@dataclass(frozen=True)
class Layer:
    """`folder` holds modules of our own, `packages` are the top-level names that its requirements install."""

    folder: Path | None
    packages: frozenset[str]


class LayersSeen:
    """Knows the layers of a template, and what each function may import."""

    def __init__(self, template: Template) -> None:
        self._layers = {KINDS[_LAYER].ref(resource): resource for resource in template.of(_LAYER)}
        self._read: dict[str, Layer] = {}
        self._modules: dict[Path, dict[str, list[Path]]] = {}
        self._imports: dict[Path, frozenset[str]] = {}

    def check(self, resource: Resource) -> tuple[str, ...]:
        """The ARNs of a function's layers. TemplateError when one is not of this template."""
        arns = tuple(str(arn) for arn in resource.get("Layers") or [])
        for arn in arns:
            if arn not in self._layers:
                raise resource.wrong("Layers", f"{arn} is no layer of this template")
        return arns

    def folders(self) -> list[Path]:
        """Where the modules of all layers lie."""
        return [layer.folder for layer in map(self._layer, self._layers) if layer.folder is not None]

    def forget(self) -> None:
        """Files changed: what stands in them is read anew when it is next asked for."""
        self._modules.clear()
        self._imports.clear()

    def demand(self, function: Function) -> None:
        """ImportModuleError when the function imports what the cloud would not find."""
        layers = [self._layer(arn) for arn in function.layers]
        roots = [function.code, *(layer.folder for layer in layers if layer.folder is not None)]
        modules = [self._modules_under(root) for root in roots]
        given = _RUNTIME.union(sys.stdlib_module_names, *(layer.packages for layer in layers))
        wanted, seen = [function.module], set[str]()
        while wanted:
            name = wanted.pop()
            if name in seen:
                continue
            seen.add(name)
            top = name.partition(".")[0]
            if top in given:
                continue
            if not any(top in known for known in modules):
                raise ImportModuleError(f"Unable to import module '{function.module}': No module named '{top}'")
            for module in _with_packages(name):
                for file in (file for known in modules for file in known.get(module, ())):
                    wanted.extend(self._imported(file, module))

    def _modules_under(self, root: Path) -> dict[str, list[Path]]:
        """The file that each module of a folder runs; none for a folder without `__init__.py`."""
        found = self._modules.get(root)
        if found is None:
            found = {}
            for file in root.rglob("*.py"):
                names = file.relative_to(root).with_suffix("").parts
                for length in range(1, len(names)):
                    found.setdefault(".".join(names[:length]), [])
                module = names[:-1] if names[-1] == "__init__" else names
                found.setdefault(".".join(module), []).append(file)
            self._modules[root] = found  # whole: functions are loaded on many threads
        return found

    def _layer(self, arn: str) -> Layer:
        if arn not in self._read:
            resource = self._layers[arn]
            content = (resource.file.parent / str(resource.get("ContentUri", "."))).resolve()
            folder, requirements = content / "python", content / "requirements.txt"
            named = _REQUIREMENT.findall(requirements.read_text(encoding="utf-8")) if requirements.is_file() else []
            packages = frozenset(package for name in named for package in self._installed.get(_plain(name), ()))
            self._read[arn] = Layer(folder if folder.is_dir() else None, packages)
        return self._read[arn]

    @cached_property
    def _installed(self) -> dict[str, list[str]]:
        """The top-level names of each installed distribution."""
        found: dict[str, list[str]] = {}
        for package, distributions in packages_distributions().items():
            for distribution in distributions:
                found.setdefault(_plain(distribution), []).append(package)
        return found

    def _imported(self, file: Path, module: str) -> frozenset[str]:
        known = self._imports.get(file)
        if known is None:
            package = module if file.name == "__init__.py" else module.rpartition(".")[0]
            known = self._imports[file] = frozenset(imports_in(ast.parse(file.read_bytes(), str(file)), package))
        return known


def _with_packages(name: str) -> Iterator[str]:
    """The modules that are run when a name is imported: its packages, from the top, and its own.

    The last part may be a name within a module; that has no file of its own."""
    parts = name.split(".")
    return (".".join(parts[:length]) for length in range(1, len(parts) + 1))


def imports_in(tree: ast.AST, package: str) -> Iterator[str]:
    """The modules named in import statements, without those for type checkers and those whose absence is caught."""
    for node in ast.iter_child_nodes(tree):
        if not isinstance(node, _MAY_HOLD_STATEMENTS):
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            origin = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{origin}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            for other in node.orelse:
                yield from imports_in(ast.Module([other], []), package)
        elif isinstance(node, ast.Try) and any(_catches_absence(handler) for handler in node.handlers):
            for handler in node.handlers:
                yield from imports_in(handler, package)
        else:
            yield from imports_in(node, package)


def _catches_absence(handler: ast.ExceptHandler) -> bool:
    return handler.type is not None and any(
        word in ast.dump(handler.type) for word in ("ImportError", "ModuleNotFoundError")
    )


def _plain(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()
