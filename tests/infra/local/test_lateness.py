"""Deliveries as unruly as the cloud's: by a seed, nothing lost, and never against what AWS keeps in order."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest

from infra.local.dispatcher.lateness import Lateness, Shares
from infra.local.template.kinds import queue_url
from tests.infra.local.post import open_post
from tests.journeys.hospital import eventually

pytestmark = pytest.mark.store

UNRULY = Shares(doubled=0.4, late=0.5, longest=0.4)
COUNT = 12


@pytest.mark.parametrize("seed", [4711, *(pytest.param(seed, marks=pytest.mark.nightly) for seed in range(5))])
def test_everything_comes_at_least_once_and_a_fifo_group_exactly_once_in_order(seed: int) -> None:
    with open_post(Lateness(seed, UNRULY)) as post:
        sqs = boto3.client("sqs")
        for n in range(COUNT):
            post.put("parcel.sent.v1", {"to": f"p{n}", "weight": 11})
            for queue, message, more in (
                ("Files", {"id": f"f{n}"}, {"MessageGroupId": "g"}),
                ("Plain", {"id": f"q{n}"}, {}),
            ):
                address = queue_url(post.template.at(queue))
                sqs.send_message(QueueUrl=address, MessageBody=json.dumps(message), **more)

        def carried() -> dict[str, int]:
            return {row["sk"]: int(row["tries"]) for row in post.seen("tries")}

        wanted = {f"{kind}{n}" for kind in "pfq" for n in range(COUNT)}
        assert eventually(lambda: wanted <= carried().keys(), 30), wanted - carried().keys()
        assert eventually(lambda: not post.dispatcher.deliveries.on_their_way() and not post.box("Plain").all(), 30)
        times = carried()
        assert [times[f"f{n}"] for n in range(COUNT)] == [1] * COUNT
        for kind in "pq":
            assert 1 <= sum(times[f"{kind}{n}"] > 1 for n in range(COUNT)) < COUNT, kind
        files = sorted((row for row in post.seen("carried") if row["of"][0] == "f"), key=lambda row: float(row["at"]))
        assert [row["of"] for row in files] == [f"f{n}" for n in range(COUNT)]
        assert any(way.get("late") for event in post.store.events.page() for way in event.went)
        assert any(way.get("doubled") for event in post.store.events.page() for way in event.went)


def test_the_same_seed_gives_the_same_lateness_and_another_another() -> None:
    def drawn(seed: int) -> list[Any]:
        lateness = Lateness(seed)
        return [(lateness.delay("a"), lateness.echo("b"), lateness.mix("c", list(range(5)))) for _ in range(200)]

    assert drawn(7) == drawn(7) != drawn(8)
    delays = [delay for delay, _, _ in drawn(7)]
    assert 8 <= sum(delay > 0 for delay in delays) <= 40 and max(delays) <= 2.0
    assert any(echo is not None for _, echo, _ in drawn(7))
    assert sum(mixed != list(range(5)) for _, _, mixed in drawn(7)) > 150


def test_steadily_everything_comes_at_once_and_once() -> None:
    lateness = Lateness.read("steady")
    assert {lateness.delay("a") for _ in range(100)} == {0.0}
    assert {lateness.echo("a") for _ in range(100)} == {None}
    assert lateness.mix("a", [3, 1, 2]) == [3, 1, 2]


@pytest.mark.parametrize("text", ["", "steadily", "1.5"])
def test_a_seed_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        Lateness.read(text)
