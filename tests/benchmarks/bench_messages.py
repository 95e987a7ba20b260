"""What a message costs: AWS calls, capacity units by DynamoDB's rules, bytes pushed, and the price of a million.

A delivered message is one that was sent, acknowledged, pushed to a device of every member and marked read by every
reader. In memory, through the functions themselves: units are exact, milliseconds are ratios to the first row of their
kind. `docs/messaging.md` says what each write unit buys. Aims: at most 8 write units to one other person, one more for
each further member, at most 10 dollars a million; flat in the length of the conversation.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from hospital import clock
from hospital.at_once import at_once
from hospital.conversations import keys
from hospital.conversations.model import Conversation, Mark, Member, Membership, Tail
from hospital.conversations.store import conversations, marks, memberships, messages, tails
from hospital.ids import new_id
from infra.local.store.testing import REGION
from messaging.on_message_stored_push.app import app as push_stored
from messaging.view_conversations.app import app as view_conversations
from tests.builders.acting import act
from tests.builders.cloud import Cloud, fresh_cloud
from tests.builders.gateway import call
from tests.builders.people import new_patient
from tests.builders.sockets import Socket, Sockets

Row = dict[str, str | int | float]

TEXT = "头痛两天了，昨天晚上开始发烧，三十八度五，吃了退烧药没有好转。"
TURNS = 5


@dataclass(frozen=True)
class Price:
    """Of a million, in one currency. Messages of a socket count in both directions, by 32 KB."""

    currency: str
    write: float
    read: float
    message: float
    call: float
    """A function's call of 512 MB and 30 milliseconds."""


# On demand, without free tiers. us-east-1: aws.amazon.com/{dynamodb,api-gateway,lambda}/pricing as of 2025-06.
# cn-northwest-1: amazonaws.cn/en/dynamodb/pricing as of 2023 (the newest at hand, before the halving elsewhere; reads
# at a fifth of writes, as everywhere); sockets and functions at the dollar prices times seven.
PRICES = {
    "us-east-1": Price("USD", 0.625, 0.125, 1.00, 0.20 + 0.5 * 0.030 * 16.6667),
    "cn-northwest-1": Price("CNY", 11.1538, 2.2308, 7.00, 1.40 + 0.5 * 0.030 * 116.67),
}


@dataclass
class Used:
    """What was used since the meter was reset."""

    calls: int
    writes: float
    reads: float
    pushes: int
    frames: int
    size: int
    seconds: float

    def prices(self, price: Price, functions: int) -> dict[str, float]:
        """Of a million of these: what the tables cost, the sockets, the functions, and all of it."""
        parts = {
            "tables": self.writes * price.write + self.reads * price.read,
            "sockets": (self.pushes + self.frames) * price.message,
            "functions": functions * price.call,
        }
        return {**parts, "all": sum(parts.values())}


class Bench:
    """One cloud: a conversation of so many members, each with one device, or only the first `online` of them."""

    def __init__(self, cloud: Cloud, members: int, sockets: Sockets | None = None, online: int | None = None) -> None:
        self.cloud, self.sockets = cloud, sockets or Sockets()
        self.people = [new_patient() for _ in range(members)]
        self.id = new_id("cnv")
        self._found()
        self.devices = [self.sockets.open(one.caller) for one in self.people[:online]]
        self._reader = "bench"

    def _found(self) -> None:
        now = clock.now()
        members = tuple(Member(person_id=one.person.id, name="王小明", role="patient") for one in self.people)
        group = Conversation(id=self.id, organisation_id="org_bench", type="group", members=members, opened_at=now)
        conversations.table.put(conversations.key(group), conversations.to_item(group))
        tail = Tail(id=self.id)
        tails.table.put(tails.key(tail), tails.to_item(tail))
        for one in self.people:
            named: dict[str, Any] = {
                "id": f"{self.id}#{one.person.id}",
                "conversation_id": self.id,
                "person_id": one.person.id,
            }
            place = Membership(**named, joined_at=now)
            memberships.table.put(memberships.key(place), memberships.to_item(place))
            mark = Mark(**named)
            marks.table.put(marks.key(mark), marks.to_item(mark))

    def grow(self, count: int) -> None:
        """As many messages as that, each a copy of the first but for its number."""
        self.say(0)
        first = messages.need(keys.message_key(self.id, 1))
        backend = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION]
        for seq in range(2, count + 1):
            backend.put_item(messages.table.physical, messages.to_item(first.having(seq=seq)))
        tails.table.update(keys.tail_key(self.id), [tails["last_seq"].set(count)])
        self.cloud.store.done(self._reader, self.cloud.store.last_seq())

    def say(self, device: int) -> dict[str, Any]:
        """A message; its acknowledgement."""
        return self.devices[device].send(self.id, TEXT, new_id("cli"))

    def push(self) -> None:
        """The stream brings what was stored."""
        changes = self.cloud.store.changes(self._reader, [messages.table.physical])
        stored = [one for one in changes if one.new is not None and one.new.get("kind") == {"S": "Message"}]
        records = [{"dynamodb": {"SequenceNumber": str(one.seq), "NewImage": one.new}} for one in stored]
        assert act(push_stored, {"Records": records}) == {"batchItemFailures": []}
        self.cloud.store.done(self._reader, self.cloud.store.last_seq())

    def used(self, doing: Callable[[], Any]) -> Used:
        """What that uses; the log's seals are not run here."""
        for taken in self.sockets.frames.values():
            taken.clear()
        self.cloud.store.meter.reset()
        began = time.perf_counter()
        doing()
        seconds = time.perf_counter() - began
        counts = self.cloud.store.meter.counts()
        sent = [frame for taken in self.sockets.frames.values() for frame in taken]
        size = sum(len(str(frame).encode()) for frame in sent)
        reads, writes = sum(one.reads for one in counts), sum(one.writes for one in counts)
        return Used(sum(one.calls for one in counts) + len(sent), writes, reads, len(sent), 0, size, seconds)

    def deliver(self) -> Used:
        """One message sent, acknowledged, pushed and read by all: the quickest turn of some, on a machine that does
        other things as well, after one that looks up again what is kept for a minute."""
        turns = []
        for _ in range(1 + TURNS):
            parts = [self.used(lambda: self.say(0)), self.used(self.push)]
            last = tails.need(keys.tail_key(self.id)).last_seq
            parts += [self.used(partial(_reads, reader, self.id, last)) for reader in self.devices[1:]]
            turns.append(_sum(parts))
        return min(turns[1:], key=lambda one: one.seconds)


def main() -> list[Row]:
    """A row per length, per number of members, for catching up, and for many conversations at once."""
    return [*by_length(), *by_members(), *catching_up(), *many_at_once()]


def by_length() -> Iterator[Row]:
    """To one other person, in conversations of different lengths."""
    first = 0.0
    for count in (10, 1_000, 50_000):
        with opened(2) as bench:
            bench.grow(count)
            used = bench.deliver()
        first = first or used.seconds
        yield row(f"to one other, after {count} messages", used, 2, used.seconds / first)


def by_members() -> Iterator[Row]:
    """To all members of groups."""
    first = 0.0
    for members in (2, 20, 200):
        with opened(members) as bench:
            bench.say(0)
            bench.push()
            used = bench.deliver()
        first = first or used.seconds
        yield row(f"in a group of {members}", used, members, used.seconds / first)


def catching_up() -> Iterator[Row]:
    """A thousand missed messages, a hundred a page."""
    with opened(2) as bench:
        bench.grow(1_001)
        sizes: list[int] = []

        def read() -> None:
            after, complete = 1, False
            while not complete:
                path = f"/conversations/{bench.id}/messages?after={after}&limit=100"
                answer = call(view_conversations, "GET", path, who=bench.people[1].caller)
                page = answer.ok()
                sizes.append(len(answer.text.encode()))
                after, complete = page["items"][-1]["seq"], page["complete"]

        used = bench.used(read)
        used.size = sum(sizes)
        yield {**row("catching up 1,000 messages", used, 0, 1.0), "requests": len(sizes)}


def many_at_once() -> Iterator[Row]:
    """Three hundred conversations in which somebody speaks at the same moment, three times; none may be lost."""
    with fresh_cloud() as cloud:
        sockets = Sockets()
        benches = [Bench(cloud, 2, sockets, online=1) for _ in range(300)]
        took: list[float] = []

        def speak(bench: Bench) -> list[int]:
            seqs = []
            for _ in range(3):
                began = time.perf_counter()
                seqs.append(bench.say(0)["seq"])
                took.append(time.perf_counter() - began)
            return seqs

        began = time.perf_counter()
        numbers = at_once(speak, benches, most=64)
        seconds = time.perf_counter() - began
        assert numbers == [[1, 2, 3]] * 300, "a message was lost or got another's number"
        took.sort()
        yield {
            "what": "300 conversations at once, 3 messages each",
            "per_second": round(len(took) / seconds),
            "ms_median": round(took[len(took) // 2] * 1000, 1),
            "ms_95": round(took[int(len(took) * 0.95)] * 1000, 1),
            "ms_99": round(took[int(len(took) * 0.99)] * 1000, 1),
        }


@contextmanager
def opened(members: int) -> Iterator[Bench]:
    """A conversation in a cloud of its own."""
    with fresh_cloud() as cloud:
        yield Bench(cloud, members)


def row(what: str, used: Used, members: int, ratio: float) -> Row:
    """A line of the table. Functions: the sender's frame, the push, each reader's frame."""
    readers = max(0, members - 1)
    functions, frames = 2 + readers, 1 + readers
    used.frames = frames if members else 0
    return {
        "what": what,
        "aws_calls": used.calls,
        "write_units": used.writes,
        "read_units": used.reads,
        "pushes": used.pushes,
        "bytes": used.size,
        **{
            f"{price.currency.lower()}_{part}": round(value, 2)
            for price in PRICES.values()
            for part, value in used.prices(price, functions).items()
            if price.currency == "USD" or part in ("tables", "all")
        },
        "ratio": round(ratio, 2),
    }


def _reads(device: Socket, conversation_id: str, seq: int) -> None:
    assert device.say(action="read", conversation_id=conversation_id, seq=seq)["seq"] == seq


def _sum(parts: list[Used]) -> Used:
    fields = ("calls", "writes", "reads", "pushes", "frames", "size", "seconds")
    return Used(**{name: sum(getattr(part, name) for part in parts) for name in fields})
