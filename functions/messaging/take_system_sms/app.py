"""Routes for other systems; see `hospital.systems.proving` for how requests are signed."""

from __future__ import annotations

from hospital import clock
from hospital.caller import Caller
from hospital.errors import Unauthenticated
from hospital.http import App, Sent
from hospital.policy import anyone
from hospital.sms.errors import QuotaUsedUp, SmsNotFound, SmsReferenceReused
from hospital.systems.proving import signed_by
from messaging.system_sms import SystemSms, SystemSmsView, sms_of_system, take_sms

app = App("take_system_sms")


@app.route(
    "POST",
    "/system-sms",
    allow=anyone,
    body=SystemSms,
    returns=SystemSmsView,
    status=202,
    errors=(Unauthenticated, QuotaUsedUp, SmsReferenceReused),
)
def post_system_sms(who: Caller, sent: Sent, body: SystemSms) -> SystemSmsView:
    """Send a text for another system."""
    now = clock.now()
    system = signed_by(sent.headers, sent.method, sent.path, sent.body, now)
    return SystemSmsView.of(take_sms(system, body, asked=who.asked, now=now))


@app.route(
    "GET",
    "/system-sms/{sms_id}",
    allow=anyone,
    returns=SystemSmsView,
    errors=(Unauthenticated, SmsNotFound),
)
def get_system_sms(sent: Sent, sms_id: str) -> SystemSmsView:
    """What became of a text."""
    system = signed_by(sent.headers, sent.method, sent.path, sent.body, clock.now())
    return SystemSmsView.of(sms_of_system(system, sms_id))
