"""The condition keys that policies may use, and what a call says about each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from .names import Names
from .statements import Need
from .table_needs import attributes, leading_keys

_CONTEXT = "kms:encryptioncontext:"
_TAG = "aws:principaltag/"


@dataclass(frozen=True)
class Call:
    """One call as condition keys see it. `principal` is the caller's role, or None for a call without a signature;
    `source` the ARN on whose behalf a service calls; `tags` those of the caller's role."""

    names: Names
    service: str
    operation: str
    params: Mapping[str, Any]
    principal: str | None
    now: Callable[[], float]
    source: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

    def value(self, key: str, need: Need) -> Sequence[str] | None:
        """What the call says about a condition key; None when it says nothing."""
        key = key.lower()
        if key.startswith(_CONTEXT):
            return _context_value(self.params, key.removeprefix(_CONTEXT))
        if key.startswith(_TAG):
            found = {name.lower(): value for name, value in self.tags.items()}.get(key.removeprefix(_TAG))
            return None if found is None else [found]
        return _KEYS[key](self, need)


def is_known(key: str) -> bool:
    """Whether `Call.value` knows it."""
    return key.lower() in _KEYS or key.lower().startswith((_CONTEXT, _TAG))


Answer = Callable[[Call, Need], Sequence[str] | None]


def _param(name: str) -> Answer:
    """A parameter of the call, or of the part that the need is about."""

    def answer(call: Call, need: Need) -> Sequence[str] | None:
        found = need.item.get(name) if isinstance(need.item, Mapping) and name in need.item else call.params.get(name)
        if found is None:
            return None
        return [str(found).lower() if isinstance(found, bool) else str(found)]

    return answer


def _context(call: Call) -> Mapping[str, str]:
    found: Mapping[str, str] = call.params.get("EncryptionContext") or {}
    return found


def _context_value(params: Mapping[str, Any], name: str) -> Sequence[str] | None:
    found = {key.lower(): value for key, value in (params.get("EncryptionContext") or {}).items()}
    return [found[name]] if name in found else None


def _via(call: Call, need: Need) -> Sequence[str] | None:
    """The service that uses a key for the caller."""
    if call.service == "kms":
        return None
    place = call.names.place
    return [f"{call.service}.{place.region}.{place.url_suffix}"]


def _alias(call: Call, need: Need) -> Sequence[str] | None:
    name = str(call.params.get("KeyId", "")).split(":", 5)[-1]
    return [name] if name.startswith("alias/") else None


_KEYS: dict[str, Answer] = {
    "aws:principalarn": lambda call, need: [call.principal] if call.principal else None,
    "aws:principalaccount": lambda call, need: [call.names.place.account] if call.principal else None,
    "aws:principaltype": lambda call, need: ["AssumedRole"] if call.principal else ["Anonymous"],
    "aws:principalisawsservice": lambda call, need: ["true" if call.source else "false"],
    "aws:viaawsservice": lambda call, need: ["false"],
    "aws:sourcearn": lambda call, need: [call.source] if call.source else None,
    "aws:sourceaccount": lambda call, need: [call.names.place.account] if call.source else None,
    "aws:resourceaccount": lambda call, need: [call.names.place.account],
    "aws:requestedregion": lambda call, need: [call.names.place.region],
    "aws:securetransport": lambda call, need: ["true"],
    "aws:currenttime": lambda call, need: [datetime.fromtimestamp(call.now(), UTC).isoformat()],
    "aws:epochtime": lambda call, need: [str(int(call.now()))],
    "dynamodb:leadingkeys": lambda call, need: leading_keys(need, call.names),
    "dynamodb:attributes": lambda call, need: attributes(need),
    "dynamodb:select": _param("Select"),
    "dynamodb:returnvalues": _param("ReturnValues"),
    "dynamodb:returnconsumedcapacity": _param("ReturnConsumedCapacity"),
    "dynamodb:enclosingoperation": lambda call, need: (
        [call.operation] if call.operation.startswith("Transact") else None
    ),
    "kms:encryptioncontextkeys": lambda call, need: sorted(_context(call)) or None,
    "kms:calleraccount": lambda call, need: [call.names.place.account],
    "kms:viaservice": _via,
    "kms:requestalias": _alias,
    "secretsmanager:secretid": lambda call, need: [call.names.secret(str(call.params["SecretId"]))],
    "secretsmanager:versionstage": lambda call, need: [str(call.params.get("VersionStage", "AWSCURRENT"))],
    "events:source": _param("Source"),
    "events:detail-type": _param("DetailType"),
    "cloudwatch:namespace": _param("Namespace"),
    "s3:prefix": _param("Prefix"),
    "s3:delimiter": _param("Delimiter"),
    "s3:max-keys": _param("MaxKeys"),
    "s3:versionid": _param("VersionId"),
    "s3:x-amz-acl": _param("ACL"),
    "s3:x-amz-server-side-encryption": _param("ServerSideEncryption"),
    "s3:x-amz-storage-class": _param("StorageClass"),
    "s3:object-lock-mode": _param("ObjectLockMode"),
    "s3:object-lock-legal-hold": _param("ObjectLockLegalHoldStatus"),
    "iam:passedtoservice": lambda call, need: [f"{call.service}.amazonaws.com"],
}
