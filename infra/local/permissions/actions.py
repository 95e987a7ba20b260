"""The actions that policies may grant here: what the calls in `needs` ask for, and the machinery around a function.

An action that is not in this list is a slip of the pen, or of a service that nobody has taken up yet.
"""

from __future__ import annotations

from .patterns import matches

ACTIONS = frozenset(
    f"{service}:{name}"
    for service, names in {
        "acm": "DescribeCertificate ListCertificates",
        "cloudwatch": "DescribeAlarms GetMetricData GetMetricStatistics ListMetrics PutMetricData",
        "dynamodb": """BatchGetItem BatchWriteItem ConditionCheckItem DeleteItem DescribeContinuousBackups
            DescribeStream DescribeTable DescribeTimeToLive GetItem GetRecords GetShardIterator ListStreams ListTables
            PutItem Query Scan UpdateItem""",
        "ecs": "DescribeServices DescribeTasks UpdateService",
        "events": "DescribeEventBus DescribeRule ListRules ListTargetsByRule PutEvents",
        "execute-api": "ManageConnections",
        "iam": "PassRole",
        "kms": """Decrypt DescribeKey Encrypt GenerateDataKey GenerateDataKeyWithoutPlaintext GenerateMac
            GetKeyRotationStatus Sign Verify VerifyMac""",
        "lambda": """GetFunction GetFunctionConcurrency GetFunctionConfiguration InvokeFunction
            ListEventSourceMappings ListFunctions""",
        "logs": """CreateLogGroup CreateLogStream DescribeLogGroups DescribeLogStreams FilterLogEvents GetLogEvents
            GetQueryResults PutLogEvents StartQuery StopQuery""",
        "s3": """AbortMultipartUpload BypassGovernanceRetention DeleteObject DeleteObjectVersion
            GetBucketObjectLockConfiguration GetBucketPublicAccessBlock GetBucketVersioning GetEncryptionConfiguration
            GetLifecycleConfiguration GetObject GetObjectLegalHold GetObjectRetention GetObjectTagging
            GetObjectVersion GetObjectVersionTagging ListAllMyBuckets ListBucket ListBucketVersions
            ListMultipartUploadParts PutObject PutObjectAcl PutObjectLegalHold PutObjectRetention PutObjectTagging
            PutObjectVersionTagging RestoreObject""",
        "scheduler": "CreateSchedule DeleteSchedule GetSchedule UpdateSchedule",
        "secretsmanager": """DescribeSecret GetRandomPassword GetSecretValue ListSecretVersionIds PutSecretValue
            UpdateSecretVersionStage""",
        "sns": "Publish",
        "sqs": """ChangeMessageVisibility DeleteMessage GetQueueAttributes GetQueueUrl ListDeadLetterSourceQueues
            ListMessageMoveTasks ListQueues PurgeQueue ReceiveMessage SendMessage StartMessageMoveTask""",
        "ssm": "GetParameter GetParameters",
        "states": """DescribeExecution DescribeStateMachine GetExecutionHistory ListExecutions SendTaskFailure
            SendTaskHeartbeat SendTaskSuccess StartExecution StopExecution""",
        "xray": "PutTelemetryRecords PutTraceSegments",
    }.items()
    for name in names.split()
)


def is_known(pattern: str) -> bool:
    """Whether an action, or one with wildcards, is about anything here."""
    return any(matches(pattern, action, ignores_case=True) for action in ACTIONS)
