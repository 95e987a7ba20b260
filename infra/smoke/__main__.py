"""`python -m infra.smoke (--stack NAME | --site URL [--socket URL])`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from infra.publish_pages import outputs_of

from .finding import run, table
from .inside import Inside
from .outside import Outside

ROOT = Path(__file__).resolve().parents[2]
AREAS = tuple(sorted(path.stem for path in (ROOT / "infra/areas").glob("*.yaml")))


def of_site(site: str, socket_url: str, relay_origin: str = "") -> Outside:
    """One origin for everything, as people see it. The socket is beside it unless it is told."""
    origin = site.rstrip("/")
    apis = {area: f"{origin}/api/{area}" for area in AREAS}
    return Outside(apis, socket_url or f"ws{origin[4:]}/socket", origin, relay_origin=relay_origin)


def of_stack(outputs: Mapping[str, str]) -> Outside:
    """By the outputs: through the site when there is one, else by the addresses that API Gateway gives."""
    straight = {area: outputs[f"{area.capitalize()}Api"] for area in AREAS}
    if "SiteOrigin" not in outputs:
        return Outside(straight, outputs["SocketUrl"])
    site = of_site(outputs["SiteOrigin"], outputs["SocketUrl"])
    relays = outputs.get("RelayOrigin", "")
    return Outside(site.apis, site.socket_url, site.site, round_the_site=straight["directory"], relay_origin=relays)


def main(arguments: list[str]) -> int:
    """1 when anything is wrong."""
    parser = argparse.ArgumentParser(prog="python -m infra.smoke", description="Checks a deployed hospital.")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--stack", help="a deployed stack of this account and region")
    where.add_argument("--site", help="the address of the pages, for what can be seen from outside")
    parser.add_argument("--socket", default="", help="with --site: where its socket is, when not beside it")
    parser.add_argument("--relays", default="", help="with --site: the origin of the relays' control, if another")
    given = parser.parse_args(arguments)
    if given.site:
        checks = of_site(given.site, given.socket, given.relays).checks()
    else:
        checks = [*of_stack(outputs_of(given.stack)).checks(), *Inside(given.stack).checks()]
    findings = run(checks)
    print(table(findings))
    return 0 if all(finding.good for finding in findings) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
