"""A fresh cloud in memory for each test: moto with the same patch as the local hospital."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from moto import mock_aws

from .store import Store, installed

REGION = "cn-northwest-1"


@contextmanager
def memory_cloud(region: str = REGION) -> Iterator[Store]:
    """moto active and empty, with a store in memory installed; the environment names `region`.

    Clients of boto3 made before or inside the block work in it, those made inside also in the next block.
    """
    names = {"AWS_REGION": region, "AWS_DEFAULT_REGION": region}
    with patch.dict(os.environ, names), mock_aws(), Store.in_memory() as store, installed(store):
        yield store
