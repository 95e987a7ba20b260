"""What can go wrong in a conversation or on its socket."""

from hospital.errors import Conflict, Gone, Invalid, NotFound, Unauthenticated


class ConversationNotFound(NotFound):
    """There is no such conversation for this caller."""

    code = "conversation.not_found"


class ConversationClosed(Conflict):
    """It can be read, but nothing can be added."""

    code = "conversation.closed"


class ConversationLimitReached(Conflict):
    """As many messages as were agreed, or as much time. Facts: `limit` (`messages` or `until`)."""

    code = "conversation.limit_reached"


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
