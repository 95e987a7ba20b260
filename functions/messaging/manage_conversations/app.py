"""Routes of keeping conversations."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from hospital import clock
from hospital.caller import Caller
from hospital.conversations.content import Words, visible
from hospital.conversations.errors import (
    AlreadyMember,
    ConversationClosed,
    ConversationNotFound,
    MemberNotFound,
    NotAGroup,
    NotTheOwner,
    PractitionerNotFound,
    TooManyMembers,
)
from hospital.conversations.groups import AT_ONCE
from hospital.conversations.model import History
from hospital.conversations.quick_replies import MAX_TEXT, MOST
from hospital.http import App, Command
from hospital.ids import PATTERN
from hospital.paging import Page
from hospital.policy import can
from messaging.answers import ConversationView
from messaging.manage_conversations.colleagues import Colleague, ColleagueSearch, find_colleagues
from messaging.manage_conversations.use_case import (
    QuickRepliesView,
    add_members,
    keep_quick_replies,
    mute,
    open_direct,
    open_group,
    pin_notice,
    remove_member,
    rename_group,
    view_quick_replies,
)

app = App("manage_conversations")

_OPEN, _TAKE_PART = can("conversation:open"), can("conversation:take_part")
Id = Annotated[str, Field(pattern=PATTERN)]
Ids = Annotated[list[Id], Field(max_length=AT_ONCE)]
Name = Annotated[str, Field(min_length=1, max_length=60), AfterValidator(visible)]


class OpenConversation(Command):
    """With one person (`direct`), or with several under a name (`group`); more join later, to 200."""

    type: Literal["direct", "group"]
    practitioner_role_id: Id | None = None
    name: Name | None = None
    practitioner_role_ids: Ids = Field(default_factory=list)
    history: History = "all"


class AddMembers(Command):
    """Who joins, by their roles."""

    practitioner_role_ids: Annotated[list[Id], Field(min_length=1, max_length=AT_ONCE)]


class PinNotice(Command):
    """What stands above the conversation from now on; nothing with an empty text."""

    text: Annotated[str, Field(max_length=1000)]


class Mute(Command):
    """Whether the caller is called for what comes here."""

    muted: bool


class KeepQuickReplies(Command):
    """All of them, in the order in which they are shown."""

    texts: Annotated[list[Annotated[Words, Field(min_length=1, max_length=MAX_TEXT)]], Field(max_length=MOST)]


class Rename(Command):
    """What a group is called."""

    name: Name


@app.route("GET", "/colleagues", allow=_OPEN, query=ColleagueSearch, returns=Page[Colleague])
def get_colleagues(who: Caller, query: ColleagueSearch) -> Page[Colleague]:
    """Those with whom the caller may open a conversation."""
    return find_colleagues(query, by=who, now=clock.now())


@app.route(
    "POST",
    "/conversations",
    allow=_OPEN,
    body=OpenConversation,
    returns=ConversationView,
    status=201,
    errors=(PractitionerNotFound, AlreadyMember),
)
def post_conversation(who: Caller, body: OpenConversation) -> ConversationView:
    """Open a conversation with colleagues; with one whom the caller talks to already, it is that one."""
    if body.type == "direct":
        return open_direct(body.practitioner_role_id, by=who, now=clock.now())
    return open_group(body.name, body.practitioner_role_ids, body.history, by=who, now=clock.now())


@app.route(
    "POST",
    "/conversations/{conversation_id}/members",
    allow=_OPEN,
    body=AddMembers,
    returns=ConversationView,
    errors=(
        ConversationNotFound,
        ConversationClosed,
        NotAGroup,
        NotTheOwner,
        PractitionerNotFound,
        AlreadyMember,
        TooManyMembers,
    ),
)
def post_members(who: Caller, conversation_id: str, body: AddMembers) -> ConversationView:
    """Take people into one's group."""
    return add_members(conversation_id, body.practitioner_role_ids, by=who, now=clock.now())


@app.route(
    "DELETE",
    "/conversations/{conversation_id}/members/{person_id}",
    allow=_OPEN,
    returns=ConversationView,
    errors=(ConversationNotFound, ConversationClosed, NotAGroup, NotTheOwner, MemberNotFound),
)
def delete_member(who: Caller, conversation_id: str, person_id: str) -> ConversationView:
    """Leave a group, or send somebody out of one's own."""
    return remove_member(conversation_id, person_id, by=who, now=clock.now())


@app.route(
    "PUT",
    "/conversations/{conversation_id}/name",
    allow=_OPEN,
    body=Rename,
    returns=ConversationView,
    errors=(ConversationNotFound, ConversationClosed, NotAGroup, NotTheOwner),
)
def put_name(who: Caller, conversation_id: str, body: Rename) -> ConversationView:
    """Call one's group something else."""
    return rename_group(conversation_id, body.name, by=who, now=clock.now())


@app.route(
    "PUT",
    "/conversations/{conversation_id}/notice",
    allow=_OPEN,
    body=PinNotice,
    returns=ConversationView,
    errors=(ConversationNotFound, ConversationClosed, NotTheOwner),
)
def put_notice(who: Caller, conversation_id: str, body: PinNotice) -> ConversationView:
    """Pin a notice above the conversation, or take it away."""
    return pin_notice(conversation_id, body.text, by=who, now=clock.now())


@app.route(
    "PUT",
    "/conversations/{conversation_id}/muted",
    allow=_TAKE_PART,
    body=Mute,
    returns=ConversationView,
    errors=(ConversationNotFound,),
)
def put_muted(who: Caller, conversation_id: str, body: Mute) -> ConversationView:
    """Be called for what comes here, or not: for the caller alone, on all devices."""
    return mute(conversation_id, muted=body.muted, by=who)


@app.route("GET", "/quick-replies", allow=_OPEN, returns=QuickRepliesView)
def get_quick_replies(who: Caller) -> QuickRepliesView:
    """The caller's own quick replies; those of the organisation are reference data."""
    return view_quick_replies(by=who)


@app.route("PUT", "/quick-replies", allow=_OPEN, body=KeepQuickReplies, returns=QuickRepliesView)
def put_quick_replies(who: Caller, body: KeepQuickReplies) -> QuickRepliesView:
    """Keep these in the place of those kept before."""
    return keep_quick_replies(tuple(body.texts), by=who)
