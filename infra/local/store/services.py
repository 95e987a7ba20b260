"""KMS and Secrets Manager kept: the whole backend of a service, pickled after each call that may change it."""

import io
import pickle
import threading
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)
from moto.core.utils import camelcase_to_underscores
from moto.kms import models as kms_models
from moto.kms.models import kms_backends
from moto.kms.responses import KmsResponse
from moto.secretsmanager.models import secretsmanager_backends
from moto.secretsmanager.responses import SecretsManagerResponse

from .database import Database
from .seams import Seam

BACKENDS: dict[str, Any] = {"kms": kms_backends, "secretsmanager": secretsmanager_backends}

READS = ("get", "list", "describe", "encrypt", "decrypt", "re_encrypt", "generate", "sign", "verify", "batch_get")
"""Actions that begin so change nothing worth keeping. The exceptions among them are in WRITES."""
WRITES = ("get_parameters_for_import",)


class KeptServices:
    """Key material and secrets of all accounts and regions in use."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._locks = {service: threading.RLock() for service in BACKENDS}

    def load(self) -> list[str]:
        """Puts the kept backends into moto; answers their services.

        To be called before the template is applied: an applier that finds no key makes a new one, and everything
        encrypted under the old one is lost.
        """
        services = []
        for service, account, region, state in self._database.rows("SELECT * FROM backends"):
            with self._locks[service]:
                BACKENDS[service][account][region].__dict__.update(pickle.loads(state))
            services.append(service)
        return services

    def seams(self) -> list[Seam]:
        """The request entry of each service, and the making of private keys."""
        return [
            Seam(KmsResponse, "call_action", ("self",), lambda original: self._call_action("kms", original)),
            Seam(
                SecretsManagerResponse,
                "call_action",
                ("self",),
                lambda original: self._call_action("secretsmanager", original),
            ),
            Seam(kms_models, "generate_private_key", ("key_spec",), _generate_private_key),
        ]

    def _call_action(self, service: str, original: Any) -> Any:
        def call_action(response: Any) -> Any:
            with self._locks[service]:
                answer = original(response)
                action = camelcase_to_underscores(response._get_action() or "")
                if action in WRITES or not action.startswith(READS):
                    self._keep(service, response.current_account, response.region)
                return answer

        return call_action

    def _keep(self, service: str, account: str, region: str) -> None:
        backend = BACKENDS[service][account][region]
        place = (service, account, region)
        try:
            state = _pickled(backend.__dict__)
            with self._database.write() as connection:
                connection.execute("INSERT OR REPLACE INTO backends VALUES(?,?,?,?)", (*place, state))
        except BaseException:
            # The call fails, so what it did must be gone from memory too.
            rows = self._database.rows("SELECT state FROM backends WHERE service=? AND account=? AND region=?", place)
            backend.reset()
            if rows:
                backend.__dict__.update(pickle.loads(rows[0][0]))
            raise


def _generate_private_key(original: Any) -> Any:
    """moto makes an RSA key of 2048 bits for symmetric keys too, which nothing uses and which takes long."""

    def generate_private_key(key_spec: str) -> Any:
        return None if key_spec == "SYMMETRIC_DEFAULT" else original(key_spec)

    return generate_private_key


class _KeyPickler(pickle.Pickler):
    """Private keys of `cryptography` have no pickle of their own: they go as DER."""

    def reducer_override(self, value: Any) -> Any:
        if isinstance(value, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
            return _private_key, (value.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),)
        return NotImplemented


def _pickled(state: dict[str, Any]) -> bytes:
    buffer = io.BytesIO()
    _KeyPickler(buffer, pickle.HIGHEST_PROTOCOL).dump(state)
    return buffer.getvalue()


def _private_key(der: bytes) -> Any:
    return load_der_private_key(der, None)
