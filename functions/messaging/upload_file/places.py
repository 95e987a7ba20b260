"""Where one may leave a file: each purpose of uploads has its own rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hospital.caller import Caller
from hospital.conversations.errors import ConversationClosed
from hospital.conversations.store import get_conversation
from hospital.people.store import get_paper, get_staff
from hospital.uploads.purposes import PurposeName


def demand_place(purpose: PurposeName, place: str, by: Caller) -> None:
    """The place is the caller's to add to: `ConversationNotFound`, `ConversationClosed`, `PaperNotFound`,
    `PaperReviewed`."""
    _DEMANDS[purpose](place, by)


def _open_conversation(conversation_id: str, by: Caller) -> None:
    if get_conversation(conversation_id, by.person_id).state == "closed":
        raise ConversationClosed


def _own_paper(paper_id: str, by: Caller) -> None:
    """Whoever has no role at an organisation has no papers."""
    paper = get_paper(by.practitioner_role_id, paper_id)
    paper.to_change(get_staff(by.practitioner_role_id).approved_at)


_DEMANDS: Mapping[PurposeName, Callable[[str, Caller], None]] = {
    "conversation": _open_conversation,
    "paper": _own_paper,
}
