"""Fills a hospital that is closed with thousands of rows, through its own kit: REST would take minutes.

    python -m tests.browser.crowd --state FOLDER --organisation org_… --conversation cnv_… --rows 2000

Doctors and frequent questions of that organisation, and messages in that conversation.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from infra.local.addresses import Addresses
from infra.local.hospital import LocalHospital, Plan
from infra.local.journal import Journal
from infra.local.state_folder import StateFolder

ROOT = Path(__file__).resolve().parents[2]
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
_AT_ONCE = 25  # what DynamoDB takes in one request


def name_of(number: int) -> str:
    """The doctor of that number: 沈0007."""
    return f"{SURNAMES[number % len(SURNAMES)]}{number:04d}"


def question_of(number: int) -> str:
    """The frequent question of that number."""
    return f"第 {number:04d} 个问题：怎么复诊？"


def text_of(number: int) -> str:
    """The message of that number; some are long, so that rows differ in height."""
    return f"第 {number:04d} 条。" + "多喝水，注意休息。" * (number * 7 % 12)


def main(arguments: list[str]) -> None:
    """Everything that is asked for."""
    parser = argparse.ArgumentParser()
    for name in ("--state", "--organisation", "--conversation"):
        parser.add_argument(name, required=True)
    parser.add_argument("--rows", type=int, default=2000)
    parser.add_argument("--messages", type=int, default=10_000)
    chosen = parser.parse_args(arguments)
    folder = StateFolder(Path(chosen.state))
    folder.hold()
    plan = Plan(ROOT, ROOT / "template.yaml", folder, Addresses("127.0.0.1", 1))
    with LocalHospital(plan, Journal(folder.logs, sys.stderr)) as hospital:
        fill: Callable[[], Any] = lambda: _fill(chosen)  # noqa: E731
        hospital.invoker.lend(fill).result()


def _fill(chosen: argparse.Namespace) -> None:
    """On a function's thread, where settings and store are those of the hospital."""
    _messages(chosen.conversation, chosen.messages)
    _questions(chosen.organisation, chosen.rows)
    _doctors(chosen.organisation, chosen.rows)


def _doctors(organisation_id: str, rows: int) -> None:
    from hospital import ids
    from hospital.people.model import PractitionerRole
    from hospital.people.store import roles

    _add_all(
        roles,
        [
            PractitionerRole(
                id=ids.new_id("prr"),
                person_id=ids.new_id("per"),
                organisation_id=organisation_id,
                role="doctor",
                name=name_of(number),
                title="主治医师",
                department=f"第{number % 9 + 1}科",
                introduction="擅长常见病的诊治与随访。" * (number % 3),
                order=1000 + number,
            )
            for number in range(rows)
        ],
    )


def _questions(organisation_id: str, rows: int) -> None:
    from hospital import clock
    from hospital.reference.kinds import KINDS
    from hospital.reference.model import Item
    from hospital.reference.store import items

    kind = KINDS["faqs"]
    _add_all(
        items,
        [
            Item.create(
                kind,
                organisation_id,
                kind.schema.model_validate(
                    {"question": question_of(number), "answer": "请在线上申请。", "order": 1000 + number}
                ),
                clock.now(),
            )
            for number in range(rows)
        ],
    )


def _messages(conversation_id: str, rows: int) -> None:
    from hospital import clock, ids
    from hospital.caller import system
    from hospital.conversations.keys import conversation_key, tail_key
    from hospital.conversations.model import Message
    from hospital.conversations.store import conversations, messages, tails
    from hospital.work import Work

    conversation = conversations.need(conversation_key(conversation_id))
    tail = tails.need(tail_key(conversation_id))
    now = clock.now()
    _add_all(
        messages,
        [
            Message(
                id=ids.new_id("msg"),
                conversation_id=conversation_id,
                organisation_id=conversation.organisation_id,
                seq=number,
                sender=conversation.members[number % 2],
                type="text",
                content={"text": text_of(number)},
                sent_at=now,
            )
            for number in range(tail.last_seq + 1, rows + 1)
        ],
    )
    with Work(by=system("crowd"), doing="crowd.fill") as work:
        when = tails["last_seq"] == tail.last_seq
        work.update(
            tails, tail_key(conversation_id), [tails["last_seq"].set(rows)], when=when, otherwise=AssertionError()
        )


def _add_all(collection: Any, records: list[Any]) -> None:
    """In batches and without audit lines: nobody did this."""
    from hospital.aws import client

    items = [collection.to_item(record.having(version=1)) for record in records]
    for start in range(0, len(items), _AT_ONCE):
        puts = [{"PutRequest": {"Item": item}} for item in items[start : start + _AT_ONCE]]
        client("dynamodb").batch_write_item(RequestItems={collection.table.physical: puts})


if __name__ == "__main__":
    main(sys.argv[1:])
