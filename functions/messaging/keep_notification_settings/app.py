"""Routes of notification settings."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from hospital import clock
from hospital.caller import Caller
from hospital.http import App, Command
from hospital.policy import can
from hospital.reminders.errors import BrowserRefused, NoPhoneForTexts
from hospital.reminders.model import QuietHours
from messaging.keep_notification_settings.use_case import (
    NotificationSettings,
    change_settings,
    forget_browser,
    register_browser,
    view_settings,
)

app = App("keep_notification_settings")


class ChangeNotificationSettings(Command):
    """All of it, as it shall be. `names`: whether a push may say who wrote; a text message never does."""

    push: bool
    sms: bool
    quiet: QuietHours
    names: bool


class RegisterBrowser(Command):
    """What the browser answered when it registered at its push service (`PushSubscription`): base64url."""

    endpoint: Annotated[str, Field(min_length=1, max_length=1000)]
    key: Annotated[str, Field(min_length=1, max_length=200, description="Its public key, `p256dh`")]
    secret: Annotated[str, Field(min_length=1, max_length=100, description="Its secret, `auth`")]


@app.route("GET", "/notification-settings", allow=can("account:keep"), returns=NotificationSettings)
def get_notification_settings(who: Caller) -> NotificationSettings:
    """How the caller is reminded."""
    return view_settings(by=who)


@app.route(
    "PUT",
    "/notification-settings",
    allow=can("account:keep"),
    body=ChangeNotificationSettings,
    returns=NotificationSettings,
    errors=(NoPhoneForTexts,),
)
def put_notification_settings(who: Caller, body: ChangeNotificationSettings) -> NotificationSettings:
    """Choose anew how to be reminded."""
    return change_settings(push=body.push, sms=body.sms, quiet=body.quiet, names=body.names, by=who)


@app.route(
    "PUT",
    "/push-subscription",
    allow=can("account:keep"),
    body=RegisterBrowser,
    status=204,
    errors=(BrowserRefused,),
)
def put_push_subscription(who: Caller, body: RegisterBrowser) -> None:
    """This browser shows reminders to the caller, and to nobody else, while the caller's session lasts."""
    register_browser(body.endpoint, body.key, body.secret, by=who, now=clock.now())


@app.route("DELETE", "/push-subscription", allow=can("account:keep"), status=204)
def delete_push_subscription(who: Caller) -> None:
    """The browsers of the caller's session show no more reminders."""
    forget_browser(by=who)
