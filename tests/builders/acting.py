"""Functions act as themselves: what one asks of AWS in a test is held against its policies in the template."""

from __future__ import annotations

import contextvars
import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from infra.local.invoker import RUNNING
from infra.local.permissions import Permissions, UsedFile, checked
from infra.local.template import read_template
from infra.local.template.kinds import function_name, key_id, secret_arn

ROOT = Path(__file__).resolve().parents[2]
REFUSED: list[str] = []
"""What was refused since the test began, each as a report that holds the missing statement."""


@contextmanager
def held_to_policies() -> Iterator[None]:
    """Within the block calls of functions that are called by `act` are checked."""
    REFUSED.clear()
    with checked(permissions()):
        yield
    assert not REFUSED, "\n".join(REFUSED)


def act(handler: Callable[..., Any], event: Any, context: Any = None) -> Any:
    """What a function of the template answers, with no other rights than its own."""
    name = _names().get(id(handler))

    def run() -> Any:
        RUNNING.set(name)
        return handler(event, context)

    return contextvars.copy_context().run(run)


@cache
def permissions() -> Permissions:
    """Those of the template in a deployment named `test`, where key and secrets go by short names."""
    given = {"SiteOrigin": "http://127.0.0.1", "Prefix": "test"}
    template = read_template(ROOT / "template.yaml", given, stack_name="test")
    made = Permissions(template, UsedFile(None), lambda denial: REFUSED.append(denial.report()))
    names = made.names
    (key,) = template.of("AWS::KMS::Key")
    field_key = names.place.arn("kms", f"key/{key_id(key)}")
    names.key = lambda name: field_key  # type: ignore[method-assign]  # moto names each test's key anew
    for secret in template.of("AWS::SecretsManager::Secret"):
        short = str(secret.get("Name")).replace("/", "-").removesuffix("s")
        names.secrets[short] = secret_arn(secret)
    return made


@cache
def _names() -> dict[int, str]:
    """Handlers of the template by identity: they live as long as their modules."""
    found = {}
    for function in permissions().roles.values():
        module, _, attribute = str(function.function.get("Handler")).rpartition(".")
        found[id(getattr(importlib.import_module(module), attribute))] = function_name(function.function)
    return found
