"""Every private place of moto that the store touches: this fails first when moto changes."""

import inspect
from typing import Any

import boto3
import moto
import pytest
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb import comparisons
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType, Item, LimitedSizeDict
from moto.dynamodb.models.table import Table
from moto.dynamodb.parsing.expressions import UpdateExpressionParser
from moto.dynamodb.parsing.reserved_keywords import ReservedKeywords
from moto.dynamodb.parsing.validators import Validator
from moto.dynamodb.responses import DynamoHandler
from moto.kms.models import KmsBackend, kms_backends
from moto.s3.models import FakeDeleteMarker, FakeKey, FakeMultipart, S3Backend
from moto.scheduler.models import EventBridgeSchedulerBackend
from moto.secretsmanager.models import SecretsManagerBackend
from moto.sqs.models import Message, Queue, SQSBackend
from moto.ssm.models import ssm_backends

from infra.local.store import Store, StoreError, install, installed, uninstall
from infra.local.store.object_rows import OTHERS, PLAIN
from infra.local.store.queues import KEPT
from infra.local.store.seams import Seam

pytestmark = pytest.mark.store


def test_moto_is_the_version_that_the_seams_were_cut_for() -> None:
    assert moto.__version__ == "5.2.5"


def test_every_seam_is_where_it_was() -> None:
    with Store.in_memory() as store:
        assert [complaint for seam in store.seams() if (complaint := seam.complaint())] == []


def test_a_seam_names_what_changed() -> None:
    def same(original: Any) -> Any:
        return original

    assert Seam(Table, "no_such", ("self",), same).complaint() == "Table.no_such is gone"
    assert "expected ('self', 'other')" in str(Seam(Table, "put_item", ("self", "other"), same).complaint())
    assert Seam(Table, "put_item", None, same, is_new=True).complaint() == "Table.put_item exists now"


def test_the_calls_inside_moto_that_the_seams_rely_on_are_there() -> None:
    assert 'self.body = getattr(self, "params", {})' in inspect.getsource(inspect.unwrap(DynamoHandler.call_action))
    assert "self.dynamodb_backend.transact_write_items(" in inspect.getsource(DynamoHandler.transact_write_items)
    for reader in (DynamoHandler.query, DynamoHandler.scan):
        assert "items, scanned_count, last_evaluated_key = self.dynamodb_backend." in inspect.getsource(
            inspect.unwrap(reader)
        )
    assert "return table.query(" in inspect.getsource(moto.dynamodb.models.DynamoDBBackend.query)
    assert "return table.scan(" in inspect.getsource(moto.dynamodb.models.DynamoDBBackend.scan)
    assert "copy.deepcopy(" in inspect.getsource(
        inspect.unwrap(moto.dynamodb.models.DynamoDBBackend.transact_write_items)
    )
    # A rejected item becomes a reason by the name of its exception's class.
    assert "errors.append((type(e).__name__, str(e), original_item))" in inspect.getsource(
        inspect.unwrap(moto.dynamodb.models.DynamoDBBackend.transact_write_items)
    )
    assert "stream_shard.add(" in inspect.getsource(Table.put_item)
    # An update works on a copy of what was parsed, so that this may be kept.
    assert "deepcopy(expression)" in inspect.getsource(Validator.__init__)
    assert "generate_private_key(self.key_spec)" in inspect.getsource(moto.kms.models.Key.__init__)
    assert "> 405000" in inspect.getsource(LimitedSizeDict.__setitem__)
    assert "_messages_lock.wait_for(" in inspect.getsource(Queue.wait_for_messages)


def test_the_inner_layout_of_tables_and_items_is_as_the_store_reads_it(make_table: Any) -> None:
    with mock_aws():
        client = boto3.client("dynamodb")
        make_table(client)
        client.put_item(TableName="visits", Item={"pk": {"S": "a"}, "sk": {"S": "b"}, "l": {"L": [{"N": "1"}]}})
        table = dynamodb_backends[DEFAULT_ACCOUNT_ID]["cn-northwest-1"].tables["visits"]
        item = table.items[DynamoType({"S": "a"})][DynamoType({"S": "b"})]
        assert set(vars(item)) == {"hash_key", "range_key", "attrs"}
        assert type(item) is Item
        assert type(item.attrs) is LimitedSizeDict
        assert set(vars(item.hash_key)) == {"type", "value"}
        assert all(isinstance(one, DynamoType) for one in item.attrs["l"].value)
        assert (table.hash_key_attr, table.range_key_attr, table.hash_key_type, table.range_key_type) == (
            "pk", "sk", "S", "S",
        )  # fmt: skip
        assert table.table_key_attrs == ["pk", "sk"]
        assert {each["AttributeName"] for each in table.attr} == {"pk", "sk", "list1pk", "list1sk", "score"}
        assert [index.schema_key_attrs for index in table.all_indexes()] == [
            ["list1pk", "list1sk"], ["list1pk", "score"],
        ]  # fmt: skip
        assert table.stream_shard is not None


def test_the_inner_layout_of_parsed_expressions_is_as_the_store_reads_it() -> None:
    values = {":v": {"N": "1"}, ":w": {"N": "2"}}

    def parsed(text: str) -> Any:
        used = {name: value for name, value in values.items() if name in text}
        return comparisons.get_filter_expression(text, {}, used)

    equal, between, listed = parsed("a.b = :v"), parsed("a BETWEEN :v AND :w"), parsed("a IN (:v, :w)")
    assert (type(equal), equal.lhs.path) == (comparisons.OpEqual, ["a", "b"])
    assert (equal.rhs.type, equal.rhs.value) == ("N", "1")
    assert equal.lhs._get_attr(None) is None
    assert (between.attr.path, between.start.value, between.end.value) == (["a"], "1", "2")
    assert [each.value for each in listed.possible_values] == ["1", "2"]
    assert parsed("size(a) > :v").lhs.attr.path == ["a"]
    assert (parsed("begins_with(a, :v)").substr.value, parsed("contains(a, :v)").operand.value) == ("1", "1")
    tree = UpdateExpressionParser.make("SET a = :v")
    assert set(vars(tree)) == {"type", "children", "parent"}
    assert tree.children[0].parent is tree
    assert len(ReservedKeywords.get_reserved_keywords()) == 573


def test_the_inner_layout_of_tables_that_capacity_and_expiry_read(make_table: Any) -> None:
    with mock_aws():
        client = boto3.client("dynamodb")
        make_table(client)
        client.update_time_to_live(
            TableName="visits", TimeToLiveSpecification={"AttributeName": "expires_on", "Enabled": True}
        )
        table = dynamodb_backends[DEFAULT_ACCOUNT_ID]["cn-northwest-1"].tables["visits"]
        assert table.ttl == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires_on"}
        assert table.billing_mode == "PAY_PER_REQUEST"
        assert [index.projection for index in table.all_indexes()] == [{"ProjectionType": "ALL"}] * 2


def test_the_inner_layout_of_queues_and_backends_is_as_the_store_reads_it() -> None:
    with mock_aws():
        assert set(KEPT) < set(vars(Message("id", "body")))
        # A new attribute of a message must be looked at: is it lost over a restart?
        assert len(vars(Message("id", "body"))) == 15
        queue = Queue("q", "cn-northwest-1", DEFAULT_ACCOUNT_ID)
        assert queue._messages == []
        assert queue._pending_messages == set()
        assert queue.message_retention_period == 345_600
        assert set(vars(SQSBackend("cn-northwest-1", DEFAULT_ACCOUNT_ID))) >= {"queues"}
        # Backends are kept whole: no reference out of them may creep in.
        own = {"region_name", "account_id", "partition"}
        assert set(vars(SecretsManagerBackend("cn-northwest-1", DEFAULT_ACCOUNT_ID))) == own | {"secrets"}
        assert set(vars(KmsBackend("cn-northwest-1", DEFAULT_ACCOUNT_ID))) == own | {"keys", "tagger"}
        assert kms_backends[DEFAULT_ACCOUNT_ID]["cn-northwest-1"].keys == {}
        scheduler = vars(EventBridgeSchedulerBackend("cn-northwest-1", DEFAULT_ACCOUNT_ID))
        assert set(scheduler) == own | {"schedules", "schedule_groups", "tagger"}
        assert "_parameters" in vars(ssm_backends[DEFAULT_ACCOUNT_ID]["cn-northwest-1"])


def test_the_inner_layout_of_objects_is_as_the_store_reads_it() -> None:
    with mock_aws():
        key = FakeKey("k", b"", DEFAULT_ACCOUNT_ID, "cn-northwest-1")
        # A new attribute of a key must be looked at: is it lost over a restart?
        assert set(vars(key)) == set(PLAIN) | set(OTHERS)
        assert set(vars(FakeDeleteMarker(key))) == {"key", "name", "last_modified", "_version_id"}
        assert {"id", "partlist"} < set(vars(FakeMultipart("k", {}, DEFAULT_ACCOUNT_ID, "cn-northwest-1")))
    assert "bucket.keys.setlist(key_name, keys)" in inspect.getsource(S3Backend.put_object)


def test_nothing_that_was_written_over_stays_in_memory(dynamo: Any) -> None:
    before = len(Item.instances_tracked)
    for number in range(50):
        dynamo.put_item(TableName="visits", Item={"pk": {"S": "a"}, "sk": {"S": "b"}, "n": {"N": str(number)}})
    assert len(Item.instances_tracked) == before


def test_uninstall_leaves_moto_as_it_came() -> None:
    with Store.in_memory() as store:
        places = [(seam.owner, seam.name) for seam in store.seams()]
        before = [vars(owner).get(name, "absent") for owner, name in places]
        with installed(store):
            during = [vars(owner).get(name, "absent") for owner, name in places]
        after = [vars(owner).get(name, "absent") for owner, name in places]
    assert after == before
    assert all(was is not now for was, now in zip(before, during, strict=True))


def test_only_one_store_is_installed_at_a_time() -> None:
    with (
        Store.in_memory() as one,
        Store.in_memory() as two,
        installed(one),
        pytest.raises(StoreError, match="installed already"),
    ):
        install(two)
    uninstall()
    with Store.in_memory() as three, installed(three):
        pass
