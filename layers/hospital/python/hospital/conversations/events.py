"""What conversations report. Ids and numbers; never what was said."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from hospital.conversations.model import Conversation, Export
from hospital.events import Event

Change = Literal["joined", "left", "renamed", "notice"]


class ConversationEvent(Event):
    """What every event of a conversation says."""

    SOURCE: ClassVar[str] = "conversations"

    organisation_id: str
    conversation_type: str = "visit"
    about_type: str = ""
    about_id: str = ""
    person_ids: tuple[str, ...]

    @classmethod
    def of(cls, conversation: Conversation) -> Self:
        """The event of a conversation as it was stored."""
        return cls(
            subject=conversation.id,
            sequence=conversation.version,
            organisation_id=conversation.organisation_id,
            conversation_type=conversation.type,
            about_type=conversation.about.type if conversation.about else "",
            about_id=conversation.about.id if conversation.about else "",
            person_ids=tuple(member.person_id for member in conversation.members),
        )


class ConversationOpened(ConversationEvent):
    """Its members can write."""

    TYPE: ClassVar[str] = "conversation.opened.v1"


class ConversationClosedForGood(ConversationEvent):
    """Its members can read, not write."""

    TYPE: ClassVar[str] = "conversation.closed.v1"


class ConversationChanged(ConversationEvent):
    """People came or went (`concerned`), or it is called or headed otherwise. Those who went are told too."""

    TYPE: ClassVar[str] = "conversation.changed.v1"

    change: Change
    concerned: tuple[str, ...] = ()

    @classmethod
    def to(cls, conversation: Conversation, change: Change, *concerned: str) -> Self:
        """The event of a conversation as it was stored."""
        told = ConversationEvent.of(conversation).model_dump()
        return cls(**told, change=change, concerned=concerned)


class ConversationExportAsked(Event):
    """Somebody wants the whole record of a conversation as a file."""

    TYPE: ClassVar[str] = "conversation.export_asked.v1"
    SOURCE: ClassVar[str] = "conversations"

    conversation_id: str

    @classmethod
    def of(cls, export: Export) -> Self:
        """The event of an export as it was stored."""
        return cls(subject=export.id, sequence=export.version, conversation_id=export.conversation_id)
