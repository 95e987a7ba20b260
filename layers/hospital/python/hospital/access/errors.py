"""What can go wrong with duties and accounts."""

from hospital.errors import Conflict, Forbidden, Invalid, NotFound


class DutyUnknown(Invalid):
    """The organisation has no such duty, or it may not give that permission. Facts: `duties` or `permissions`."""

    code = "access.duty_unknown"


class NoAccount(NotFound):
    """There is no member of staff with an account here."""

    code = "access.no_account"


class OwnAccount(Forbidden):
    """Nobody disables or resets their own account, or gives themselves duties."""

    code = "access.own_account"


class AccountMovedOn(Conflict):
    """The account is disabled, or enabled, already; or there is no second factor to reset."""

    code = "access.account_moved_on"


class AnotherAdminNeeded(Forbidden):
    """A second factor is reset by two: who confirms is not who asked, nor did one of them, or a third, ever know the
    passwords of both. The platform's operator may always be the other one."""

    code = "access.another_admin_needed"
