"""The cloud in this process: moto without a way out, its store, and the template's resources in it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from moto import mock_aws

from .applier import apply
from .store import Loaded, Store, installed
from .template import Template

CONNECTIONS = "ConnectionsTable", "Connections"
"""Logical ids of the table whose rows are dead sockets after a restart."""


@contextmanager
def cloud(store: Store, region: str) -> Iterator[str]:
    """moto with the store; yields the access key by which calls of this process are known.

    Nothing of the developer's own AWS set-up is read, and nothing goes out.
    """
    key = f"AKIA{secrets.token_hex(8).upper()}"
    before = dict(os.environ)
    for name in list(os.environ):
        if name.startswith("AWS_"):
            del os.environ[name]
    os.environ.update(
        AWS_ACCESS_KEY_ID=key,
        AWS_SECRET_ACCESS_KEY=secrets.token_hex(20),
        AWS_REGION=region,
        AWS_DEFAULT_REGION=region,
        AWS_CONFIG_FILE=os.devnull,
        AWS_SHARED_CREDENTIALS_FILE=os.devnull,
        AWS_EC2_METADATA_DISABLED="true",
    )
    try:
        with mock_aws(config={"core": {"mock_credentials": False}}), installed(store):
            yield key
    finally:
        os.environ.clear()
        os.environ.update(before)


def furnish(template: Template, store: Store) -> Loaded:
    """Puts the template's resources into the cloud, with what an earlier run left in them."""
    store.load_keys()
    apply(template)
    for table in template.of("AWS::DynamoDB::Table"):
        if table.logical_id in CONNECTIONS:
            store.empty(table.name("TableName"))
    return store.load()


def share_environment(variables: list[dict[str, str]]) -> None:
    """Puts into the process's environment what libraries read there and all functions agree on (Powertools)."""
    for name in {name for one in variables for name in one}:
        values = {one.get(name) for one in variables}
        if name.startswith(("POWERTOOLS_", "LOG_LEVEL")) and len(values) == 1:
            os.environ[name] = str(values.pop())
