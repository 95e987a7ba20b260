"""Keys of conversations, in the table `conversations`; of sockets, in `connections`; of tickets, in `requests`.

| who asks | key or list |
| --- | --- |
| a conversation | `CONV#cnv_1 / CONV` |
| its last number, and whether it is open | `CONV#cnv_1 / TAIL` |
| its messages, in order | `CONV#cnv_1 / MSG#0000000042` |
| whether a client's message was stored before | `CONV#cnv_1 / SENT#per_1#<client id>` |
| which message was recalled | `CONV#cnv_1 / RECALL#0000000042` |
| what a member may read | `CONV#cnv_1 / MEMBER#per_1` |
| which message somebody should look at | `CONV#cnv_1 / FLAG#0000000042` |
| those of an organisation, newest first | list `of_organisation`: `FLAGS#org_1 / <at>#cnv_1#0000000042` |
| that an auditor read there | `CONV#cnv_1 / READING#rdg_1` |
| an export of it | `CONV#cnv_1 / EXPORT#exp_1` |
| how far a member has read | `CONV#cnv_1 / MARK#per_1` (no list: written with nearly every message) |
| the conversations of a person, newest first | list `of_person`: `PERSON#per_1 / <joined_at>#cnv_1` |
| those of them that are open | list `open_of_person`: the same, while open and not left |
| the quick replies of a person | `PERSON#per_1 / QUICK_REPLIES` |
| a socket by its connection id | `CONNECTION#<id> / CONNECTION` |
| the sockets of a person | `PERSON#per_1 / CONNECTION#<id>` (read consistently: a new socket misses nothing) |
| what waits for a device that polls | `CONNECTION#<id> / MAILBOX` |
| a socket ticket | `TICKET#<hash> / TICKET` |
"""

from __future__ import annotations

from hospital import ids
from hospital.records import Key

LAST = 9_999_999_999


def conversation_id_of_visit(visit_id: str) -> str:
    """The id of a visit's conversation: there is one."""
    return ids.derived_id("cnv", visit_id)


def conversation_key(conversation_id: str) -> Key:
    """A conversation."""
    return Key(f"CONV#{conversation_id}", "CONV")


def tail_key(conversation_id: str) -> Key:
    """A conversation's end: the last number given."""
    return Key(f"CONV#{conversation_id}", "TAIL")


def message_key(conversation_id: str, seq: int) -> Key:
    """The message of that number."""
    return Key(f"CONV#{conversation_id}", f"MSG#{seq:010d}")


def messages_key(conversation_id: str) -> Key:
    """What a conversation's messages are counted under, as the audit's own lines."""
    return Key(f"CONV#{conversation_id}", "MSG")


def quick_replies_key(person_id: str) -> Key:
    """A person's own quick replies."""
    return Key(f"PERSON#{person_id}", "QUICK_REPLIES")


def sent_key(sent_id: str) -> Key:
    """What a client sent; `sent_id` is `<conversation>#<person>#<client id>`."""
    conversation_id, rest = sent_id.split("#", 1)
    return Key(f"CONV#{conversation_id}", f"SENT#{rest}")


def recall_key(conversation_id: str, seq: int) -> Key:
    """That the message of that number was recalled."""
    return Key(f"CONV#{conversation_id}", f"RECALL#{seq:010d}")


def flag_key(conversation_id: str, seq: int) -> Key:
    """That somebody should look at the message of that number."""
    return Key(f"CONV#{conversation_id}", f"FLAG#{seq:010d}")


def flags_of_key(organisation_id: str) -> str:
    """The partition of an organisation's flags."""
    return f"FLAGS#{organisation_id}"


def reading_key(conversation_id: str, reading_id: str) -> Key:
    """That an auditor read there."""
    return Key(f"CONV#{conversation_id}", f"READING#{reading_id}")


def export_key(conversation_id: str, export_id: str) -> Key:
    """An export of a conversation."""
    return Key(f"CONV#{conversation_id}", f"EXPORT#{export_id}")


def mark_key(conversation_id: str, person_id: str) -> Key:
    """How far a member has read."""
    return Key(f"CONV#{conversation_id}", f"MARK#{person_id}")


def member_key(conversation_id: str, person_id: str) -> Key:
    """A member's place in a conversation."""
    return Key(f"CONV#{conversation_id}", f"MEMBER#{person_id}")


def conversations_of_key(person_id: str) -> str:
    """The partition of a person's conversations."""
    return f"PERSON#{person_id}"


def connection_key(connection_id: str) -> Key:
    """A socket by its connection id."""
    return Key(f"CONNECTION#{connection_id}", "CONNECTION")


def socket_key(person_id: str, connection_id: str) -> Key:
    """The same socket in its person's partition."""
    return Key(sockets_of_key(person_id), f"CONNECTION#{connection_id}")


def mailbox_key(connection_id: str) -> Key:
    """What waits for a device that polls."""
    return Key(f"CONNECTION#{connection_id}", "MAILBOX")


def sockets_of_key(person_id: str) -> str:
    """The partition of a person's sockets."""
    return f"PERSON#{person_id}"


def ticket_key(ticket_hash: str) -> Key:
    """A ticket that opens one socket."""
    return Key(f"TICKET#{ticket_hash}", "TICKET")
