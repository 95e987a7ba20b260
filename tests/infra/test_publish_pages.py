"""Pages in the site's bucket: whole before they are asked for, with the headers that the local hospital sends."""

from __future__ import annotations

import json

import boto3
import pytest

from infra.local.store.testing import REGION, memory_cloud
from infra.publish_pages import publish
from infra.security_headers import security_headers
from tests.template.reading import ROOT, Stack

pytestmark = pytest.mark.store

SOCKET = "wss://socket.hospital.test"


@pytest.fixture
def s3():
    """A bucket called `site`."""
    with memory_cloud():
        client = boto3.client("s3", region_name=REGION)
        client.create_bucket(Bucket="site", CreateBucketConfiguration={"LocationConstraint": REGION})
        yield client


@pytest.fixture
def web(tmp_path):
    """Two built apps."""
    for app in ("patient", "staff"):
        folder = tmp_path / "apps" / app / "dist/site"
        (folder / "assets").mkdir(parents=True)
        (folder / "index.html").write_text(f"<div id=app>{app}</div>")
        (folder / "mark.svg").write_text("<svg/>")
        (folder / "assets/index-1a2b.js").write_text("1")
    return tmp_path


def test_an_index_comes_after_its_parts_and_what_pages_are_told_comes_last(s3, web):
    keys = publish(s3, "site", web, profile="staging", socket_origin=SOCKET)
    assert keys == [
        "patient/assets/index-1a2b.js",
        "patient/mark.svg",
        "patient/index.html",
        "staff/assets/index-1a2b.js",
        "staff/mark.svg",
        "staff/index.html",
        "config.json",
    ]
    told = json.loads(s3.get_object(Bucket="site", Key="config.json")["Body"].read())
    assert told == {"api_base": "/api", "profile": "staging"}


def test_what_changes_its_name_is_kept_and_the_rest_is_asked_for_again(s3, web):
    publish(s3, "site", web, profile="production", socket_origin=SOCKET)
    part = s3.head_object(Bucket="site", Key="staff/assets/index-1a2b.js")
    assert (part["ContentType"], part["CacheControl"]) == (
        "text/javascript; charset=utf-8",
        "public, max-age=31536000, immutable",
    )
    assert s3.head_object(Bucket="site", Key="staff/index.html")["CacheControl"] == "no-cache"
    assert s3.head_object(Bucket="site", Key="staff/mark.svg")["ContentType"] == "image/svg+xml"


def test_parts_of_the_release_before_stay_for_pages_that_are_open(s3, web):
    publish(s3, "site", web, profile="production", socket_origin=SOCKET)
    (web / "apps/staff/dist/site/assets/index-1a2b.js").rename(web / "apps/staff/dist/site/assets/index-3c4d.js")
    publish(s3, "site", web, profile="production", socket_origin=SOCKET)
    keys = {item["Key"] for item in s3.list_objects_v2(Bucket="site", Prefix="staff/assets/")["Contents"]}
    assert keys == {"staff/assets/index-1a2b.js", "staff/assets/index-3c4d.js"}


def test_an_index_carries_the_headers_that_the_site_sends_with_it(s3, web):
    publish(s3, "site", web, profile="production", socket_origin=SOCKET)
    carried = s3.head_object(Bucket="site", Key="patient/index.html")["Metadata"]
    wanted = security_headers(SOCKET)
    assert carried == {name.lower(): value for name, value in wanted.items()}
    assert f"connect-src 'self' {SOCKET};" in wanted["Content-Security-Policy"]
    publish(s3, "site", web, profile="production", socket_origin=SOCKET, relay_origin="wss://media.hospital.cn")
    policy = s3.head_object(Bucket="site", Key="staff/index.html")["Metadata"]["content-security-policy"]
    assert f"connect-src 'self' {SOCKET} wss://media.hospital.cn;" in policy
    paths = Stack(ROOT / "infra/site.yaml").resources["Pages"]["Properties"]["DefinitionBody"]["paths"]
    for path in ("/{app}", "/{app}/{address+}"):
        answer = paths[path]["get"]["x-amazon-apigateway-integration"]["responses"]["200"]["responseParameters"]
        sent = {
            name.removeprefix("method.response.header."): source.removeprefix("integration.response.header.x-amz-meta-")
            for name, source in answer.items()
            if "x-amz-meta-" in source
        }
        assert sent == {name: name.lower() for name in wanted}
        assert set(sent) <= set(paths[path]["get"]["responses"]["200"]["headers"])
