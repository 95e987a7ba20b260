"""Every folder under functions/ has its block in a template, whole, and the other way round."""

from __future__ import annotations

import importlib
import json

import pytest

from infra.documents.operations import function_folders, logical_id
from tests.template.reading import ROOT, as_list, functions, references, stacks, statements

pytestmark = pytest.mark.unit

BLOCKS = {name: (stack, properties) for stack, name, properties in functions()}
each_function = pytest.mark.parametrize("function", BLOCKS)
# Fed by a queue that stands beside what fills it: function -> (stack, queue), with dead letters and alarm of that name.
FED_FROM_ELSEWHERE = {"MessagingOnUploadPutCheck": ("infra/buckets.yaml", "Uploads")}
SLOWEST = {"rest": 29, "background": 60}  # seconds; API Gateway hangs up after 29


def sources(function: str) -> list[dict]:
    stack = BLOCKS[function][0]
    mappings = stack.of_type("AWS::Lambda::EventSourceMapping").values()
    return [mapping for mapping in mappings if mapping["FunctionName"] == {"Ref": f"{function}.Alias"}]


def is_background(function: str) -> bool:
    return bool(sources(function)) or "Events" in BLOCKS[function][1]


def test_every_folder_has_a_block_and_every_block_a_folder():
    folders = {logical_id(area, folder) for area, folder in function_folders(ROOT / "functions")}
    assert folders == set(BLOCKS)
    assert len(functions()) == len(BLOCKS), "two stacks hold the same function"


@each_function
def test_the_handler_is_the_folder_and_can_be_imported(function):
    module, _, attribute = BLOCKS[function][1]["Handler"].rpartition(".")
    area, folder, file = module.split(".")
    assert (logical_id(area, folder), file, attribute) == (function, "app", "app")
    assert callable(getattr(importlib.import_module(module), attribute))


@each_function
def test_the_code_is_shared_and_zipped_as_it_lies(function):
    stack, properties = BLOCKS[function]
    assert (stack.path.parent / properties["CodeUri"]).resolve() == ROOT / "functions"
    assert stack.resources[function]["Metadata"] == {"SkipBuild": True}
    assert not list((ROOT / "functions").rglob("requirements*.txt"))


@each_function
def test_it_has_a_log_group_that_keeps_for_a_year(function):
    stack, properties = BLOCKS[function]
    group = stack.of_type("AWS::Logs::LogGroup")[f"{function}Logs"]
    assert properties["LoggingConfig"] == {"LogGroup": {"Ref": f"{function}Logs"}}
    assert group["RetentionInDays"] >= 180  # MLPS-3: six months at least


@each_function
def test_it_has_a_time_limit_and_memory(function):
    stack, _ = BLOCKS[function]
    assert 3 <= stack.setting(function, "Timeout") <= SLOWEST["background" if is_background(function) else "rest"]
    assert stack.setting(function, "MemorySize") >= 256


@each_function
def test_what_nobody_waits_for_has_dead_letters_and_an_alarm(function):
    stack, properties = BLOCKS[function]
    if not is_background(function):
        assert f"{function}DeadLetters" not in stack.resources
        return
    fed = [properties, *sources(function), *queues_of(function)]
    name = function
    if function in FED_FROM_ELSEWHERE:
        home, name = FED_FROM_ELSEWHERE[function]
        stack = next(one for one in stacks() if one.name == home)
        fed = [stack.resources[name]]
    queue = stack.of_type("AWS::SQS::Queue")[f"{name}DeadLetters"]
    assert queue["MessageRetentionPeriod"] == 14 * 24 * 3600
    alarm = stack.of_type("AWS::CloudWatch::Alarm")[f"{name}Alarm"]
    assert alarm["Dimensions"][0]["Value"] == {"Fn::GetAtt": [f"{name}DeadLetters", "QueueName"]}
    assert alarm["AlarmActions"] == [{"Ref": "AlarmTopicArn"}]
    assert f"{name}DeadLetters" in [one for _, one in references(fed)]


def queues_of(function: str) -> list[dict]:
    stack = BLOCKS[function][0]
    return [queue for name, queue in stack.of_type("AWS::SQS::Queue").items() if name == f"{function}Queue"]


@each_function
def test_what_it_reads_from_it_may_read(function):
    """A mapping polls with the function's own role."""
    granted = [(as_list(s["Action"]), as_list(s["Resource"])) for s in statements(BLOCKS[function][1])]
    for source in sources(function):
        action = "dynamodb:GetRecords" if "StartingPosition" in source else "sqs:ReceiveMessage"
        assert any(action in actions and source["EventSourceArn"] in resources for actions, resources in granted)
        assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


STREAMS = [
    (stack.name, name, mapping)
    for stack in stacks()
    for name, mapping in stack.of_type("AWS::Lambda::EventSourceMapping").items()
    if "StartingPosition" in mapping
]


@pytest.mark.parametrize(("stack", "name", "mapping"), STREAMS, ids=[f"{stack}:{name}" for stack, name, _ in STREAMS])
def test_a_stream_loses_nothing_and_wakes_only_for_what_concerns_it(stack, name, mapping):
    assert mapping["StartingPosition"] == "TRIM_HORIZON"
    assert "INSERT" in mapping["FilterCriteria"]["Filters"][0]["Pattern"]
    assert mapping["BisectBatchOnFunctionError"] is True
    assert mapping["MaximumRecordAgeInSeconds"] <= 24 * 3600, "the stream itself forgets after a day"
    assert mapping["DestinationConfig"]["OnFailure"]


def test_every_table_with_an_outbox_is_published():
    tables = next(stack for stack in stacks() if stack.name == "infra/tables.yaml")
    streaming = {
        name for name, table in tables.of_type("AWS::DynamoDB::Table").items() if "StreamSpecification" in table
    }
    published = {source["EventSourceArn"]["Ref"].removesuffix("StreamArn") for source in sources("HousePublishOutbox")}
    assert published == streaming == {"People", "Clinical", "Conversations", "Reference"}


def test_stream_filters_wait_for_what_the_kit_writes():
    """A renamed record or row would leave its consumer asleep."""
    from hospital.audit import MARKS
    from hospital.conversations.store import messages

    patterns = {name: json.loads(mapping["FilterCriteria"]["Filters"][0]["Pattern"]) for _, name, mapping in STREAMS}
    wanted = {name: pattern["dynamodb"]["NewImage"] for name, pattern in patterns.items()}
    pushed = wanted.pop("MessagingOnMessageStoredPushConversationsSource")
    assert pushed == {"kind": {"S": [messages.record.__name__]}}
    event, line = {"row": {"S": ["event"]}}, {"line_subject": {"S": [{"exists": True}]}}
    assert all(pattern == {"$or": [event, line]} for pattern in wanted.values())
    assert "line_subject" in MARKS
