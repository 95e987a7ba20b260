"""New code at once: a module that was saved is read again, with whatever imports it, while the hospital runs.

Calls that have begun end with the code they began with. Code that cannot be read is told in one sentence, and what
served before serves on. A changed template is told: the hospital has to be opened again for it.
"""

from __future__ import annotations

import ast
import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType

from ..invoker import Function, Invoker
from ..layers_seen import imports_in

LOOK_EVERY = 0.5
_OURS_TOO = "infra.local.demo"
"""Of the local hospital's own modules those that import functions and layers."""

Say = Callable[[str], None]


class Reloader:
    """`look` once, or `start` to have it looked every half second."""

    def __init__(self, invoker: Invoker, code: Iterable[Path], templates: Iterable[Path], say: Say) -> None:
        self._invoker, self._say = invoker, say
        self._code, self._templates = [path.resolve() for path in code], [path.resolve() for path in templates]
        self._seen = self._stamps()
        self._imports: dict[Path, tuple[int, frozenset[str]]] = {}
        self._stopped = threading.Event()

    def start(self) -> None:
        """Looks until `stop`."""
        threading.Thread(target=self._run, name="reloader", daemon=True).start()

    def stop(self) -> None:
        """Does not look any more."""
        self._stopped.set()

    def look(self) -> None:
        """Takes up what was saved since the last look."""
        before, self._seen = self._seen, self._stamps()
        changed = [path for path, stamp in self._seen.items() if before.get(path) != stamp]
        for path in changed:
            if path.suffix == ".yaml":
                self._say(f"{self._short(path)} was changed: open the hospital again for it.")
        modules = [path for path in changed if path.suffix == ".py" and self._can_be_read(path)]
        if modules:
            self._reload(modules)

    def _run(self) -> None:
        while not self._stopped.wait(LOOK_EVERY):
            self.look()

    def _stamps(self) -> dict[Path, int]:
        found: dict[Path, int] = {}
        for root, pattern in [
            *((root, "*.py") for root in self._code),
            *((root, "*.yaml") for root in self._templates),
        ]:
            for path in [root] if root.is_file() else root.rglob(pattern):
                try:
                    found[path] = path.stat().st_mtime_ns
                except FileNotFoundError:
                    continue  # saved by way of a file that is gone again
        return found

    def _can_be_read(self, path: Path) -> bool:
        try:
            ast.parse(path.read_bytes(), str(path))
        except (SyntaxError, ValueError) as error:
            line = f", line {error.lineno}" if isinstance(error, SyntaxError) else ""
            self._say(f"{self._short(path)}{line}: {error.args[0]}. What served before serves on.")
            return False
        except OSError:
            return False
        return True

    def _reload(self, changed: list[Path]) -> None:
        loaded = self._loaded()
        stale = _with_dependents({name for name, path in loaded.items() if path in changed}, self._graph(loaded))
        affected = [one for one in self._invoker.functions if one.module in stale]
        if not stale:
            return
        taken = _Taken(stale)
        self._invoker.forget_files()
        try:
            fresh = [(one, self._invoker.as_function(one, one.read)) for one in affected]
        except Exception as error:  # a module may raise anything when imported
            taken.put_back()
            names = ", ".join(self._short(path) for path in changed)
            self._say(f"{names} cannot be loaded: {type(error).__name__}: {error}. What served before serves on.")
            return
        for function, handler in fresh:
            function.serve_by(handler)
        self._say(f"{', '.join(self._short(path) for path in changed)}: {_told(affected)}")

    def _loaded(self) -> dict[str, Path]:
        """Our modules that are loaded, with their files."""
        found: dict[str, Path] = {}
        for name, module in list(sys.modules.items()):
            file = getattr(module, "__file__", None)
            if file and (name.startswith(_OURS_TOO) or any(Path(file).is_relative_to(root) for root in self._code)):
                found[name] = Path(file).resolve()
        return found

    def _graph(self, loaded: dict[str, Path]) -> dict[str, frozenset[str]]:
        """What each module imports, by what stands in its file now."""
        graph = {}
        for name, path in loaded.items():
            stamp = self._seen.get(path, 0)
            known = self._imports.get(path)
            if known is None or known[0] != stamp:
                package = name if path.name == "__init__.py" else name.rpartition(".")[0]
                try:
                    wanted = frozenset(imports_in(ast.parse(path.read_bytes(), str(path)), package))
                except (OSError, SyntaxError, ValueError):
                    wanted = known[1] if known else frozenset()
                known = self._imports[path] = (stamp, wanted)
            graph[name] = known[1]
        return graph

    def _short(self, path: Path) -> str:
        for root in (*self._code, *self._templates):
            if path.is_relative_to(root.parent):
                return str(path.relative_to(root.parent))
        return path.name


class _Taken:
    """Modules taken out of the way, with the names by which their packages hold them."""

    def __init__(self, names: set[str]) -> None:
        self._modules = {name: sys.modules.pop(name) for name in names if name in sys.modules}
        self._held: list[tuple[ModuleType, str, ModuleType]] = []
        for name, module in self._modules.items():
            parent, _, child = name.rpartition(".")
            package = sys.modules.get(parent) or self._modules.get(parent)
            if package is not None and getattr(package, child, None) is module:
                delattr(package, child)
                self._held.append((package, child, module))

    def put_back(self) -> None:
        """As if nothing had been taken."""
        sys.modules.update(self._modules)
        for package, child, module in self._held:
            setattr(package, child, module)


def _with_dependents(names: set[str], graph: dict[str, frozenset[str]]) -> set[str]:
    """These modules and all that import one of them, directly or not."""
    stale, before = set(names), set[str]()
    while stale != before:
        before = set(stale)
        # `from a.b import c` is written as a.b.c, whether c is a module or a name within one.
        stale |= {
            name
            for name, wanted in graph.items()
            if name not in stale and any(one in stale or one.rpartition(".")[0] in stale for one in wanted)
        }
    return stale


def _told(affected: list[Function]) -> str:
    if not affected:
        return "read again; no function uses it."
    names = ", ".join(function.name for function in affected[:3])
    return f"read again for {names}{f' and {len(affected) - 3} more' if len(affected) > 3 else ''}."
