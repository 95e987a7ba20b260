"""Puts the pages into the site's bucket: `make publish STACK=yunzhen`.

Files that change their names with their content go first and are kept by browsers for a year; an app's index goes
last, so that no page ever asks for what is not there yet. Files of earlier releases stay: a page that was open before
still finds its parts. An index carries the security headers as metadata, which infra/site.yaml turns into headers.
"""

from __future__ import annotations

import argparse
import json
import mimetypes
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3

from infra.security_headers import security_headers

ROOT = Path(__file__).resolve().parents[1]
APPS = ("patient", "staff")
_YEAR = "public, max-age=31536000, immutable"
_ASK = "no-cache"


def publish(s3: Any, bucket: str, web: Path, *, profile: str, socket_origin: str, relay_origin: str = "") -> list[str]:
    """Uploads everything that `npm run build` made and answers the keys, in their order."""
    headers = {name.lower(): value for name, value in security_headers(socket_origin, relay_origin).items()}
    keys = []
    for app in APPS:
        folder = web / "apps" / app / "dist/site"
        for file in [*_parts(folder), folder / "index.html"]:
            key = f"{app}/{file.relative_to(folder).as_posix()}"
            is_part = "/assets/" in key
            s3.put_object(
                Bucket=bucket,
                Key=key,
                Body=file.read_bytes(),
                ContentType=_type(file),
                CacheControl=_YEAR if is_part else _ASK,
                Metadata=headers if file.name == "index.html" else {},
            )
            keys.append(key)
    said = json.dumps({"api_base": "/api", "profile": profile})
    s3.put_object(Bucket=bucket, Key="config.json", Body=said, ContentType="application/json", CacheControl=_ASK)
    return [*keys, "config.json"]


def _parts(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and path != folder / "index.html")


def _type(file: Path) -> str:
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") or kind.endswith("javascript") else kind


def outputs_of(stack: str) -> dict[str, str]:
    """The outputs of a deployed stack."""
    found = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}


def main(arguments: list[str]) -> int:
    """1 when the stack has no site."""
    parser = argparse.ArgumentParser(prog="python -m infra.publish_pages", description=__doc__)
    parser.add_argument("stack", help="the deployed stack")
    parser.add_argument("--profile", default="production", help="what the pages are told (default production)")
    given = parser.parse_args(arguments)
    outputs = outputs_of(given.stack)
    if "WebBucket" not in outputs:
        print(f"The stack {given.stack} has no site; set SiteDomain and deploy again.", file=sys.stderr)
        return 1
    subprocess.run(["npm", "run", "--silent", "build"], cwd=ROOT / "web", check=True)
    origin = "/".join(outputs["SocketUrl"].split("/")[:3])
    origins = {"socket_origin": origin, "relay_origin": outputs.get("RelayOrigin", "")}
    for key in publish(boto3.client("s3"), outputs["WebBucket"], ROOT / "web", profile=given.profile, **origins):
        print(key)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
