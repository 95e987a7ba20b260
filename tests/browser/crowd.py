"""Fills a hospital that is closed with thousands of rows, through its own kit: REST would take minutes.

    python -m tests.browser.crowd --state FOLDER --organisation org_… --conversation cnv_… --rows 2000

Doctors and frequent questions of that organisation, messages in that conversation, and more conversations between the
same two people, in each of which the patient goes by another name; the ids of these are printed.
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
from infra.local.store import Store
from tests.builders.crowd_names import name_of, question_of

ROOT = Path(__file__).resolve().parents[2]


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
    parser.add_argument("--talks", type=int, default=300)
    chosen = parser.parse_args(arguments)
    folder = StateFolder(Path(chosen.state))
    folder.hold()
    plan = Plan(ROOT, ROOT / "template.yaml", folder, Addresses("127.0.0.1", 1))
    with LocalHospital(plan, Journal(folder.logs, sys.stderr)) as hospital:
        fill: Callable[[], Any] = lambda: _fill(chosen)  # noqa: E731
        hospital.invoker.lend(fill).result()
        _all_is_old(hospital.store)


def _all_is_old(store: Store) -> None:
    """Nobody is told of what was put here: else ten thousand messages would be pushed when the hospital opens."""
    newest = store.last_seq()
    for consumer in store.consumers():
        store.done(consumer.name, newest)


def _fill(chosen: argparse.Namespace) -> None:
    """On a function's thread, where settings and store are those of the hospital."""
    from tests.builders.crowds import open_talks

    _messages(chosen.conversation, chosen.messages)
    print(*open_talks(chosen.conversation, chosen.talks), flush=True)
    _questions(chosen.organisation, chosen.rows)
    _doctors(chosen.organisation, chosen.rows)


def _doctors(organisation_id: str, rows: int) -> None:
    from hospital import ids
    from hospital.people.model import PractitionerRole
    from hospital.people.store import roles
    from tests.builders.crowds import add_all

    add_all(
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
                standing="approved",
            )
            for number in range(rows)
        ],
    )


def _questions(organisation_id: str, rows: int) -> None:
    from hospital import clock
    from hospital.reference.kinds import KINDS
    from hospital.reference.model import Item
    from hospital.reference.store import items
    from tests.builders.crowds import add_all

    kind = KINDS["faqs"]
    add_all(
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
    from tests.builders.crowds import add_all

    conversation = conversations.need(conversation_key(conversation_id))
    tail = tails.need(tail_key(conversation_id))
    now = clock.now()
    add_all(
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


if __name__ == "__main__":
    main(sys.argv[1:])
