"""What is deployed takes encrypted connections only, from the browser to the bucket."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.template.reading import Stack, stacks

pytestmark = pytest.mark.unit


def of_type(kind: str) -> Iterator[tuple[Stack, str, dict[str, Any]]]:
    """Stack, name and properties of each resource of that type, with or without conditions."""
    for stack in stacks():
        for name, resource in stack.resources.items():
            if resource["Type"] == kind:
                yield stack, f"{stack.name}: {name}", resource["Properties"]


def distributions() -> list[tuple[str, dict[str, Any]]]:
    return [(at, found["DistributionConfig"]) for _, at, found in of_type("AWS::CloudFront::Distribution")]


def test_names_of_our_own_want_tls_1_2() -> None:
    found = [
        (at, part["SecurityPolicy"])
        for _, at, properties in of_type("AWS::ApiGatewayV2::DomainName")
        for part in properties["DomainNameConfigurations"]
    ]
    assert len(found) >= 2
    assert {policy for _, policy in found} == {"TLS_1_2"}, found


def test_the_site_redirects_pages_and_refuses_everything_else() -> None:
    assert distributions()
    for at, config in distributions():
        assert config["DefaultCacheBehavior"]["ViewerProtocolPolicy"] == "redirect-to-https", at
        for behaviour in config["CacheBehaviors"]:
            assert behaviour["ViewerProtocolPolicy"] == "https-only", (at, behaviour["PathPattern"])
        assert config["ViewerCertificate"]["MinimumProtocolVersion"].startswith("TLSv1.2_"), at


def test_the_site_speaks_to_its_origins_encrypted() -> None:
    for at, config in distributions():
        for origin in config["Origins"]:
            if "S3OriginConfig" in origin:  # reached as the viewer came, which is encrypted, and the bucket sees to it
                continue
            custom = origin["CustomOriginConfig"]
            assert custom["OriginProtocolPolicy"] == "https-only", (at, origin["Id"])
            assert custom["OriginSSLProtocols"] == ["TLSv1.2"], (at, origin["Id"])


def test_every_bucket_refuses_what_is_not_encrypted() -> None:
    refusing = {
        (stack.name, json.dumps(properties["Bucket"]))
        for stack, _, properties in of_type("AWS::S3::BucketPolicy")
        if any(_refuses_plain(statement) for statement in properties["PolicyDocument"]["Statement"])
    }
    buckets = {(stack.name, json.dumps({"Ref": at.rpartition(" ")[2]})) for stack, at, _ in of_type("AWS::S3::Bucket")}
    assert buckets and buckets <= refusing, buckets - refusing


def _refuses_plain(statement: dict[str, Any]) -> bool:
    """Everybody, everything, the bucket and what is in it."""
    everybody = statement.get("Principal") in ("*", {"AWS": "*"})
    whole = statement.get("Action") in ("s3:*", ["s3:*"]) and len(statement["Resource"]) == 2
    plain = statement.get("Condition") == {"Bool": {"aws:SecureTransport": "false"}}
    return bool(statement["Effect"] == "Deny" and everybody and whole and plain)


def test_no_address_in_a_function_is_a_plain_one() -> None:
    """Sockets, sites and partners: whatever a template writes begins with https or wss."""
    for stack in stacks():
        assert "ws://" not in stack.text and "http://" not in stack.text, stack.name
