"""What can go wrong with notifications."""

from hospital.errors import Conflict, Invalid


class NoPhoneForTexts(Conflict):
    """Text messages were asked for, but the account has no phone number."""

    code = "notification.no_phone"


class BrowserRefused(Invalid):
    """The push service is none that this hospital speaks to, or the keys are none that a browser makes."""

    code = "notification.browser_refused"
