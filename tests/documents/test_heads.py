"""The beginnings of the templates are written from one file, and the root hands everything down."""

from __future__ import annotations

import shutil

import pytest

from infra.documents.heads import HEAD, NothingGivesIt, headed_templates
from infra.local.template.reading import read_text
from tests.template.reading import ROOT

pytestmark = pytest.mark.unit

AREA = """AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Description: An area.

Parameters:
  Typed: {Type: String}

Resources:
  OpenDoor:
    Type: AWS::Serverless::Function
    Properties:
      Handler: doors.open_door.app.app
      Policies: [{Statement: [{Resource: [!Ref DoorsArn, !Sub "${DoorsArn}/index/*", !GetAtt Bell.Arn]}]}]
  Bell:
    Type: AWS::SQS::Queue
  Permission:
    Type: AWS::Lambda::Permission
    Properties: {FunctionName: !Ref OpenDoor.Alias, SourceAccount: !Ref "AWS::AccountId"}
"""
ROOT_TEMPLATE = """Parameters:
  Prefix: {Type: String}
Resources:
  Doors:
    Type: AWS::Serverless::Application
    Properties:
      Location: infra/doors.yaml
      Parameters:
        Gone: !Ref Gone
  Houses:
    Type: AWS::Serverless::Application
    Properties:
      Location: infra/houses.yaml
      Parameters:
"""
HOUSES = """Parameters: {}
Resources: {House: {Type: AWS::SNS::Topic}}
Outputs:
  DoorsArn: {Value: !Ref House}
"""
SMALL_HEAD = """# A note.
Parameters:
  Prefix: {Type: String}
  Unused: {Type: String}
  DoorsArn: {Type: String}

Conditions:
  Never: !Equals [!Ref Unused, ""]

Globals:
  Api: {OpenApiVersion: 3.0.1}
  Function:
    # Said to all.
    Environment: {Variables: {PREFIX: !Ref Prefix}}
"""


@pytest.fixture
def project(tmp_path):
    """A project of two stacks."""
    (tmp_path / "infra/documents").mkdir(parents=True)
    (tmp_path / HEAD).write_text(SMALL_HEAD)
    (tmp_path / "infra/doors.yaml").write_text(AREA)
    (tmp_path / "infra/houses.yaml").write_text(HOUSES)
    (tmp_path / "template.yaml").write_text(ROOT_TEMPLATE)
    return tmp_path


def test_a_stack_takes_what_its_resources_and_the_shared_part_use(project):
    stack = read_text(headed_templates(project)["infra/doors.yaml"])
    assert list(stack["Parameters"]) == ["Prefix", "DoorsArn"]
    assert "Conditions" not in stack
    assert list(stack["Globals"]) == ["Function"]
    assert stack["Resources"] == read_text(AREA)["Resources"]


def test_the_comments_of_the_shared_part_come_along(project):
    assert "    # Said to all.\n" in headed_templates(project)["infra/doors.yaml"]


def test_the_root_hands_down_its_own_and_what_other_stacks_put_out(project):
    root = read_text(headed_templates(project)["template.yaml"])
    assert root["Resources"]["Doors"]["Properties"]["Parameters"] == {
        "Prefix": {"Ref": "Prefix"},
        "DoorsArn": {"Fn::GetAtt": ["Houses", "Outputs.DoorsArn"]},
    }


def test_a_stack_that_makes_what_all_are_told_says_it_itself(project):
    (project / "infra/doors.yaml").write_text(AREA + "\nOutputs:\n  Prefix: {Value: !GetAtt Bell.QueueName}\n")
    stack = read_text(headed_templates(project)["infra/doors.yaml"])
    variables = stack["Globals"]["Function"]["Environment"]["Variables"]
    assert variables == {"PREFIX": {"Fn::GetAtt": ["Bell", "QueueName"]}}
    assert list(stack["Parameters"]) == ["DoorsArn"]


def test_a_condition_comes_with_the_resource_that_asks_for_it(project):
    (project / "infra/doors.yaml").write_text(AREA.replace("Queue\n", "Queue\n    Condition: Never\n"))
    (project / "template.yaml").write_text(ROOT_TEMPLATE.replace("Resources", "  Unused: {Type: String}\nResources"))
    stack = read_text(headed_templates(project)["infra/doors.yaml"])
    assert list(stack["Conditions"]) == ["Never"]
    assert list(stack["Parameters"]) == ["Prefix", "Unused", "DoorsArn"]


def test_what_nothing_gives_is_named(project):
    (project / "infra/doors.yaml").write_text(AREA.replace("DoorsArn", "GatesArn"))
    with pytest.raises(NothingGivesIt, match="Doors takes GatesArn, given by nothing"):
        headed_templates(project)


def test_what_two_stacks_give_is_named(project):
    (project / "infra/barns.yaml").write_text(HOUSES)
    other = ROOT_TEMPLATE[ROOT_TEMPLATE.index("  Houses:") :].replace("Houses", "Barns").replace("houses", "barns")
    (project / "template.yaml").write_text(ROOT_TEMPLATE + other)
    with pytest.raises(NothingGivesIt, match=r"Houses\.Outputs\.DoorsArn, Barns\.Outputs\.DoorsArn"):
        headed_templates(project)


def test_a_template_that_was_written_is_written_the_same_again(tmp_path):
    shutil.copytree(ROOT / "infra", tmp_path / "infra", ignore=shutil.ignore_patterns("local", "__pycache__"))
    shutil.copy(ROOT / "template.yaml", tmp_path)
    first = headed_templates(tmp_path)
    for name, text in first.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert headed_templates(tmp_path) == first
