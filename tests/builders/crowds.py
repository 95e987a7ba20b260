"""Many records at once, put straight into the store: by requests they would take minutes."""

from __future__ import annotations

from typing import Any

from hospital import clock, ids
from hospital.aws import client
from hospital.conversations.keys import conversation_id_of_visit, conversation_key
from hospital.conversations.model import About, Conversation, Mark, Membership, Message, Tail
from hospital.conversations.store import conversations, marks, memberships, messages, system_message, tails
from tests.builders.crowd_names import name_of, question_of

_AT_ONCE = 25  # what DynamoDB takes in one request


def open_talks(conversation_id: str, count: int) -> list[str]:
    """So many more conversations of visits between the two of that one, the patient by another name in each: the
    hospital's first line and one of the patient's, both unread. Their ids."""
    like, now = conversations.need(conversation_key(conversation_id)), clock.now()
    opened, lines, places, read = [], [], [], []
    for number in range(count):
        visit_id = ids.new_id("vis")
        named = tuple(
            member.model_copy(update={"name": name_of(number)} if member.role == "patient" else {})
            for member in like.members
        )
        talk = Conversation(
            id=conversation_id_of_visit(visit_id),
            organisation_id=like.organisation_id,
            about=About(type="visit", id=visit_id),
            members=named,
            opened_at=now,
        )
        opened.append(talk)
        lines.append(system_message(talk, 1, {"event": "said", "text": "您好"}, now))
        lines.append(
            Message(
                id=ids.new_id("msg"),
                conversation_id=talk.id,
                organisation_id=talk.organisation_id,
                seq=2,
                sender=next(member for member in named if member.role == "patient"),
                type="text",
                content={"text": question_of(number)},
                sent_at=now,
            )
        )
        for member in named:
            at: dict[str, Any] = {"conversation_id": talk.id, "person_id": member.person_id}
            at["id"] = "#".join(at.values())
            places.append(Membership(**at, joined_at=now))
            read.append(Mark(**at, read_seq=2 if member.role == "patient" else 0))
    add_all(conversations, opened)
    add_all(tails, [Tail(id=talk.id, last_seq=2) for talk in opened])
    for collection, records in ((messages, lines), (memberships, places), (marks, read)):
        add_all(collection, records)
    return [talk.id for talk in opened]


def add_all(collection: Any, records: list[Any]) -> None:
    """Puts records as they are, in batches and without audit lines: nobody did this."""
    items = [collection.to_item(record.having(version=1)) for record in records]
    for start in range(0, len(items), _AT_ONCE):
        puts = [{"PutRequest": {"Item": item}} for item in items[start : start + _AT_ONCE]]
        client("dynamodb").batch_write_item(RequestItems={collection.table.physical: puts})
