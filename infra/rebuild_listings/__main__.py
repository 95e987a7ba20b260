"""`python -m infra.rebuild_listings --prefix yunzhen [--region cn-northwest-1]`, with your AWS credentials."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

KIT = Path(__file__).resolve().parents[2] / "layers/hospital/python"
TABLES = ("people", "clinical", "conversations", "reference", "connections", "requests", "listings", "seals")
UNUSED = (
    "BUS_NAME",
    "FIELD_KEY_ID",
    "TOKEN_SECRET_ID",
    "LOOKUP_SECRET_ID",
    "PUSH_SECRET_ID",
    "VENDOR_SECRET_ID",
    "SOCKET_ENDPOINT",
    "SOCKET_URL",
)
ALSO_UNUSED = ("SITE_ORIGIN", "ARCHIVE_BUCKET", "QUARANTINE_BUCKET", "MEDIA_BUCKET", "AUDIT_QUEUE_URL")


def main(arguments: list[str]) -> int:
    """0 when every row is there."""
    parser = argparse.ArgumentParser(prog="python -m infra.rebuild_listings", description=__doc__)
    parser.add_argument("--prefix", required=True, help="Prefix of the deployed stack")
    parser.add_argument("--region", default="cn-northwest-1")
    given = parser.parse_args(arguments)

    from hospital import settings

    from .rebuilding import rebuild

    settings.ENVIRONMENT.set(
        {
            "PROFILE": "staging",
            "AWS_REGION": given.region,
            **{f"TABLE_{name.upper()}": f"{given.prefix}-{name}" for name in TABLES},
            **dict.fromkeys((*UNUSED, *ALSO_UNUSED), "-"),
        }
    )
    looked, written = rebuild()
    print(f"{looked} things looked at, {written} rows written")
    return 0


if __name__ == "__main__":
    sys.path.insert(0, str(KIT))
    sys.exit(main(sys.argv[1:]))
