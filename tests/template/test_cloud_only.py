"""docs/cloud-only.md names every difference with its reason, and every type that has a meaning only in the cloud."""

from __future__ import annotations

import re

import pytest

from infra.local.template.cloud_kinds import CLOUD_KINDS
from tests.template.reading import ROOT, stacks

pytestmark = pytest.mark.unit

TEXT = (ROOT / "docs/cloud-only.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
    for line in TEXT.splitlines()
    if line.startswith("| ") and not line.startswith("| --- ")
]


@pytest.mark.parametrize("kind", CLOUD_KINDS)
def test_a_type_of_the_cloud_only_is_explained(kind):
    assert f"`{kind}`" in TEXT


def test_every_difference_has_a_reason():
    assert len(ROWS) > 60
    assert not [row for row in ROWS if not all(row)]


def test_each_service_that_the_templates_use_is_there():
    """By the words people use for them."""
    words = {
        "ApiGateway": "API Gateway",
        "ApiGatewayV2": "WebSocket",
        "ApplicationAutoScaling": "growth by load",
        "Budgets": "Budget",
        "CloudFront": "CloudFront",
        "CloudWatch": "CloudWatch",
        "DynamoDB": "DynamoDB",
        "EC2": "AWS::EC2",
        "ECS": "AWS::ECS",
        "ElasticLoadBalancingV2": "balancer",
        "Events": "rules",
        "IAM": "IAM",
        "KMS": "KMS",
        "Lambda": "Lambda",
        "Logs": "log",
        "S3": "S3",
        "SNS": "SNS",
        "SQS": "SQS",
        "Scheduler": "Schedule",
        "SecretsManager": "Secrets Manager",
        "Serverless": "function",
        "StepFunctions": "Step Functions",
        "WAFv2": "firewall",
    }
    used = {resource["Type"].split("::")[1] for stack in stacks() for resource in stack.resources.values()}
    assert used <= set(words), "say in docs/cloud-only.md how the local hospital differs, then name it here"
    assert not [service for service in used if words[service] not in TEXT]
