"""The relays' stack: who reaches what, what a task may do, and that its numbers are those of its images."""

from __future__ import annotations

import ipaddress
import re
from typing import Any

import pytest

from infra.local.template import TemplateError
from media_fleet.settings import from_environment
from tests.template.reading import ROOT, Stack, as_list
from tests.template.test_environments import read

pytestmark = pytest.mark.unit

FLEET = Stack(ROOT / "infra/media_fleet.yaml")
CONTROL, MEDIA, TURN = ("tcp", 8080), ("udp", 40000), 3478
TASKS = {name: task["ContainerDefinitions"][0] for name, task in FLEET.of_type("AWS::ECS::TaskDefinition").items()}
each_task = pytest.mark.parametrize("name", TASKS)


def rules(group: str, way: str) -> list[tuple[str, int, int, Any]]:
    """(protocol, from, to, whom) of a security group's rules."""
    found = FLEET.resources[group]["Properties"][f"SecurityGroup{way}"]
    whom = ("CidrIp", "CidrIpv6", "SourceSecurityGroupId")
    return [
        (rule["IpProtocol"], rule["FromPort"], rule["ToPort"], next(rule[key] for key in whom if key in rule))
        for rule in found
    ]


ANYWHERE = ("0.0.0.0/0", "::/0")


def test_from_outside_one_reaches_media_the_door_and_turn():
    open_to_all = {
        group: {(protocol, first, last) for protocol, first, last, whom in rules(group, "Ingress") if whom in ANYWHERE}
        for group in FLEET.of_type("AWS::EC2::SecurityGroup")
    }
    assert open_to_all == {
        "DoorGroup": {("tcp", 443, 443)},
        "RelayGroup": {("udp", 40000, 40000)},
        "TurnGroup": {("udp", TURN, TURN), ("tcp", TURN, TURN)},
    }


def test_control_is_reached_from_the_door_and_from_relays_only():
    inside = [(port, whom) for _, port, _, whom in rules("RelayGroup", "Ingress") if whom not in ANYWHERE]
    assert inside == [(8080, {"Ref": "DoorGroup"})]
    assert [
        (found["GroupId"], found["FromPort"], found["ToPort"], found["SourceSecurityGroupId"])
        for found in FLEET.of_type("AWS::EC2::SecurityGroupIngress").values()
    ] == [({"Ref": "RelayGroup"}, 8080, 8080, {"Ref": "RelayGroup"})]


def test_coturn_sends_to_the_media_port_of_relays_and_nowhere_behind():
    assert {(protocol, first, last) for protocol, first, last, _ in rules("TurnGroup", "Egress")} == {
        ("udp", 40000, 40000),
        ("tcp", 443, 443),
    }
    settings = (ROOT / "infra/turn/turnserver.conf").read_text(encoding="utf-8")
    denied = [
        tuple(ipaddress.ip_address(end) for end in (text.split("-") * 2)[:2])
        for text in re.findall(r"^denied-peer-ip=(.+)$", settings, re.M)
    ]
    private = [
        FLEET.resources["Network"]["Properties"]["CidrBlock"].replace("0/16", "17"),
        *("10.0.0.1", "127.0.0.1", "169.254.170.2", "172.31.255.254", "192.168.1.1", "100.64.0.1", "0.0.0.0"),
        *("::1", "fd00::1", "fe80::1", "::ffff:10.0.0.1", "255.255.255.255"),
    ]
    for text in private:
        address = ipaddress.ip_address(text)
        assert any(low <= address <= high for low, high in denied if low.version == address.version), text
    for text in ("52.80.1.1", "2406:da18::1"):
        address = ipaddress.ip_address(text)
        assert not any(low <= address <= high for low, high in denied if low.version == address.version), text
    assert {"use-auth-secret", "no-tcp-relay", "no-cli", "no-multicast-peers"} <= set(settings.split())
    assert "allowed-peer-ip" not in settings, "an allowed range would win over a denied one"
    assert "denied-peer-ip=::-" not in settings, "coturn 4.6 takes :: as any address of either family"
    assert "userdb=:memory:" in settings, "coturn 4.6 looks at no secret when its database does not open"


@each_task
def test_a_task_writes_nothing_and_is_nobody(name):
    container = TASKS[name]
    assert container["ReadonlyRootFilesystem"] is True
    assert container["LinuxParameters"]["Capabilities"] == {"Drop": ["ALL"]}
    assert int(container["User"].split(":")[0]) >= 10000
    assert "Privileged" not in container
    assert not [one for one in container.get("Environment", []) if "SECRET" in one["Name"]]
    assert [secret["ValueFrom"]["Ref"] for secret in container["Secrets"]] == [f"{secret_of(name)}SecretArn"]


def secret_of(task: str) -> str:
    return {"RelayTask": "Media", "TurnTask": "Turn"}[task]


def test_a_relay_may_keep_itself_and_nothing_else():
    [policy] = FLEET.resources["RelayRole"]["Properties"]["Policies"]
    [statement] = policy["PolicyDocument"]["Statement"]
    assert statement["Action"] == ["ecs:GetTaskProtection", "ecs:UpdateTaskProtection"]
    assert statement["Resource"]["Fn::Sub"].endswith(":task/${Prefix}-media/*"), "tasks are named when they start"
    assert FLEET.resources["Cluster"]["Properties"]["ClusterName"] == {"Fn::Sub": "${Prefix}-media"}
    assert "Policies" not in FLEET.resources["TurnRole"]["Properties"]


def test_roles_are_for_tasks_of_this_account():
    for role in FLEET.of_type("AWS::IAM::Role").values():
        [trust] = role["AssumeRolePolicyDocument"]["Statement"]
        assert trust["Principal"] == {"Service": "ecs-tasks.amazonaws.com"}
        assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
        assert "ManagedPolicyArns" not in role
        for policy in role.get("Policies", []):
            for statement in policy["PolicyDocument"]["Statement"]:
                assert not [action for action in as_list(statement["Action"]) if "*" in action]


def test_images_come_from_repositories_of_this_hospital():
    statements = FLEET.resources["StartRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    [pull] = [one for one in statements if "ecr:BatchGetImage" in as_list(one["Action"])]
    assert [one["Fn::Sub"].rpartition("/")[2] for one in pull["Resource"]] == ["${Prefix}-relay", "${Prefix}-turn"]


def test_no_call_is_cut_by_a_smaller_fleet_or_a_deployment():
    relays = FLEET.resources["Relays"]["Properties"]
    assert "DesiredCount" not in relays, "a deployment would set it back"
    assert relays["DeploymentConfiguration"]["MinimumHealthyPercent"] == 100
    assert relays["DeploymentConfiguration"]["DeploymentCircuitBreaker"] == {"Enable": True, "Rollback": True}
    for policy in FLEET.of_type("AWS::ApplicationAutoScaling::ScalingPolicy").values():
        assert policy["TargetTrackingScalingPolicyConfiguration"]["DisableScaleIn"] is True, "keep_fleet drains first"
    container = TASKS["RelayTask"]
    environment = {one["Name"]: one["Value"] for one in container["Environment"]}
    assert int(environment["RELAY_DRAIN_SECONDS"]) + 10 <= container["StopTimeout"] <= 120, "Fargate waits 120 s"


def test_numbers_are_those_of_the_images():
    relay = (ROOT / "media_fleet/Dockerfile").read_text(encoding="utf-8")
    turn = (ROOT / "infra/turn/Dockerfile").read_text(encoding="utf-8")
    container = TASKS["RelayTask"]
    ports = {(one["Protocol"], one["ContainerPort"]) for one in container["PortMappings"]}
    assert ports == {CONTROL, MEDIA}
    assert set(re.findall(r"^EXPOSE (\d+)/udp (\d+)/tcp", relay, re.M)) == {("40000", "8080")}
    environment = {one["Name"]: one["Value"] for one in container["Environment"]}
    assert (environment["RELAY_CONTROL_PORT"], environment["RELAY_MEDIA_PORT"]) == ("8080", "40000")
    assert f"USER {container['User']}\n" in relay
    assert f"USER {TASKS['TurnTask']['User']}\n" in turn
    assert container["HealthCheck"]["Command"][1:] == ["python", "-m", "media_fleet.healthy"]
    assert 'CMD ["python", "-m", "media_fleet.healthy"]' in relay
    assert f"listening-port={TURN}\n" in (ROOT / "infra/turn/turnserver.conf").read_text(encoding="utf-8")


def test_a_relay_understands_what_its_task_tells_it():
    container = TASKS["RelayTask"]
    told = {one["Name"]: one["Value"] for one in container["Environment"]}
    read = (ROOT / "media_fleet/settings.py").read_text(encoding="utf-8")
    given = {name: value if isinstance(value, str) else "wss://m.example" for name, value in told.items()}
    secret = {one["Name"]: "s" * 64 for one in container["Secrets"]}
    placed = {"RELAY_NODE": "158d1c8083dd49d6b527399fd6414f5c", "RELAY_CONTROL_AT": "10.40.0.9:8080"}
    settings = from_environment(given | secret | placed)
    assert settings.announce_reported, "its public address it learns from the hospital"
    assert (settings.control_port, settings.media_port, settings.drain_seconds) == (8080, 40000, 110)
    assert [name for name in told if f'"{name.removeprefix("RELAY_")}"' not in read] == []


def test_the_door_opens_the_path_of_the_protocol_by_tls_only():
    [rule] = FLEET.of_type("AWS::ElasticLoadBalancingV2::ListenerRule").values()
    [condition] = rule["Conditions"]
    [path] = condition["PathPatternConfig"]["Values"]
    assert f"(path `{path}`)" in (ROOT / "media_fleet/PROTOCOL.md").read_text(encoding="utf-8")
    environment = {one["Name"]: one["Value"] for one in TASKS["RelayTask"]["Environment"]}
    assert environment["RELAY_CONTROL_URL"] == {"Fn::Sub": "wss://${MediaDomain}" + path}
    listener = FLEET.resources["DoorListener"]["Properties"]
    assert (listener["Port"], listener["Protocol"]) == (443, "HTTPS")
    assert listener["DefaultActions"][0]["Type"] == "fixed-response", "health and metrics are not for everybody"


def test_pages_are_told_to_which_origin_control_sockets_open():
    """By the output that `make publish` and `make smoke` read."""
    output = Stack(ROOT / "template.yaml").document["Outputs"]["RelayOrigin"]
    assert output == {"Condition": "HasRelays", "Value": {"Fn::Sub": "wss://${MediaDomain}"}}
    for module in ("publish_pages.py", "smoke/__main__.py"):
        assert 'outputs.get("RelayOrigin", "")' in (ROOT / "infra" / module).read_text(encoding="utf-8")


def test_reports_go_through_the_site_where_there_is_one():
    """Behind it the firewall refuses whoever comes round it."""
    environment = {one["Name"]: one["Value"] for one in TASKS["RelayTask"]["Environment"]}
    address, given = environment["RELAY_REPORTS_URL"]["Fn::Sub"]
    assert address == "https://${Way}/api/calling/relay/reports"
    assert given["Way"] == {"Fn::If": ["HasSite", {"Ref": "SiteDomain"}, {"Ref": "ApiDomain"}]}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"RelayImage": "123.dkr.ecr.cn-northwest-1.amazonaws.com.cn/yunzhen-relay:1"}, "MediaCertificateArn"),
        ({"TurnImage": "123.dkr.ecr.cn-northwest-1.amazonaws.com.cn/yunzhen-turn:1"}, "TurnImage needs RelayImage"),
    ],
)
def test_a_fleet_without_what_it_needs_is_refused_before_anything_is_made(given, said):
    with pytest.raises(TemplateError, match=said):
        read("production", **given)
