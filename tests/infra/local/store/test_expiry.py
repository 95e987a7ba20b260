"""Time to live: expired items stay for a while, then go, and the change list says who took them."""

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from infra.local.store import EXPIRY, Store, StoreUnwritable, installed
from infra.local.store.expiry import LONGEST_LAG

pytestmark = pytest.mark.store

NOW = 1_800_000_000.0


@pytest.fixture
def now() -> list[float]:
    """The hospital's clock, to be moved."""
    return [NOW]


@pytest.fixture
def store(now: list[float], make_table: Callable[..., None]) -> Iterator[Store]:
    """A store whose table `visits` has a time to live."""
    with Store.in_memory(clock=lambda: now[0]) as store, mock_aws(), installed(store):
        client = boto3.client("dynamodb")
        make_table(client)
        client.update_time_to_live(
            TableName="visits", TimeToLiveSpecification={"AttributeName": "expires_on", "Enabled": True}
        )
        yield store


def put(sk: str, expires_on: Any) -> None:
    value = expires_on if isinstance(expires_on, dict) else {"N": str(expires_on)}
    boto3.client("dynamodb").put_item(TableName="visits", Item={"pk": {"S": "p"}, "sk": {"S": sk}, "expires_on": value})


def left() -> set[str]:
    return {item["sk"]["S"] for item in boto3.client("dynamodb").scan(TableName="visits")["Items"]}


def test_an_expired_item_stays_readable_until_it_is_swept(store: Store, now: list[float]) -> None:
    for number in range(20):
        put(f"{number}", NOW + 100)
    now[0] += 101
    store.expiry.sweep()
    assert len(left()) > 15
    now[0] += LONGEST_LAG / 2
    store.expiry.sweep()
    assert 2 < len(left()) < 18
    now[0] += LONGEST_LAG / 2
    store.expiry.sweep()
    assert left() == set()


def test_what_expires_later_or_not_at_all_stays(store: Store, now: list[float]) -> None:
    put("later", NOW + 10 * LONGEST_LAG)
    put("text", {"S": str(NOW)})
    put("ages ago", NOW - 6 * 365 * 24 * 3600)
    put("gone", NOW - 1)
    now[0] += LONGEST_LAG
    assert store.expiry.sweep() == 1
    assert left() == {"later", "text", "ages ago"}


def test_the_change_list_names_the_service_that_took_it(store: Store, now: list[float]) -> None:
    put("a", NOW - LONGEST_LAG)
    put("b", NOW - LONGEST_LAG)
    boto3.client("dynamodb").delete_item(TableName="visits", Key={"pk": {"S": "p"}, "sk": {"S": "a"}})
    assert store.expiry.sweep() == 1
    removed = [(change.old and change.old["sk"]["S"], change.principal) for change in store.changes("any", ["visits"])]
    assert removed[2:] == [("a", None), ("b", EXPIRY)]


def test_an_item_written_anew_lives_by_its_new_expiry(store: Store, now: list[float]) -> None:
    store.expiry.set_lag(0)
    put("a", NOW + 10)
    assert store.expiry.sweep() == 0
    put("a", NOW + 1000)
    put("b", NOW + 20)
    now[0] += 30
    assert store.expiry.sweep() == 1
    assert left() == {"a"}
    now[0] += 1000
    assert store.expiry.sweep() == 1
    assert left() == set()


def test_many_go_in_parts_and_at_most_as_many_as_asked(store: Store) -> None:
    store.expiry.set_lag(0)
    for number in range(120):
        put(f"{number}", NOW - 1)
    assert store.expiry.sweep(most=70) == 70
    assert len(left()) == 50
    assert store.expiry.sweep() == 50


def test_what_a_full_disk_kept_from_going_goes_later(store: Store) -> None:
    store.expiry.set_lag(0)
    put("a", NOW - 1)
    store._database.connection.execute("PRAGMA max_page_count=1")
    with pytest.raises(StoreUnwritable):
        for number in range(200):  # until the pages at hand are used up
            put_behind(store, number)
            store.expiry.sweep()
    store._database.connection.execute("PRAGMA max_page_count=1000000")
    store.expiry.sweep()
    assert left() == set()


def put_behind(store: Store, number: int) -> None:
    """Puts an expired item with a large stream record to be, so that its deletion needs room."""
    client = boto3.client("dynamodb")
    store._database.connection.execute("PRAGMA max_page_count=1000000")
    item = {"pk": {"S": "p"}, "sk": {"S": f"n{number}"}, "expires_on": {"N": str(NOW - 1)}, "big": {"S": "x" * 50_000}}
    client.put_item(TableName="visits", Item=item)
    store._database.connection.execute("PRAGMA max_page_count=1")
