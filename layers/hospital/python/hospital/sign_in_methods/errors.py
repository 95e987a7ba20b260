"""What can go wrong with ways to sign in."""

from hospital.errors import Conflict, Gone, Invalid, NotFound, TooMany


class WechatNotOffered(Conflict):
    """Nobody signs in by WeChat at this terminal."""

    code = "wechat.not_offered"


class AttemptOver(Gone):
    """It was begun in another browser, too long ago, or went through already: it begins anew."""

    code = "wechat.attempt_over"


class TooManyAttempts(TooMany):
    """Begun too often from here this hour."""

    code = "wechat.too_many_attempts"


class WechatTaken(Conflict):
    """The WeChat identity belongs to another account; whose is not said."""

    code = "sign_in_method.wechat_taken"


class TooManyMethods(Conflict):
    """So many WeChat identities one account does not have. Facts: `most`."""

    code = "sign_in_method.too_many"


class MethodNotFound(NotFound):
    """The caller has no such way to sign in."""

    code = "sign_in_method.not_found"


class MethodNeeded(Conflict):
    """It is the only way into the account."""

    code = "sign_in_method.needed"


class MethodCodeWrong(Invalid):
    """The code is not the one that was sent, or its time is over. Facts: `which` (`own`, `new`), `tries_left`."""

    code = "sign_in_method.code_wrong"


class PhoneIsOwn(Conflict):
    """It is the number that the account has already."""

    code = "sign_in_method.phone_is_own"


class PhoneOfAnother(Conflict):
    """The number is that of another account. Told only to who holds the phone, and never whose."""

    code = "sign_in_method.phone_taken"


class LostPhoneNotFound(NotFound):
    """Nobody with that name and number has both an account and a file here, or it is no change of the caller's."""

    code = "lost_phone.not_found"


class LostPhoneOver(Gone):
    """Its ten minutes are over, or it is done."""

    code = "lost_phone.over"


class TooManyLostPhones(TooMany):
    """So many names and numbers that are nobody's, and no more for a while."""

    code = "lost_phone.too_many"
