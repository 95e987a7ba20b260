"""KMS, Secrets Manager, SSM parameters and EventBridge Scheduler kept: a service's whole backend, pickled after each
call that may change it."""

import importlib
import io
import json
import pickle
import threading
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)
from moto.core import responses as core_responses
from moto.core.common_models import BaseModel
from moto.core.responses import BaseResponse
from moto.core.utils import camelcase_to_underscores
from moto.kms import models as kms_models

from .database import Database
from .errors import StoreUnwritable
from .seams import Seam

SERVICES: dict[str, tuple[str, ...] | None] = {
    "kms": None,
    "scheduler": None,
    "secretsmanager": None,
    "ssm": ("_parameters",),
}
"""The services kept, and which of their backend's attributes; None: all. Imported on their first call only: SSM alone
takes moto a second."""

READS = ("get", "list", "describe", "encrypt", "decrypt", "re_encrypt", "generate", "sign", "verify", "batch_get")
"""Actions that begin so change nothing worth keeping. The exceptions among them are in WRITES."""
WRITES = ("get_parameters_for_import",)


class KeptServices:
    """Key material, secrets, parameters and schedules of all accounts and regions in use."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._locks = {service: threading.RLock() for service in SERVICES}

    def load(self) -> list[str]:
        """Puts the kept backends into moto; answers their services.

        To be called before the template is applied: an applier that finds no key makes a new one, and everything
        encrypted under the old one is lost.
        """
        services = []
        for service, account, region, state in self._database.rows("SELECT * FROM backends"):
            with self._locks[service]:
                _backend(service, account, region).__dict__.update(pickle.loads(state))
            services.append(service)
        return services

    def seams(self) -> list[Seam]:
        """The request entry of all services that have no other, the making of private keys, and of whatever moto
        holds."""
        return [
            Seam(BaseResponse, "call_action", ("self",), self._call_action),
            # Looked through anew for every request, which takes a tenth of one to a table.
            Seam(core_responses, "method_names_from_class", ("clazz",), cache),
            Seam(kms_models, "generate_private_key", ("key_spec",), _generate_private_key),
            Seam(BaseModel, "__new__", ("cls",), _untracked),
        ]

    def _call_action(self, original: Any) -> Any:
        def call_action(response: Any) -> Any:
            try:
                if response.service_name not in SERVICES:
                    return original(response)
                return self._kept_call(original, response)
            except StoreUnwritable as error:
                return _internal_error(error)

        return call_action

    def _kept_call(self, original: Any, response: Any) -> Any:
        service = response.service_name
        with self._locks[service]:
            answer = original(response)
            action = camelcase_to_underscores(response._get_action() or "")
            if action in WRITES or not action.startswith(READS):
                self._keep(service, response.current_account, response.region)
            return answer

    def _keep(self, service: str, account: str, region: str) -> None:
        backend = _backend(service, account, region)
        place = (service, account, region)
        try:
            names = SERVICES[service]
            state = _pickled({name: backend.__dict__[name] for name in names} if names else backend.__dict__)
            with self._database.write() as connection:
                connection.execute("INSERT OR REPLACE INTO backends VALUES(?,?,?,?)", (*place, state))
        except BaseException:
            # The call fails, so what it did must be gone from memory too.
            rows = self._database.rows("SELECT state FROM backends WHERE service=? AND account=? AND region=?", place)
            backend.reset()
            if rows:
                backend.__dict__.update(pickle.loads(rows[0][0]))
            raise


def _backend(service: str, account: str, region: str) -> Any:
    backends = getattr(importlib.import_module(f"moto.{service}.models"), f"{service}_backends")
    return backends[account][region]


def _internal_error(error: StoreUnwritable) -> tuple[int, dict[str, str], str]:
    """What a service that cannot write answers; clients try again."""
    body = {"__type": "InternalError", "message": str(error)}
    return 500, {"content-type": "application/x-amz-json-1.1"}, json.dumps(body)


def _untracked(_original: Any) -> Any:
    """moto keeps every object it ever made (each version of an item, each message) for a page that shows them: a
    hospital that is open for days would hold them all."""
    return staticmethod(lambda cls, *_others, **_named: super(BaseModel, cls).__new__(cls))


def _generate_private_key(original: Any) -> Any:
    """moto makes an RSA key of 2048 bits for symmetric keys too, which nothing uses and which takes long."""

    def generate_private_key(key_spec: str) -> Any:
        return None if key_spec == "SYMMETRIC_DEFAULT" else original(key_spec)

    return generate_private_key


class _KeyPickler(pickle.Pickler):
    """For what has no pickle of its own: private keys of `cryptography` go as DER."""

    def reducer_override(self, value: Any) -> Any:
        if isinstance(value, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
            return _private_key, (value.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),)
        if type(value).__name__ == "ParameterDict":
            # SSM's dict wants to know whose it is when it is made; a dict's own pickle forgets that.
            return type(value), (value.account_id, value.region_name), vars(value), None, iter(dict.items(value))
        return NotImplemented


def _pickled(state: dict[str, Any]) -> bytes:
    buffer = io.BytesIO()
    _KeyPickler(buffer, pickle.HIGHEST_PROTOCOL).dump(state)
    return buffer.getvalue()


def _private_key(der: bytes) -> Any:
    return load_der_private_key(der, None)
