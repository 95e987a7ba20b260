"""What can go wrong in signing in."""

from hospital.errors import Forbidden, NotFound, TooMany, Unauthenticated


class CodeWrong(Unauthenticated):
    """The code is not the one that was sent, or its time is over. Facts: `tries_left`."""

    code = "sign_in.code_wrong"


class TooManyCodes(TooMany):
    """A code was sent a moment ago, or too many this hour."""

    code = "sign_in.too_many_codes"


class TooManyTries(TooMany):
    """Wrong too often; a new code, or some time, is needed."""

    code = "sign_in.too_many_tries"


class SignInRefused(Unauthenticated):
    """Account or password are wrong; it is not said which."""

    code = "sign_in.refused"


class SessionOver(Unauthenticated):
    """The session was signed out, revoked, replayed by another, or its time is over."""

    code = "session.over"


class SessionNotFound(NotFound):
    """The caller has no such session."""

    code = "session.not_found"


class OriginRefused(Forbidden):
    """The request was started by another site's page."""

    code = "session.origin_refused"
