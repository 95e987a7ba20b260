"""Resource types that have a meaning only in the cloud: they are read and checked here, and nothing is made of them.

What each of them does, and why the local hospital has nothing like it, stands in docs/cloud-only.md.
"""

from __future__ import annotations

from .kind import Kind
from .model import Resource, words


def _made_id(resource: Resource) -> str:
    return resource.mark(14).upper()


def _distribution_domain(resource: Resource) -> str:
    return f"d{resource.mark(13)}.cloudfront.{'cn' if resource.place.partition == 'aws-cn' else 'net'}"


def _web_acl_arn(resource: Resource) -> str:
    scope = "global" if resource.get("Scope") == "CLOUDFRONT" else "regional"
    return resource.place.arn("wafv2", f"{scope}/webacl/{resource.name('Name')}/{resource.mark(12)}")


CLOUD_KINDS: dict[str, Kind] = {
    "AWS::ApiGateway::Account": Kind(words("CloudWatchRoleArn"), _made_id),
    "AWS::Logs::MetricFilter": Kind(
        words("ApplyOnTransformedLogs FilterName FilterPattern LogGroupName MetricTransformations"),
        lambda r: r.name("FilterName"),
    ),
    "AWS::CloudWatch::CompositeAlarm": Kind(
        words(
            """ActionsEnabled ActionsSuppressor ActionsSuppressorExtensionPeriod ActionsSuppressorWaitPeriod
            AlarmActions AlarmDescription AlarmName AlarmRule InsufficientDataActions OKActions Tags"""
        ),
        lambda r: r.name("AlarmName"),
        {"Arn": lambda r: r.place.arn("cloudwatch", f"alarm:{r.name('AlarmName')}")},
    ),
    "AWS::CloudWatch::Dashboard": Kind(words("DashboardBody DashboardName"), lambda r: r.name("DashboardName")),
    "AWS::Budgets::Budget": Kind(words("Budget NotificationsWithSubscribers ResourceTags"), lambda r: r.name("")),
    "AWS::WAFv2::WebACL": Kind(
        words(
            """AssociationConfig CaptchaConfig ChallengeConfig CustomResponseBodies DataProtectionConfig DefaultAction
            Description Name Rules Scope Tags TokenDomains VisibilityConfig"""
        ),
        lambda r: f"{r.name('Name')}|{r.mark(12)}|{r.get('Scope')}",
        {"Arn": _web_acl_arn, "Id": lambda r: r.mark(12)},
    ),
    "AWS::WAFv2::WebACLAssociation": Kind(words("ResourceArn WebACLArn"), _made_id),
    "AWS::WAFv2::LoggingConfiguration": Kind(
        words("LogDestinationConfigs LoggingFilter RedactedFields ResourceArn"), lambda r: str(r.get("ResourceArn"))
    ),
    "AWS::CloudFront::Distribution": Kind(
        words("DistributionConfig Tags"),
        _made_id,
        {"DomainName": _distribution_domain, "Id": _made_id},
    ),
    "AWS::CloudFront::ResponseHeadersPolicy": Kind(words("ResponseHeadersPolicyConfig"), _made_id, {"Id": _made_id}),
    "AWS::CloudFront::CloudFrontOriginAccessIdentity": Kind(
        words("CloudFrontOriginAccessIdentityConfig"),
        _made_id,
        {"Id": _made_id, "S3CanonicalUserId": lambda r: r.mark(64)},
    ),
}
