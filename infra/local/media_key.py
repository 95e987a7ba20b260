"""The secret that the hospital shares with the relays of its calls, for whoever starts a relay on this machine."""

from __future__ import annotations

import os
from pathlib import Path

import boto3

from .template import Template


def keep_media_key(template: Template, file: Path) -> None:
    """Writes it down, for this machine's user alone; nothing where the template has none."""
    names = [str(secret.get("Name")) for secret in template.of("AWS::SecretsManager::Secret")]
    name = next((one for one in names if one.endswith("/media")), None)
    if name is None:
        return
    client = boto3.client("secretsmanager", region_name=template.place.region)
    text: str = client.get_secret_value(SecretId=name)["SecretString"]
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as opened:
        opened.write(text)
