"""What can go wrong in showing who one is."""

from hospital.errors import Conflict, Forbidden, Gone, Invalid, NotFound, RuleBroken, TooMany


class IdNumberRefused(Invalid):
    """Nobody has such an ID number. Facts: `problem`, one of `id_number.Problem`."""

    code = "identity.id_number_refused"


class NameRefused(Invalid):
    """No card shows such a name."""

    code = "identity.name_refused"


class IdentityMismatch(RuleBroken):
    """The authority knows no person of that name and number. It is not said which of them is wrong."""

    code = "identity.mismatch"


class IdNumberTaken(Conflict):
    """Another account was verified with this number. Whose is not said."""

    code = "identity.id_number_taken"


class AlreadyVerified(Conflict):
    """The account was verified as another person; that is put right at a counter, never here."""

    code = "identity.already_verified"


class NotVerified(Forbidden):
    """First show who you are (rule of real names in internet consultation). Facts: `level`, if one is held that does
    not suffice."""

    code = "identity.not_verified"


class TooManyVerifications(TooMany):
    """Wrong too often today."""

    code = "identity.too_many_verifications"


class CounterCodeWrong(NotFound):
    """No patient shows that code, or its time is over."""

    code = "identity.counter_code_wrong"


class CounterCheckNotFound(NotFound):
    """There is no such check for this caller."""

    code = "identity.counter_check_not_found"


class CounterCheckOver(Gone):
    """Its time is over, or it was confirmed: the patient shows a new code."""

    code = "identity.counter_check_over"
