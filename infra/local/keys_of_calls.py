"""The secrets that the hospital shares with the relays of its calls and with coturn, for whoever starts one of them on
this machine."""

from __future__ import annotations

import os
from pathlib import Path

import boto3

from .template import Template
from .vendors import hand_over


def keep_keys_of_calls(template: Template, media: Path, turn: Path) -> None:
    """Writes them down, for this machine's user alone; nothing where the template has none.

    A coturn here is not the hospital's own, which would stand beside relays in the cloud: its secret is a vendor's.
    """
    region = template.place.region
    secrets = [str(secret.get("Name")) for secret in template.of("AWS::SecretsManager::Secret")]
    names = {name.rpartition("/")[2]: name for name in secrets}
    if "media" in names:
        _keep(_text(names["media"], region), media)
    if "turn" in names and "vendors" in names:
        shared = _text(names["turn"], region)
        hand_over("turn", {"id": "turn", "key": shared}, names["vendors"], region)
        _keep(shared, turn)


def _text(name: str, region: str) -> str:
    return str(boto3.client("secretsmanager", region_name=region).get_secret_value(SecretId=name)["SecretString"])


def _keep(text: str, file: Path) -> None:
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as opened:
        opened.write(text)
