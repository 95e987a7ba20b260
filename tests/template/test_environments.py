"""What a hospital is asked before it is deployed, and that the whole template can be had in each environment."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from infra.local.template import Template, TemplateError, read_template
from tests.template.reading import ROOT, Stack, stacks

pytestmark = pytest.mark.unit

SAMCONFIG = tomllib.loads((ROOT / "samconfig.toml").read_text(encoding="utf-8"))
ENVIRONMENTS = sorted(set(SAMCONFIG) - {"version", "default"})


def parameters_of(environment: str) -> dict[str, str]:
    """What `sam deploy --config-env` gives; an SMS adapter stands where the hospital writes its vendor's."""
    given = dict(text.split("=", 1) for text in SAMCONFIG[environment]["deploy"]["parameters"]["parameter_overrides"])
    return {name: value.strip('"') for name, value in given.items()}


def read(environment: str, region: str = "cn-northwest-1", **changed: str) -> Template:
    return read_template(ROOT / "template.yaml", parameters_of(environment) | changed, region=region)


def test_there_are_a_staging_and_a_production_environment():
    assert ENVIRONMENTS == ["production", "staging"]


@pytest.mark.parametrize("region", ["cn-northwest-1", "cn-north-1"])
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_an_environment_can_be_had_in_both_regions_of_china(environment, region):
    template = read(environment, region)
    assert template.outputs["SocketUrl"].startswith("wss://")
    arns = [text for text in walk_texts([resource.properties for resource in template.resources]) if "arn:" in text]
    assert arns
    assert all("arn:aws-cn:" in arn for arn in arns)


def walk_texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for inner in value.values() for text in walk_texts(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in walk_texts(inner)]
    return [value] if isinstance(value, str) else []


def test_an_example_says_it_is_one():
    """Nobody deploys to a domain of ours by accident: `example` domains belong to nobody."""
    for environment in ENVIRONMENTS:
        domains = {name: value for name, value in parameters_of(environment).items() if name.endswith("Domain")}
        assert domains
        assert all(value.endswith(".example") for value in domains.values())


def test_a_production_hospital_has_a_site_a_firewall_and_its_own_names():
    types = {resource.type for resource in read("production").resources}
    assert {
        "AWS::CloudFront::Distribution",
        "AWS::WAFv2::WebACL",
        "AWS::ApiGatewayV2::DomainName",
        "AWS::Budgets::Budget",
        "AWS::SNS::Subscription",
    } <= types


BROKEN = {
    "SmsAdapter inbox delivers to no phone": {"SmsAdapter": "inbox"},
    "NotificationAdapter inbox reaches no device": {"NotificationAdapter": "inbox"},
    "IdCheckAdapter population knows nobody who lives": {"IdCheckAdapter": "population"},
    "set AlarmEmail": {"AlarmEmail": ""},
    "leave DeletionProtection true": {"DeletionProtection": "false"},
    "LogLevel DEBUG is for other profiles": {"LogLevel": "DEBUG"},
    "ApiDomain needs ApiCertificateArn": {"ApiCertificateArn": ""},
    "SiteDomain needs SiteCertificate": {"SiteCertificate": ""},
    "SocketDomain needs SocketCertificateArn": {"SocketCertificateArn": ""},
}


@pytest.mark.parametrize("said", BROKEN)
def test_what_a_production_hospital_may_not_be_is_said(said):
    with pytest.raises(TemplateError, match=said):
        read("production", **BROKEN[said])


def test_patient_data_stays_in_china():
    with pytest.raises(TemplateError, match="Patient data stays in China"):
        read("production", "eu-west-1")
    assert read("production", "eu-west-1", AllowOutsideChina="yes").outputs["SocketUrl"]


def test_every_area_has_a_name_of_our_own_and_stands_behind_the_firewall():
    areas = {stack.path.stem.capitalize() for stack in stacks() if stack.path.parent.name == "areas"}
    names = Stack(ROOT / "infra/domain.yaml").of_type("AWS::ApiGatewayV2::ApiMapping")
    walls = Stack(ROOT / "infra/firewall.yaml").of_type("AWS::WAFv2::WebACLAssociation")
    assert {name.removesuffix("Mapping") for name in names} == areas | {"Socket"}
    assert {name.removesuffix("Firewall") for name in walls} == areas
    for area in areas:
        assert names[f"{area}Mapping"]["ApiId"] == {"Ref": f"{area}ApiId"}
        assert names[f"{area}Mapping"]["ApiMappingKey"] == f"api/{area.lower()}"
        assert walls[f"{area}Firewall"]["ResourceArn"]["Fn::Sub"].endswith(f"/restapis/${{{area}ApiId}}/stages/live")


def test_stack_tags_say_whose_cost_it_is():
    for environment in ENVIRONMENTS:
        tags = SAMCONFIG[environment]["deploy"]["parameters"]["tags"]
        assert {tag.split("=")[0] for tag in tags.split()} == {"hospital", "environment"}
        prefix = parameters_of(environment)["Prefix"]
        assert f"hospital={prefix}" in tags, "the budget counts what carries the prefix in this tag"
