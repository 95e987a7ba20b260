"""The frames that the server sends, version 1: answers to a device's own frames, and what is pushed to it."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, RootModel

from hospital import clock
from hospital.calls.view import CallView
from hospital.conversations.model import Mark, Message, Sent
from messaging.answers import MessageView


class ServerFrame(BaseModel):
    """What every frame of the server has: its `type`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def plain(self) -> dict[str, Any]:
        """As it is sent."""
        return self.model_dump(mode="json")


class Welcome(ServerFrame):
    """Answer to `hello`. The device says `ping` every `heartbeat_seconds`, and opens another socket at `renew_at`,
    before this one ends. `behind` names the conversations of its `have` that go further, and how far."""

    type: Literal["welcome"] = "welcome"
    v: int
    heartbeat_seconds: int
    renew_at: str
    behind: dict[str, int]


class Pong(ServerFrame):
    """Answer to `ping`: the conversations of its `have` that go further, and the one that the person joined last."""

    type: Literal["pong"] = "pong"
    behind: dict[str, int]
    newest: str | None


class Acknowledged(ServerFrame):
    """Answer to `send` and `recall`, after the message was stored: under which number, and when. `id` is the
    client's."""

    type: Literal["ack"] = "ack"
    id: str
    conversation_id: str
    seq: int
    sent_at: str

    @classmethod
    def of(cls, stored: Sent, client_id: str) -> Self:
        """The acknowledgement of what was stored."""
        sent_at = clock.text(stored.sent_at)
        return cls(id=client_id, conversation_id=stored.conversation_id, seq=stored.seq, sent_at=sent_at)


class MarkTold(ServerFrame):
    """How far a member has come. Marks never go back; the furthest holds."""

    type: str
    conversation_id: str
    person_id: str
    seq: int

    @classmethod
    def of(cls, mark: Mark) -> Self:
        """The frame that tells of a mark."""
        seq = mark.read_seq if cls is ReadTold else mark.delivered_seq
        return cls(conversation_id=mark.conversation_id, person_id=mark.person_id, seq=seq)  # type: ignore[call-arg]


class ReadTold(MarkTold):
    """Answer to `read`, and pushed: a member has read up to `seq`."""

    type: Literal["read"] = "read"


class DeliveredTold(MarkTold):
    """Answer to `delivered`, and pushed: a device of a member has everything up to `seq`."""

    type: Literal["delivered"] = "delivered"


class PresentTold(ServerFrame):
    """Answer to `present`: the members who have a device online now."""

    type: Literal["present"] = "present"
    conversation_id: str
    person_ids: list[str]


class TypingTold(ServerFrame):
    """Pushed: a member is writing. It holds for a few seconds and may be dropped."""

    type: Literal["typing"] = "typing"
    conversation_id: str
    person_id: str


class MessageTold(ServerFrame):
    """Pushed: a message was stored. It may come twice, late or not at all; its number tells."""

    type: Literal["message"] = "message"
    message: MessageView

    @classmethod
    def of(cls, message: Message) -> Self:
        """The frame of a stored message, as readers see it."""
        return cls(message=MessageView.of(message))


class Notice(ServerFrame):
    """Pushed: look again at `subject`, of which an event `topic` told. A hint, not a record."""

    type: Literal["notice"] = "notice"
    topic: str
    subject: str
    sequence: int


class CallTold(ServerFrame):
    """Pushed: a call rings, or something changed in it. The highest `revision` holds, whichever comes last; after a
    new connection, `GET /api/calling/calls/current` tells what was missed."""

    type: Literal["call"] = "call"
    call: CallView


class Refused(ServerFrame):
    """The frame was refused, or failed. `id` is the client's, of a frame that had one."""

    type: Literal["error"] = "error"
    id: str | None
    code: str
    facts: dict[str, Any]
    request_id: str


class Answer(RootModel[Welcome | Pong | Acknowledged | ReadTold | DeliveredTold | PresentTold]):
    """The answer to a frame: which one depends on its action."""


ANSWERS = (Welcome, Pong, Acknowledged, ReadTold, DeliveredTold, PresentTold, Refused)
PUSHED = (MessageTold, ReadTold, DeliveredTold, TypingTold, Notice, CallTold)
