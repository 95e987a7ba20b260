"""`python -m infra.verify_audit --export FOLDER | --prefix yunzhen | --state .local [--write-export FOLDER]`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from hospital.seals.model import Finding
from hospital.seals.verifying import Evidence, verify

from .reading import evidence_from
from .sources import Export, LocalFolder, Source, SourceUnreadable, Stack, write_export


def main(arguments: list[str]) -> int:
    """0 when all is as it was sealed, 1 when something is not, 2 when it cannot be told."""
    parser = argparse.ArgumentParser(prog="python -m infra.verify_audit", description=__doc__)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--export", type=Path, help="a folder that was exported")
    source.add_argument("--prefix", help="Prefix of a deployed stack, read with your AWS credentials")
    source.add_argument("--state", type=Path, help="folder of a local hospital")
    parser.add_argument("--region", help="with --prefix")
    parser.add_argument("--write-export", type=Path, metavar="FOLDER", help="keep the evidence there, and verify that")
    given = parser.parse_args(arguments)
    try:
        found = _source(given)
        if given.write_export:
            print(f"{write_export(found, given.write_export)} items written to {given.write_export}")
            given.export = given.write_export
            found = Export(given.export)
        evidence, findings = confirmed(given, found)
    except SourceUnreadable as error:
        print(error, file=sys.stderr)
        return 2
    for finding in findings:
        print(finding)
    print(summary(evidence, findings))
    return 1 if findings else 0


def confirmed(given: argparse.Namespace, source: Source) -> tuple[Evidence, list[Finding]]:
    """What is wrong; in a hospital that goes on working meanwhile, what is still wrong at a second look."""
    evidence = evidence_from(source.items(), source.anchors(), source.read_at)
    findings = verify(evidence)
    if not findings or given.export:
        return evidence, findings
    again = _source(given)
    evidence = evidence_from(again.items(), again.anchors(), again.read_at)
    return evidence, [finding for finding in verify(evidence) if finding in findings]


def summary(evidence: Evidence, findings: list[Finding]) -> str:
    """One sentence about what was looked at."""
    looked = f"{len(evidence.lines)} lines, {len(evidence.blocks)} blocks, {len(evidence.anchors)} anchors"
    waiting = f", {len(evidence.waiting)} lines wait for their seal" if evidence.waiting else ""
    return f"{looked}{waiting}: {f'{len(findings)} findings' if findings else 'all as it was sealed'}"


def _source(given: argparse.Namespace) -> Source:
    if given.export:
        return Export(given.export)
    return Stack(given.prefix, given.region) if given.prefix else LocalFolder(given.state)
