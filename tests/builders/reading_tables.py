"""What the offline verifier reads, of a test's cloud."""

from __future__ import annotations

from hospital import clock
from hospital.seals.verifying import Evidence
from infra.verify_audit.reading import TABLES, evidence_from
from tests.builders.cloud import Cloud


def evidence_of(cloud: Cloud) -> Evidence:
    """All tables as they are now."""
    return evidence_from(((name, item) for name in TABLES for item in cloud.items(name)), [], clock.now())
