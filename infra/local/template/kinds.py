"""The resource types the local hospital knows: their properties, and what `Ref` and `GetAtt` answer for them.

A property is listed when the applier acts on it or when it says something only the cloud can do. One that is not
listed is an error, since the local hospital would otherwise run something else than what is deployed.
"""

from __future__ import annotations

import uuid

from .cloud_kinds import CLOUD_KINDS
from .kind import Kind
from .model import Resource, words


def function_name(resource: Resource) -> str:
    return resource.name("FunctionName")


def function_arn(resource: Resource) -> str:
    return resource.place.arn("lambda", f"function:{function_name(resource)}")


def table_arn(resource: Resource) -> str:
    return resource.place.arn("dynamodb", f"table/{resource.name('TableName')}")


def stream_arn(resource: Resource) -> str:
    return f"{table_arn(resource)}/stream/2026-01-01T00:00:00.000"


def queue_name(resource: Resource) -> str:
    """A made-up name of a FIFO queue ends as all their names must."""
    name = resource.name("QueueName")
    is_fifo = str(resource.get("FifoQueue", False)).lower() == "true"
    return f"{name}.fifo" if is_fifo and not resource.get("QueueName") else name


def queue_url(resource: Resource) -> str:
    place = resource.place
    return f"https://sqs.{place.region}.{place.url_suffix}/{place.account}/{queue_name(resource)}"


def queue_arn(resource: Resource) -> str:
    return resource.place.arn("sqs", queue_name(resource))


def rule_arn(resource: Resource) -> str:
    bus = str(resource.get("EventBusName") or "default").rsplit("/", 1)[-1]
    middle = "" if bus == "default" else f"{bus}/"
    return resource.place.arn("events", f"rule/{middle}{resource.name('Name')}")


def connection_arn(resource: Resource) -> str:
    return resource.place.arn("events", f"connection/{resource.name('Name')}/{_id_mark(resource)}")


def destination_arn(resource: Resource) -> str:
    return resource.place.arn("events", f"api-destination/{resource.name('Name')}/{_id_mark(resource)}")


def _id_mark(resource: Resource) -> str:
    """The UUID behind the name in the ARNs of connections and API destinations."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{resource.place.stack_name}/{resource.address}"))


def machine_name(resource: Resource) -> str:
    return resource.name("Name" if resource.type.startswith("AWS::Serverless") else "StateMachineName")


def machine_arn(resource: Resource) -> str:
    return resource.place.arn("states", f"stateMachine:{machine_name(resource)}")


def key_id(resource: Resource) -> str:
    """The same at every start, so that whatever was encrypted still opens."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{resource.place.stack_name}/{resource.address}"))


def secret_suffix(resource: Resource) -> str:
    """The six letters that Secrets Manager puts behind a secret's name."""
    return resource.mark(6).translate(str.maketrans("0123456789", "ghijklmnop"))


def secret_arn(resource: Resource) -> str:
    return resource.place.arn("secretsmanager", f"secret:{resource.name('Name')}-{secret_suffix(resource)}")


def api_id(resource: Resource) -> str:
    return resource.mark(10)


def bucket_arn(resource: Resource) -> str:
    return f"arn:{resource.place.partition}:s3:::{resource.name('BucketName')}"


def role_name(resource: Resource) -> str:
    return resource.name("RoleName")


def iam_arn(resource: Resource, rest: str) -> str:
    return f"arn:{resource.place.partition}:iam::{resource.place.account}:{rest}"


def mapping_id(resource: Resource) -> str:
    """An event source mapping's id, which is a UUID."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"mapping/{resource.place.stack_name}/{resource.address}"))


def log_group_arn(resource: Resource) -> str:
    return resource.place.arn("logs", f"log-group:{resource.name('LogGroupName')}:*")


_FUNCTION = words(
    """Architectures AutoPublishAlias CodeSigningConfigArn CodeUri DeadLetterQueue DeploymentPreference Description
    Environment EphemeralStorage EventInvokeConfig Events FunctionName Handler KmsKeyArn Layers LoggingConfig
    MemorySize PackageType PermissionsBoundary Policies PropagateTags ProvisionedConcurrencyConfig
    ReservedConcurrentExecutions Role RolePath Runtime RuntimeManagementConfig SnapStart Tags Timeout Tracing"""
)
_API = words(
    """AccessLogSetting AlwaysDeploy Auth BinaryMediaTypes CacheClusterEnabled CanarySetting DefinitionBody Description
    DisableExecuteApiEndpoint Domain EndpointConfiguration FailOnWarnings MergeDefinitions MethodSettings
    MinimumCompressionSize Name OpenApiVersion PropagateTags SecurityPolicy StageName Tags TracingEnabled Variables"""
)

KINDS: dict[str, Kind] = {
    **CLOUD_KINDS,
    "AWS::Serverless::Function": Kind(_FUNCTION, function_name, {"Arn": function_arn}),
    "AWS::Serverless::LayerVersion": Kind(
        words(
            """CompatibleArchitectures CompatibleRuntimes ContentUri Description LayerName LicenseInfo
            RetentionPolicy PublishLambdaVersion"""
        ),
        lambda r: r.place.arn("lambda", f"layer:{r.name('LayerName')}:1"),
    ),
    "AWS::Serverless::Api": Kind(_API, api_id, {"RootResourceId": lambda r: r.mark(9)}),
    "AWS::DynamoDB::Table": Kind(
        words(
            """AttributeDefinitions BillingMode ContributorInsightsSpecification DeletionProtectionEnabled
            GlobalSecondaryIndexes KeySchema KinesisStreamSpecification LocalSecondaryIndexes OnDemandThroughput
            PointInTimeRecoverySpecification ProvisionedThroughput ResourcePolicy SSESpecification StreamSpecification
            TableClass TableName Tags TimeToLiveSpecification WarmThroughput"""
        ),
        lambda r: r.name("TableName"),
        {"Arn": table_arn, "StreamArn": stream_arn},
    ),
    "AWS::SQS::Queue": Kind(
        words(
            """ContentBasedDeduplication DeduplicationScope DelaySeconds FifoQueue FifoThroughputLimit
            KmsDataKeyReusePeriodSeconds KmsMasterKeyId MaximumMessageSize MessageRetentionPeriod QueueName
            ReceiveMessageWaitTimeSeconds RedriveAllowPolicy RedrivePolicy SqsManagedSseEnabled Tags
            VisibilityTimeout"""
        ),
        queue_url,
        {"Arn": queue_arn, "QueueName": queue_name, "QueueUrl": queue_url},
    ),
    "AWS::SQS::QueuePolicy": Kind(words("PolicyDocument Queues"), lambda r: r.name("")),
    "AWS::Events::EventBus": Kind(
        words("DeadLetterConfig Description EventSourceName KmsKeyIdentifier LogConfig Name Policy Tags"),
        lambda r: r.name("Name"),
        {"Arn": lambda r: r.place.arn("events", f"event-bus/{r.name('Name')}"), "Name": lambda r: r.name("Name")},
    ),
    "AWS::Events::Rule": Kind(
        words("Description EventBusName EventPattern Name RoleArn ScheduleExpression State Targets Tags"),
        lambda r: r.name("Name"),
        {"Arn": rule_arn},
    ),
    "AWS::Events::Connection": Kind(
        words("AuthParameters AuthorizationType Description Name"),
        lambda r: r.name("Name"),
        {"Arn": connection_arn},
    ),
    "AWS::Events::ApiDestination": Kind(
        words("ConnectionArn Description HttpMethod InvocationEndpoint InvocationRateLimitPerSecond Name"),
        lambda r: r.name("Name"),
        {"Arn": destination_arn, "ArnForPolicy": lambda r: destination_arn(r).rsplit("/", 1)[0]},
    ),
    "AWS::Serverless::StateMachine": Kind(
        words(
            """Definition DefinitionSubstitutions DefinitionUri Logging Name PermissionsBoundary Policies PropagateTags
            Role RolePath Tags Tracing Type"""
        ),
        machine_arn,
        {"Arn": machine_arn, "Name": machine_name},
    ),
    "AWS::StepFunctions::StateMachine": Kind(
        words(
            """Definition DefinitionString DefinitionSubstitutions EncryptionConfiguration LoggingConfiguration RoleArn
            StateMachineName StateMachineType Tags TracingConfiguration"""
        ),
        machine_arn,
        {"Arn": machine_arn, "Name": machine_name},
    ),
    "AWS::KMS::Key": Kind(
        words(
            """BypassPolicyLockoutSafetyCheck Description EnableKeyRotation Enabled KeyPolicy KeySpec KeyUsage
            MultiRegion Origin PendingWindowInDays RotationPeriodInDays Tags"""
        ),
        key_id,
        {"Arn": lambda r: r.place.arn("kms", f"key/{key_id(r)}"), "KeyId": key_id},
    ),
    "AWS::KMS::Alias": Kind(words("AliasName TargetKeyId"), lambda r: r.name("AliasName")),
    "AWS::SecretsManager::Secret": Kind(
        words("Description GenerateSecretString KmsKeyId Name ReplicaRegions SecretString Tags"),
        secret_arn,
        {"Id": secret_arn},
    ),
    "AWS::ApiGatewayV2::Api": Kind(
        words(
            """ApiKeySelectionExpression Description DisableExecuteApiEndpoint DisableSchemaValidation IpAddressType
            Name ProtocolType RouteSelectionExpression Tags Version"""
        ),
        api_id,
        {
            "ApiId": api_id,
            "ApiEndpoint": lambda r: f"wss://{api_id(r)}.execute-api.{r.place.region}.{r.place.url_suffix}",
        },
    ),
    "AWS::ApiGateway::ApiKey": Kind(
        words("CustomerId Description Enabled GenerateDistinctId Name Tags Value"),
        api_id,
        {"APIKeyId": api_id},
    ),
    "AWS::ApiGateway::UsagePlan": Kind(
        words("ApiStages Description Quota Tags Throttle UsagePlanName"),
        lambda r: r.mark(6),
        {"Id": lambda r: r.mark(6)},
    ),
    "AWS::ApiGateway::UsagePlanKey": Kind(
        words("KeyId KeyType UsagePlanId"), lambda r: f"{r.get('KeyId')}:{r.get('UsagePlanId')}"
    ),
    "AWS::ApiGatewayV2::Route": Kind(
        words(
            """ApiId ApiKeyRequired AuthorizationType AuthorizerId ModelSelectionExpression OperationName RequestModels
            RequestParameters RouteKey RouteResponseSelectionExpression Target"""
        ),
        lambda r: r.mark(7),
        {"RouteId": lambda r: r.mark(7)},
    ),
    "AWS::ApiGatewayV2::Integration": Kind(
        words(
            """ApiId ConnectionType ContentHandlingStrategy CredentialsArn Description IntegrationMethod IntegrationType
            IntegrationUri PassthroughBehavior PayloadFormatVersion RequestTemplates TimeoutInMillis"""
        ),
        lambda r: r.mark(7),
        {"IntegrationId": lambda r: r.mark(7)},
    ),
    "AWS::ApiGatewayV2::Stage": Kind(
        words(
            """AccessLogSettings ApiId AutoDeploy ClientCertificateId DefaultRouteSettings DeploymentId Description
            RouteSettings StageName StageVariables Tags"""
        ),
        lambda r: r.name("StageName"),
    ),
    "AWS::ApiGatewayV2::Deployment": Kind(
        words("ApiId Description StageName"), lambda r: r.mark(6), {"DeploymentId": lambda r: r.mark(6)}
    ),
    "AWS::Lambda::Function": Kind(
        words(
            """Architectures Code Description Environment FunctionName ImageConfig LoggingConfig MemorySize PackageType
            Role Timeout"""
        ),
        function_name,
        {"Arn": function_arn},
    ),
    "AWS::Lambda::Permission": Kind(
        words(
            """Action EventSourceToken FunctionName FunctionUrlAuthType InvokedViaFunctionUrl Principal PrincipalOrgID
            SourceAccount SourceArn"""
        ),
        lambda r: r.name(""),
    ),
    "AWS::Lambda::EventSourceMapping": Kind(
        words(
            """BatchSize BisectBatchOnFunctionError DestinationConfig Enabled EventSourceArn FilterCriteria FunctionName
            FunctionResponseTypes KmsKeyArn MaximumBatchingWindowInSeconds MaximumRecordAgeInSeconds
            MaximumRetryAttempts MetricsConfig ParallelizationFactor ScalingConfig StartingPosition Tags
            TumblingWindowInSeconds"""
        ),
        mapping_id,
        {"Id": mapping_id},
    ),
    "AWS::Logs::LogGroup": Kind(
        words(
            """DataProtectionPolicy DeletionProtectionEnabled FieldIndexPolicies KmsKeyId LogGroupClass LogGroupName
            RetentionInDays Tags"""
        ),
        lambda r: r.name("LogGroupName"),
        {"Arn": log_group_arn},
    ),
    "AWS::CloudWatch::Alarm": Kind(
        words(
            """ActionsEnabled AlarmActions AlarmDescription AlarmName ComparisonOperator DatapointsToAlarm Dimensions
            EvaluateLowSampleCountPercentile EvaluationPeriods ExtendedStatistic InsufficientDataActions MetricName
            Metrics Namespace OKActions Period Statistic Tags Threshold ThresholdMetricId TreatMissingData Unit"""
        ),
        lambda r: r.name("AlarmName"),
        {"Arn": lambda r: r.place.arn("cloudwatch", f"alarm:{r.name('AlarmName')}")},
    ),
    "AWS::SNS::Topic": Kind(
        words(
            """ArchivePolicy ContentBasedDeduplication DataProtectionPolicy DeliveryStatusLogging DisplayName FifoTopic
            KmsMasterKeyId SignatureVersion Subscription Tags TopicName TracingConfig"""
        ),
        lambda r: r.place.arn("sns", r.name("TopicName")),
        {
            "TopicArn": lambda r: r.place.arn("sns", r.name("TopicName")),
            "TopicName": lambda r: r.name("TopicName"),
        },
    ),
    "AWS::SNS::Subscription": Kind(
        words(
            """DeliveryPolicy Endpoint FilterPolicy FilterPolicyScope Protocol RawMessageDelivery RedrivePolicy Region
            ReplayPolicy SubscriptionRoleArn TopicArn"""
        ),
        lambda r: f"{r.get('TopicArn')}:{mapping_id(r)}",
    ),
    "AWS::ApiGatewayV2::DomainName": Kind(
        words("DomainName DomainNameConfigurations MutualTlsAuthentication RoutingMode Tags"),
        lambda r: r.name("DomainName"),
        {
            "RegionalDomainName": lambda r: f"d-{r.mark(10)}.execute-api.{r.place.region}.{r.place.url_suffix}",
            "RegionalHostedZoneId": lambda r: f"Z{r.mark(13).upper()}",
        },
    ),
    "AWS::ApiGatewayV2::ApiMapping": Kind(
        words("ApiId ApiMappingKey DomainName Stage"), lambda r: r.mark(6), {"ApiMappingId": lambda r: r.mark(6)}
    ),
    "AWS::S3::Bucket": Kind(
        words(
            """BucketEncryption BucketName CorsConfiguration LifecycleConfiguration LoggingConfiguration
            NotificationConfiguration ObjectLockConfiguration ObjectLockEnabled OwnershipControls
            PublicAccessBlockConfiguration Tags VersioningConfiguration"""
        ),
        lambda r: r.name("BucketName"),
        {
            "Arn": bucket_arn,
            "RegionalDomainName": lambda r: f"{r.name('BucketName')}.s3.{r.place.region}.{r.place.url_suffix}",
        },
    ),
    "AWS::SSM::Parameter": Kind(
        words("AllowedPattern DataType Description Name Policies Tags Tier Type Value"),
        lambda r: r.name("Name"),
        {"Type": lambda r: str(r.get("Type")), "Value": lambda r: str(r.get("Value"))},
    ),
    "AWS::Scheduler::Schedule": Kind(
        words(
            """ActionAfterCompletion Description EndDate FlexibleTimeWindow GroupName KmsKeyArn Name ScheduleExpression
            ScheduleExpressionTimezone StartDate State Target"""
        ),
        lambda r: r.name("Name"),
        {"Arn": lambda r: r.place.arn("scheduler", f"schedule/{r.get('GroupName') or 'default'}/{r.name('Name')}")},
    ),
    "AWS::S3::BucketPolicy": Kind(words("Bucket PolicyDocument"), lambda r: r.name("")),
    "AWS::IAM::Role": Kind(
        words(
            """AssumeRolePolicyDocument Description ManagedPolicyArns MaxSessionDuration Path PermissionsBoundary
            Policies RoleName Tags"""
        ),
        role_name,
        {"Arn": lambda r: iam_arn(r, f"role/{role_name(r)}"), "RoleId": lambda r: f"AROA{r.mark(17).upper()}"},
    ),
    "AWS::IAM::ManagedPolicy": Kind(
        words("Description Groups ManagedPolicyName Path PolicyDocument Roles Users"),
        lambda r: iam_arn(r, f"policy/{r.name('ManagedPolicyName')}"),
        {"PolicyArn": lambda r: iam_arn(r, f"policy/{r.name('ManagedPolicyName')}")},
    ),
}

NESTED = "AWS::Serverless::Application"
NESTED_PROPERTIES = words("Location NotificationARNs Parameters Tags TimeoutInMinutes")
