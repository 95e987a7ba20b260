"""What the names in a call mean: the ARNs that IAM would compare, read from the template."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..template import Resource, Template
from ..template.kinds import api_id, key_id, queue_arn, secret_arn, table_arn

_WRAPPED_BY = 36
"""Letters at the head of a text that moto's KMS encrypted: the id of its key."""


class Names:
    """Names, URLs and aliases of the template's resources; what it does not make gets the ARN it would have."""

    def __init__(self, template: Template) -> None:
        self.place = template.place
        self.hash_keys = {
            arn: name for table in template.of("AWS::DynamoDB::Table") for arn, name in _hash_keys(table).items()
        }
        self.secrets = {
            secret.name("Name"): secret_arn(secret) for secret in template.of("AWS::SecretsManager::Secret")
        }
        self.aliases = {
            str(alias.get("AliasName")): str(alias.get("TargetKeyId")).rpartition("/")[2]
            for alias in template.of("AWS::KMS::Alias")
        }
        self.queue_keys = _customer_keys(template, "AWS::SQS::Queue", "KmsMasterKeyId", queue_arn)
        self.secret_keys = _customer_keys(template, "AWS::SecretsManager::Secret", "KmsKeyId", secret_arn)
        self.bucket_keys = {
            str(bucket.get("BucketName")): key
            for bucket in template.of("AWS::S3::Bucket")
            if (key := _bucket_key(bucket)) is not None
        }
        self._socket = next(
            (f"{api_id(api)}/{stage.get('StageName')}" for api in template.of("AWS::ApiGatewayV2::Api")
             for stage in template.of("AWS::ApiGatewayV2::Stage") if stage.get("ApiId") == api_id(api)),
            "unknown/unknown",
        )  # fmt: skip
        self.workflows = tuple(
            f"arn:{self.place.partition}:states:{self.place.region}:{self.place.account}:stateMachine:{name}"
            for name in (machine.name("Name") for machine in template.of("AWS::Serverless::StateMachine"))
        )

    def table(self, name: str, index: str | None = None) -> str:
        """A table by name or ARN, or one of its indexes."""
        arn = name if name.startswith("arn:") else self.place.arn("dynamodb", f"table/{name}")
        return f"{arn}/index/{index}" if index else arn

    def queue(self, url: str) -> str:
        """A queue by its URL."""
        return self.place.arn("sqs", url.rstrip("/").rpartition("/")[2])

    def bus(self, name: str | None) -> str:
        """An event bus by name or ARN."""
        name = name or "default"
        return name if name.startswith("arn:") else self.place.arn("events", f"event-bus/{name}")

    def rule(self, name: str, bus: str | None) -> str:
        """A rule by its name and its bus."""
        middle = "" if bus in (None, "default") else f"{str(bus).rpartition('/')[2]}/"
        return self.place.arn("events", f"rule/{middle}{name}")

    def secret(self, name: str) -> str:
        """A secret by name or ARN; one that does not exist has no six letters behind its name."""
        if name.startswith("arn:"):
            return next((arn for arn in self.secrets.values() if arn.rpartition("-")[0] == name), name)
        return self.secrets.get(name) or self.place.arn("secretsmanager", f"secret:{name}")

    def key(self, name: str) -> str:
        """A KMS key by id, ARN, alias or the alias's ARN."""
        tail = name.split(":", 5)[-1] if name.startswith("arn:") else name
        if tail.startswith("alias/"):
            return self.place.arn("kms", f"key/{self.aliases.get(tail, tail)}")
        return self.place.arn("kms", f"key/{tail.removeprefix('key/')}")

    def key_behind(self, wrapped: bytes) -> str:
        """The key under which moto's KMS encrypted something."""
        return self.key(bytes(wrapped[:_WRAPPED_BY]).decode("ascii", "replace"))

    def connections(self, method: str, connection_id: str) -> str:
        """What ManageConnections is asked for."""
        return self.place.arn("execute-api", f"{self._socket}/{method}/@connections/{connection_id}")

    def bucket(self, name: str, key: str | None = None) -> str:
        """A bucket, or an object in it."""
        arn = name if name.startswith("arn:") else f"arn:{self.place.partition}:s3:::{name}"
        return arn if key is None else f"{arn}/{key}"

    def of(self, service: str, rest: str, given: str) -> str:
        """`given` when it is an ARN already, or `rest` with it as an ARN of this account."""
        return given if given.startswith("arn:") else self.place.arn(service, f"{rest}{given}")


def _hash_keys(table: Resource) -> Mapping[str, str]:
    """ARN of the table and of each index -> name of its partition key."""
    arn = table_arn(table)
    found = {arn: _hash_key(table.get("KeySchema"))}
    for kind in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes"):
        for index in table.get(kind) or []:
            found[f"{arn}/index/{index['IndexName']}"] = _hash_key(index["KeySchema"])
    return found


def _hash_key(schema: Any) -> str:
    return next((str(part["AttributeName"]) for part in schema or [] if part["KeyType"] == "HASH"), "pk")


def _customer_keys(template: Template, kind: str, prop: str, arn_of: Any) -> dict[str, str]:
    """ARN of a resource -> the template's own key that seals it; AWS's keys ask nothing of who uses the resource."""
    own = {key_id(key) for key in template.of("AWS::KMS::Key")}
    found = {}
    for resource in template.of(kind):
        key = str(resource.get(prop) or "").rpartition("/")[2]
        if key in own:
            found[arn_of(resource)] = str(resource.get(prop))
    return found


def _bucket_key(bucket: Resource) -> str | None:
    rules = (bucket.get("BucketEncryption") or {}).get("ServerSideEncryptionConfiguration") or []
    for rule in rules:
        key = (rule.get("ServerSideEncryptionByDefault") or {}).get("KMSMasterKeyID")
        if key:
            return str(key)
    return None
