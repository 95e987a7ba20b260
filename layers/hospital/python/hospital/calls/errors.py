"""What can go wrong with a call."""

from hospital.errors import Conflict, Forbidden, NotFound


class CallNotFound(NotFound):
    """There is no such call for this caller."""

    code = "call.not_found"


class CallOver(Conflict):
    """The call has ended. Facts: `outcome`."""

    code = "call.over"


class CallMovedOn(Conflict):
    """The call, or one's place in it, is in a state in which this cannot be done any more, or yet. Facts: `state`."""

    code = "call.moved_on"


class AnsweredElsewhere(Conflict):
    """Another device of the same person answered first."""

    code = "call.answered_elsewhere"


class AlreadyInCall(Conflict):
    """Whoever rings is in a call already. Facts: `call_id`."""

    code = "call.already_in_one"


class TooManyPeople(Conflict):
    """A call has room for so many. Facts: `most`."""

    code = "call.too_many_people"


class NobodyToCall(Conflict):
    """The conversation has no other members."""

    code = "call.nobody_to_call"


class PersonNotFound(NotFound):
    """Somebody who was to be rung cannot be rung from here. Facts: `people`."""

    code = "call.person_not_found"


class NotTheCaller(Forbidden):
    """Only who rang may give up ringing; calls of more than two are ended for all by who rang or by staff."""

    code = "call.not_the_caller"


class StaffCallFirst(Forbidden):
    """A patient rings back: where no member of staff has called yet, they write."""

    code = "call.staff_call_first"
