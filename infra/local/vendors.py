"""The hospital's secret of vendors, as an operator would write it."""

from __future__ import annotations

import json

import boto3


def hand_over(vendor: str, keys: dict[str, str], secret_id: str, region: str) -> None:
    """Writes a vendor's keys beside those of the others."""
    client = boto3.client("secretsmanager", region_name=region)
    try:
        written = json.loads(client.get_secret_value(SecretId=secret_id)["SecretString"])
    except ValueError:
        written = {}
    if written.get(vendor) != keys:
        client.put_secret_value(SecretId=secret_id, SecretString=json.dumps({**written, vendor: keys}))
