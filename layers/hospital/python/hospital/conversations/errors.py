"""What can go wrong in a conversation or on its socket."""

from hospital.errors import Conflict, Forbidden, Gone, Invalid, NotFound, RuleBroken, Unauthenticated


class ConversationNotFound(NotFound):
    """There is no such conversation for this caller."""

    code = "conversation.not_found"


class ConversationClosed(Conflict):
    """It can be read, but nothing can be added."""

    code = "conversation.closed"


class ConversationLimitReached(Conflict):
    """As many messages as were agreed, or as much time. Facts: `limit` (`messages` or `until`)."""

    code = "conversation.limit_reached"


class NotTheOwner(Forbidden):
    """Only the owner of a group may do this; in the conversation of a visit, only those who treat."""

    code = "conversation.not_the_owner"


class NotAGroup(Conflict):
    """Only groups have members who come and go, and a name."""

    code = "conversation.not_a_group"


class TooManyMembers(Conflict):
    """A group is full. Facts: `most`."""

    code = "conversation.too_many_members"


class AlreadyMember(Conflict):
    """Somebody takes part already, or was named twice. Facts: `person_ids`."""

    code = "conversation.already_member"


class MemberNotFound(NotFound):
    """Nobody of that id takes part."""

    code = "conversation.member_not_found"


class PractitionerNotFound(NotFound):
    """No member of staff who talks to others works in that role. Facts: `practitioner_role_ids`."""

    code = "conversation.practitioner_not_found"


class MessageNotFound(NotFound):
    """There is no message of that number for this caller."""

    code = "message.not_found"


class MessageNotYours(Forbidden):
    """Only who wrote a message may recall it."""

    code = "message.not_yours"


class RecallTooLate(Conflict):
    """The time for recalling the message is over. Facts: `within_seconds`."""

    code = "message.recall_too_late"


class MessageRecalled(Conflict):
    """It was recalled already, or is itself a recall."""

    code = "message.already_recalled"


class SensitiveWords(RuleBroken):
    """The text holds words that this hospital does not let through; which, it does not say."""

    code = "message.sensitive_words"


class CardNotFound(NotFound):
    """There is no such record for this caller, or the message is no card."""

    code = "card.not_found"


class ExportNotFound(NotFound):
    """There is no such export for this caller."""

    code = "export.not_found"


class MessageTypeUnknown(Invalid):
    """No member may send messages of that type."""

    code = "message.type_unknown"


class MessageIdReused(Conflict):
    """The client used this message id before, for another message."""

    code = "message.id_reused"


class ReadMarkBeyondEnd(Invalid):
    """Nobody can have read what was not written. Facts: `last_seq`."""

    code = "message.read_mark_beyond_end"


class TicketOver(Gone):
    """The socket ticket was used before, or its 30 seconds are over."""

    code = "socket.ticket_over"


class PollOver(Gone):
    """The device did not ask for a minute, or belongs to another session: it begins anew."""

    code = "poll.over"


class HelloFirst(Unauthenticated):
    """A socket says hello before anything else."""

    code = "socket.hello_first"


class ActionUnknown(Invalid):
    """The frame asks for something that does not exist."""

    code = "socket.action_unknown"


class VersionUnknown(Invalid):
    """This server does not speak that version of the protocol. Facts: `versions`."""

    code = "socket.version_unknown"
