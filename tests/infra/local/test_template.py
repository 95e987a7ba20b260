"""The reader of templates: intrinsics, nested stacks, SAM's additions, and one clear error for everything wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from infra.local.template import Template, TemplateError, read_template

ROOT = Path(__file__).resolve().parents[3]
CLINIC = Path(__file__).parent / "fixtures" / "clinic" / "template.yaml"

pytestmark = pytest.mark.unit


def template_of(tmp_path: Path, text: str, parameters: dict[str, str] | None = None) -> Template:
    """A template of these lines."""
    file = tmp_path / "template.yaml"
    file.write_text(text, encoding="utf-8")
    return read_template(file, parameters)


def answer_of(tmp_path: Path, value: str, before: str = "") -> Any:
    """What a property is resolved to: the description of a key."""
    text = f"{before}\nResources:\n  Key:\n    Type: AWS::KMS::Key\n    Properties:\n      Description: {value}\n"
    return template_of(tmp_path, text).at("Key").properties.get("Description")


TOWNS = """
Parameters:
  Town: {Type: String, Default: yinchuan}
  Beds: {Type: Number, Default: 40}
  Names: {Type: CommaDelimitedList, Default: "a, b,c"}
Mappings:
  Sizes: {yinchuan: {beds: "400"}}
Conditions:
  IsYinchuan: !Equals [!Ref Town, yinchuan]
  IsNot: !Not [!Condition IsYinchuan]
  Both: !And [!Condition IsYinchuan, !Equals [!Ref Beds, 40]]
  Either: !Or [!Condition IsNot, !Condition IsYinchuan]
"""


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("!Ref Town", "yinchuan"),
        ("!Ref Beds", 40),
        ("!Ref Names", ["a", "b", "c"]),
        ("!Ref AWS::Region", "cn-northwest-1"),
        ("!Ref AWS::Partition", "aws-cn"),
        ("!Ref AWS::URLSuffix", "amazonaws.com.cn"),
        ("!Ref AWS::AccountId", "123456789012"),
        ("!Ref AWS::StackName", "yunzhen"),
        ("!Ref AWS::NoValue", None),
        ('!Sub "${Town}-${AWS::Region}-${!literal}"', "yinchuan-cn-northwest-1-${literal}"),
        ('!Sub ["${A}/${Town}", {A: !Ref Beds}]', "40/yinchuan"),
        ('!Join ["-", [a, !Ref Town, !Ref AWS::NoValue]]', "a-yinchuan"),
        ("!Select [1, !Ref Names]", "b"),
        ('!Select [0, !Split [",", "x,y"]]', "x"),
        ("!FindInMap [Sizes, !Ref Town, beds]", "400"),
        ("!If [IsYinchuan, here, there]", "here"),
        ("!If [IsNot, here, there]", "there"),
        ("!If [Both, here, there]", "here"),
        ("!If [Either, here, there]", "here"),
        ("!Base64 abc", "YWJj"),
        ('{"Fn::Join": ["", [{Ref: Town}, "!"]]}', "yinchuan!"),
    ],
)
def test_intrinsic_answers(tmp_path: Path, value: str, expected: Any) -> None:
    assert answer_of(tmp_path, value, TOWNS) == expected


def test_dates_stay_text_and_other_partitions_follow_the_region(tmp_path: Path) -> None:
    assert answer_of(tmp_path, "2012-10-17") == "2012-10-17"
    file = tmp_path / "template.yaml"
    file.write_text("Resources: {Q: {Type: AWS::SQS::Queue}}\nOutputs: {Arn: {Value: !GetAtt Q.Arn}}")
    assert read_template(file, region="eu-west-1").outputs["Arn"] == "arn:aws:sqs:eu-west-1:123456789012:yunzhen-Q"


@pytest.mark.parametrize(
    ("resources", "said"),
    [
        (
            "{A: {Type: AWS::SQS::Queu}}",
            "A.Type: the type 'AWS::SQS::Queu' is not known (did you mean 'AWS::SQS::Queue'?)",
        ),
        ("{A: {Type: AWS::Cognito::UserPool}}", "A.Type: the type 'AWS::Cognito::UserPool' is not known"),
        (
            "{A: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeot: 1}}}",
            "A.VisibilityTimeot: is no known property of AWS::SQS::Queue (did you mean 'VisibilityTimeout'?)",
        ),
        ("{A: {Type: AWS::SQS::Queue, Propertis: {}}}", "A: the part 'Propertis' is not known"),
        ("{A: {Typ: AWS::SQS::Queue}}", "A: has no Type"),
        (
            "{Rows: {Type: AWS::SQS::Queue}, B: {Type: AWS::KMS::Key, Properties: {Description: !Ref Row}}}",
            "B.Description: nothing in this file is called 'Row' (did you mean 'Rows'?)",
        ),
        (
            '{A: {Type: AWS::SQS::Queue, Properties: {Tags: [{Key: k, Value: !Sub "${Nobody}"}]}}}',
            "A.Tags[0].Value: nothing in this file is called 'Nobody'",
        ),
        (
            "{A: {Type: AWS::SQS::Queue}, B: {Type: AWS::KMS::Key, Properties: {Description: !GetAtt A.Ar}}}",
            "B.Description: A (AWS::SQS::Queue) has no attribute 'Ar' (did you mean 'Arn'?)",
        ),
        (
            "{A: {Type: AWS::KMS::Key, Properties: {Description: !ImportValue x}}}",
            "the function Fn::ImportValue is not known",
        ),
        ("{A: {Type: AWS::KMS::Key, Properties: {Description: !Ref AWS::Regio}}}", "'AWS::Regio' is not known"),
        ("{A: {Type: AWS::KMS::Key, Properties: {Description: !Select [3, [a]]}}}", "Fn::Select has no entry 3"),
        ("{A: {Type: AWS::KMS::Key, Properties: {Description: !If [Nope, 1, 2]}}}", "there is no condition 'Nope'"),
        ("{A: {Type: AWS::KMS::Key, DependsOn: Bee}}", "A.DependsOn: nothing in this file is called 'Bee'"),
        ("{A: {Type: AWS::KMS::Key}, A: {Type: AWS::KMS::Key}}", "the key 'A' is written twice"),
        ("{}", "Resources: there are none"),
    ],
)
def test_what_is_wrong_is_said_with_file_resource_and_property(tmp_path: Path, resources: str, said: str) -> None:
    with pytest.raises(TemplateError) as error:
        template_of(tmp_path, f"Resources: {resources}")
    assert said in str(error.value)
    assert str(tmp_path / "template.yaml") in str(error.value)


def test_resources_that_need_each_other_are_refused_with_their_circle(tmp_path: Path) -> None:
    text = """
    Resources:
      A: {Type: AWS::KMS::Key, Properties: {Description: !Ref B}}
      B: {Type: AWS::KMS::Key, Properties: {Description: !Sub "${C.Arn}"}}
      C: {Type: AWS::KMS::Key, DependsOn: [A]}
    """
    with pytest.raises(TemplateError, match="in a circle: A -> B -> C -> A"):
        template_of(tmp_path, text)


def test_a_function_that_names_the_api_that_calls_it_is_a_circle(tmp_path: Path) -> None:
    uri = {"Fn::Sub": "arn:${AWS::Partition}:apigateway:x:lambda:path/2015-03-31/functions/${F.Arn}/invocations"}
    document = {"paths": {"/a": {"get": {"x-amazon-apigateway-integration": {"type": "aws_proxy", "uri": uri}}}}}
    (tmp_path / "api.json").write_text(json.dumps(document))
    text = """
    Resources:
      F:
        Type: AWS::Serverless::Function
        Properties: {Handler: a.b, Environment: {Variables: {API: !Ref Api}}}
      Api:
        Type: AWS::Serverless::Api
        Properties:
          DefinitionBody: {"Fn::Transform": {Name: AWS::Include, Parameters: {Location: api.json}}}
    """
    with pytest.raises(TemplateError, match="in a circle: F -> Api -> F"):
        template_of(tmp_path, text)


def test_conditions_that_do_not_hold_leave_out_resources_and_outputs(tmp_path: Path) -> None:
    text = """
    Parameters: {Big: {Type: String, Default: "no", AllowedValues: ["yes", "no"]}}
    Conditions: {IsBig: !Equals [!Ref Big, "yes"]}
    Resources:
      A: {Type: AWS::SQS::Queue}
      B: {Type: AWS::SQS::Queue, Condition: IsBig}
    Outputs:
      A: {Value: !GetAtt A.Arn}
      B: {Value: !GetAtt B.Arn, Condition: IsBig}
    """
    small, big = template_of(tmp_path, text), template_of(tmp_path, text, {"Big": "yes"})
    assert [resource.address for resource in small.resources] == ["A"]
    assert [resource.address for resource in big.resources] == ["A", "B"]
    assert list(small.outputs) == ["A"]
    with pytest.raises(TemplateError, match="its condition does not hold"):
        template_of(tmp_path, text.replace(", Condition: IsBig}\n    Outputs", "}\n    Outputs").replace(
            "{Type: AWS::SQS::Queue}\n", "{Type: AWS::SQS::Queue, Condition: IsBig}\n"))  # fmt: skip


@pytest.mark.parametrize(
    ("parameter", "given", "said"),
    [
        ("{Type: String}", {}, "Parameters.P: has no default and was not given"),
        ("{Type: String, AllowedValues: [a, b]}", {"P": "c"}, "Parameters.P: 'c' is not one of a, b"),
        ('{Type: String, AllowedPattern: "[a-z]+"}', {"P": "A"}, "does not match"),
        ("{Type: Number}", {"P": "many"}, "'many' is not a number"),
        ("{Type: String, MinLength: 3}", {"P": "ab"}, "shorter or longer"),
        ("{Type: AWS::SSM::Parameter::Value<String>, Default: /x}", {}, "parameter store"),
        ("{Type: String, Default: x}", {"Q": "y"}, "Parameters.Q: is given but the template has no such parameter"),
    ],
)
def test_parameters_are_checked(tmp_path: Path, parameter: str, given: dict[str, str], said: str) -> None:
    text = f"Parameters: {{P: {parameter}}}\nResources: {{A: {{Type: AWS::SQS::Queue}}}}"
    with pytest.raises(TemplateError) as error:
        template_of(tmp_path, text, given)
    assert said in str(error.value)


NESTING = """
Resources:
  Inner:
    Type: AWS::Serverless::Application
    Properties: {Location: inner.yaml, Parameters: {Name: outer-name}}
  User: {Type: AWS::KMS::Key, Properties: {Description: !GetAtt Inner.Outputs.QueueArn}}
"""
INNER = """
Parameters: {Name: {Type: String}}
Resources: {Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: !Sub "${Name}-${AWS::StackName}"}}}
Outputs: {QueueArn: {Value: !GetAtt Queue.Arn}}
"""


def test_a_nested_stack_gets_parameters_and_gives_outputs(tmp_path: Path) -> None:
    (tmp_path / "inner.yaml").write_text(INNER)
    template = template_of(tmp_path, NESTING)
    name = "outer-name-yunzhen-Inner"
    assert template.at("Inner/Queue").properties["QueueName"] == name
    assert template.at("User").properties["Description"] == f"arn:aws-cn:sqs:cn-northwest-1:123456789012:{name}"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("Outputs.QueueArn}", "Outputs.QueuArn}"), "no output 'QueuArn' (did you mean 'QueueArn'?)"),
        (("Name: outer-name", "Nam: outer-name"), "inner.yaml: Parameters.Nam: is given but"),
        (("{Name: outer-name}", "{}"), "inner.yaml: Parameters.Name: has no default"),
        (("inner.yaml", "iner.yaml"), "Inner.Location: there is no file iner.yaml"),
        (("inner.yaml", "https://x/y.yaml"), "Inner.Location: wants the path of a local template"),
    ],
)
def test_faults_between_stacks_are_named(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    (tmp_path / "inner.yaml").write_text(INNER)
    with pytest.raises(TemplateError) as error:
        template_of(tmp_path, NESTING.replace(*change))
    assert said in str(error.value)


def test_globals_are_merged_as_sam_merges_them(tmp_path: Path) -> None:
    text = """
    Globals:
      Function:
        Timeout: 20
        Layers: [general]
        Environment: {Variables: {A: general, B: general}}
    Resources:
      F:
        Type: AWS::Serverless::Function
        Properties: {Handler: a.b, Timeout: 5, Layers: [own], Environment: {Variables: {B: own}}}
      G: {Type: AWS::Serverless::Function, Properties: {Handler: a.b}}
      Q: {Type: AWS::SQS::Queue}
    """
    template = template_of(tmp_path, text)
    own, general = template.at("F").properties, template.at("G").properties
    assert own["Timeout"] == 5 and general["Timeout"] == 20
    assert own["Layers"] == ["general", "own"]
    assert own["Environment"] == {"Variables": {"A": "general", "B": "own"}}
    assert template.at("Q").properties == {}
    with pytest.raises(TemplateError, match=r"Globals\.Funktion"):
        template_of(tmp_path, text.replace("  Function:", "  Funktion:"))


def test_what_sam_makes_can_be_referred_to(tmp_path: Path) -> None:
    text = """
    Resources:
      F: {Type: AWS::Serverless::Function, Properties: {Handler: a.b, AutoPublishAlias: live}}
    Outputs:
      Role: {Value: !GetAtt FRole.Arn}
      Name: {Value: !Ref FRole}
      Alias: {Value: !Ref F.Alias}
    """
    assert template_of(tmp_path, text).outputs == {
        "Role": "arn:aws-cn:iam::123456789012:role/yunzhen-FRole",
        "Name": "yunzhen-FRole",
        "Alias": "arn:aws-cn:lambda:cn-northwest-1:123456789012:function:yunzhen-F:live",
    }


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('{"Fn::Transform": {Name: AWS::Include, Parameters: {Location: none.json}}}', "there is no file none.json"),
        ('{"Fn::Transform": {Name: MyMacro}}', "the only transform known here is AWS::Include"),
    ],
)
def test_includes_that_cannot_be_read_are_named(tmp_path: Path, body: str, said: str) -> None:
    text = f"Resources: {{Api: {{Type: AWS::Serverless::Api, Properties: {{DefinitionBody: {body}}}}}}}"
    with pytest.raises(TemplateError) as error:
        template_of(tmp_path, text)
    assert "Api.DefinitionBody" in str(error.value) and said in str(error.value)


def test_broken_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="there is no such file"):
        read_template(tmp_path / "none.yaml")
    with pytest.raises(TemplateError, match="is not readable"):
        template_of(tmp_path, "Resources: {A: ")
    with pytest.raises(TemplateError, match="holds no mapping"):
        template_of(tmp_path, "- a\n- b")
    with pytest.raises(TemplateError, match="'Resource' is not known"):
        template_of(tmp_path, "Resource: {}")


def test_names_and_ids_are_the_same_at_every_start() -> None:
    first, second = read_template(CLINIC), read_template(CLINIC)
    assert [r.properties for r in first.resources] == [r.properties for r in second.resources]
    assert first.outputs == second.outputs


def test_the_hospitals_own_template_is_read() -> None:
    template = read_template(ROOT / "template.yaml", {"SiteOrigin": "http://127.0.0.1:8700", "Profile": "local"})
    tables = [table.properties["TableName"] for table in template.of("AWS::DynamoDB::Table")]
    assert "yunzhen-people" in tables
    assert all(len(resource.name("FunctionName")) <= 64 for resource in template.of("AWS::Serverless::Function"))
