"""Every table has the keys, indexes and protections that the kit counts on."""

from __future__ import annotations

import pytest

from hospital import table as kit
from hospital.connection import LISTS
from tests.template.reading import ROOT, Stack

pytestmark = pytest.mark.unit

TABLES = Stack(ROOT / "infra/tables.yaml").of_type("AWS::DynamoDB::Table")
each_table = pytest.mark.parametrize("table", TABLES)


def test_the_tables_are_those_the_kit_knows():
    assert {name.lower() for name in TABLES} == set(kit.TableName.__args__)
    assert {properties["TableName"]["Fn::Sub"] for properties in TABLES.values()} == {
        f"${{Prefix}}-{name}" for name in kit.TableName.__args__
    }


@each_table
def test_keys_and_indexes(table):
    def schema(hash_name, range_name):
        return [{"AttributeName": hash_name, "KeyType": "HASH"}, {"AttributeName": range_name, "KeyType": "RANGE"}]

    assert TABLES[table]["KeySchema"] == schema("pk", "sk")
    assert [
        (index["IndexName"], index["KeySchema"], index["Projection"])
        for index in TABLES[table]["GlobalSecondaryIndexes"]
    ] == [(name, schema(f"{name}pk", f"{name}sk"), {"ProjectionType": "ALL"}) for name in LISTS]


@each_table
def test_nothing_is_lost_by_mistake(table):
    stack = Stack(ROOT / "infra/tables.yaml")
    assert stack.resources[table]["UpdateReplacePolicy"] == "Retain"
    assert stack.resources[table]["DeletionPolicy"] == "RetainExceptOnCreate"
    assert TABLES[table]["DeletionProtectionEnabled"] == {"Ref": "DeletionProtection"}
    assert TABLES[table]["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert TABLES[table]["SSESpecification"] == {"SSEEnabled": True, "SSEType": "KMS"}
    assert TABLES[table]["TimeToLiveSpecification"] == {"AttributeName": "expires_on", "Enabled": True}
    assert TABLES[table]["BillingMode"] == "PAY_PER_REQUEST"


def test_keys_outlive_the_stack():
    keys = Stack(ROOT / "infra/keys.yaml")
    kept = {name for name, found in keys.resources.items() if found.get("UpdateReplacePolicy") == "Retain"}
    assert kept == {"FieldKey", "TokenSecret", "LookupSecret", "MediaSecret", "PushSecret", "VendorSecret"}
    assert keys.resources["FieldKey"]["Properties"]["EnableKeyRotation"] is True
