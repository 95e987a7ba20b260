"""Uploads and media: what the buckets keep, who may read, and how the site leads to them."""

from __future__ import annotations

from typing import Any

import pytest

from infra.local.buckets.forwarding import FORWARDED, HEADERS, SHOWN
from tests.template.reading import ROOT, Stack, stacks

pytestmark = pytest.mark.unit

BUCKETS = Stack(ROOT / "infra/buckets.yaml").resources
SITE = Stack(ROOT / "infra/site.yaml").resources
CONFIG = SITE["Site"]["Properties"]["DistributionConfig"]


def behaviour(prefix: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = [one for one in CONFIG["CacheBehaviors"] if one["PathPattern"] == f"/{prefix}/*"]
    assert len(found) == 1
    return found[0]


def test_the_quarantine_forgets_after_a_day_and_keeps_no_versions() -> None:
    properties = BUCKETS["Quarantine"]["Properties"]
    (rule,) = properties["LifecycleConfiguration"]["Rules"]
    assert rule["Status"] == "Enabled" and rule["ExpirationInDays"] == 1
    assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}
    assert "VersioningConfiguration" not in properties and "ObjectLockEnabled" not in properties


def test_nobody_reads_the_quarantine_but_the_check() -> None:
    statements = BUCKETS["QuarantinePolicy"]["Properties"]["PolicyDocument"]["Statement"]
    (shut,) = [one for one in statements if one["Effect"] == "Deny" and "s3:GetObject" in one["Action"]]
    assert shut["Principal"] == {"AWS": "*"} and set(shut["Action"]) == {"s3:GetObject", "s3:GetObjectVersion"}
    assert shut["Condition"] == {"StringNotEquals": {"aws:PrincipalTag/opens": "quarantine"}}
    wearing = [
        name
        for stack in stacks()
        for name, resource in stack.resources.items()
        if "opens" in ((resource.get("Properties") or {}).get("Tags") or {})
    ]
    assert len(wearing) <= 1, "one function opens what nobody has checked"


def test_media_can_be_locked_and_are_not_by_themselves() -> None:
    properties = BUCKETS["Media"]["Properties"]
    assert properties["ObjectLockEnabled"] is True and "ObjectLockConfiguration" not in properties
    assert properties["VersioningConfiguration"] == {"Status": "Enabled"}
    assert BUCKETS["Media"]["DeletionPolicy"] == "RetainExceptOnCreate"


@pytest.mark.parametrize("name", ["Quarantine", "Media"])
def test_files_are_sealed_logged_and_never_public(name: str) -> None:
    properties = BUCKETS[name]["Properties"]
    (sealed,) = properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert sealed["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "aws:kms"}
    assert set(properties["PublicAccessBlockConfiguration"].values()) == {True}
    assert len(properties["PublicAccessBlockConfiguration"]) == 4
    assert properties["LoggingConfiguration"]["LogFilePrefix"] == f"{name.lower()}/"


@pytest.mark.parametrize("prefix", SHOWN)
def test_the_site_leads_to_the_bucket_as_the_local_hospital_does(prefix: str) -> None:
    """Whole query, no cookie, nothing kept, no header that the local hospital would not let through."""
    found = behaviour(prefix)
    forwarded = found["ForwardedValues"]
    assert tuple(forwarded["Headers"]) == FORWARDED[prefix]
    assert forwarded["QueryString"] is True and forwarded["Cookies"] == {"Forward": "none"}
    assert (found["MinTTL"], found["DefaultTTL"], found["MaxTTL"]) == (0, 0, 0)
    (origin,) = [one for one in CONFIG["Origins"] if one["Id"] == found["TargetOriginId"]]
    host = f"${{{SHOWN[prefix]}Bucket}}.s3.${{AWS::Region}}.${{AWS::URLSuffix}}"
    assert origin["DomainName"] == {"Fn::Sub": host}
    assert origin["S3OriginConfig"] == {"OriginAccessIdentity": ""}, "an identity would sign for us"
    assert {"PUT", "GET"} & set(found["AllowedMethods"]) == ({"PUT", "GET"} if prefix == "uploads" else {"GET"})


def test_a_file_is_never_a_page_of_the_site() -> None:
    for prefix in SHOWN:
        assert behaviour(prefix)["ResponseHeadersPolicyId"]["Fn::If"][:2] == ["OutsideChina", {"Ref": "FileHeaders"}]
    config = SITE["FileHeaders"]["Properties"]["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    assert config["ContentSecurityPolicy"]["ContentSecurityPolicy"] == HEADERS["Content-Security-Policy"]
    assert config["ReferrerPolicy"]["ReferrerPolicy"] == HEADERS["Referrer-Policy"]
    assert config["ContentTypeOptions"] == {"Override": True} and HEADERS["X-Content-Type-Options"] == "nosniff"


def test_the_firewall_stands_in_no_uploads_way() -> None:
    """It belongs to the APIs: a rule on bodies there cannot stop a file, and the site itself has none."""
    assert "WebACLId" not in CONFIG
    scopes = {
        resource["Properties"]["Scope"]
        for stack in stacks()
        for resource in stack.resources.values()
        if resource["Type"] == "AWS::WAFv2::WebACL"
    }
    assert scopes == {"REGIONAL"}
