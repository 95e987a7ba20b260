"""What can go wrong in signing in."""

from hospital.errors import Forbidden, Invalid, NotFound, TooMany, Unauthenticated


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


class SecondStepOver(Unauthenticated):
    """The password was shown too long ago, or it counts no more: sign in from the beginning."""

    code = "sign_in.second_step_over"


class SecondFactorWrong(Unauthenticated):
    """The code is neither one of the authenticator app nor a recovery code that is left."""

    code = "sign_in.second_factor_wrong"


class SecondFactorUsed(Unauthenticated):
    """The code was right, and was used before: the next one comes within 30 seconds."""

    code = "sign_in.second_factor_used"


class NoPassword(Forbidden):
    """Who signs in otherwise has no password to change."""

    code = "password.none"


class PasswordWrong(Invalid):
    """The password of now is another."""

    code = "password.wrong"


class PasswordRefused(Invalid):
    """That password is too easily guessed. Facts: `problem` (`unchanged`, `too_plain`, `holds_account`)."""

    code = "password.refused"


class SessionOver(Unauthenticated):
    """The session was signed out, revoked, replayed by another, or its time is over."""

    code = "session.over"


class SessionNotFound(NotFound):
    """The caller has no such session."""

    code = "session.not_found"


class OriginRefused(Forbidden):
    """The request was started by another site's page."""

    code = "session.origin_refused"
