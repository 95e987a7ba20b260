"""The local hospital's store: moto's DynamoDB, S3, SQS, KMS, secrets, parameters and schedules made durable and safe.

`Store.open(folder)` keeps everything in the folder, `Store.in_memory()` is the same for tests; `install` patches
moto, `testing.memory_cloud()` gives a test a fresh cloud.
"""

from .change_list import EXPIRY, Change, Consumer
from .errors import StoreBusy, StoreError, StoreOtherMoto, StoreTooNew, StoreUnreadable, StoreUnwritable
from .store import Loaded, Store, install, installed, uninstall

__all__ = [
    "EXPIRY",
    "Change",
    "Consumer",
    "Loaded",
    "Store",
    "StoreBusy",
    "StoreError",
    "StoreOtherMoto",
    "StoreTooNew",
    "StoreUnreadable",
    "StoreUnwritable",
    "install",
    "installed",
    "uninstall",
]
