"""Routes of the messages that left the house."""

from __future__ import annotations

from hospital import clock
from hospital.caller import Caller
from hospital.http import App
from hospital.policy import can
from hospital.searching import Found
from hospital.sms.errors import SmsNotFound, SmsNotResendable
from messaging.showing_sms import SmsView
from messaging.view_sms.use_case import (
    Carriers,
    Report,
    ReportQuery,
    SmsQuery,
    SmsTimesReversed,
    receipt_addresses,
    report_of,
    resend_sms,
    search_sms,
)

app = App("view_sms")


@app.route(
    "GET",
    "/sms",
    allow=can("sms:read"),
    query=SmsQuery,
    returns=Found[SmsView],
    errors=(SmsTimesReversed,),
)
def get_sms(who: Caller, query: SmsQuery) -> Found[SmsView]:
    """Messages that left the house, newest first."""
    return search_sms(query, who, clock.now())


@app.route("GET", "/sms/report", allow=can("sms:read"), query=ReportQuery, returns=Report, errors=(SmsTimesReversed,))
def get_sms_report(who: Caller, query: ReportQuery) -> Report:
    """How many messages there were by day, week or month, and how many arrived, in time or at all."""
    return report_of(query, who, clock.now())


@app.route("GET", "/sms/carriers", allow=can("sms:connect"), returns=Carriers)
def get_sms_carriers() -> Carriers:
    """Where each carrier is to push its receipts, as it is to be told in the carrier's console."""
    return receipt_addresses()


@app.route(
    "POST",
    "/sms/{sms_id}/resend",
    allow=can("sms:write"),
    returns=SmsView,
    errors=(SmsNotFound, SmsNotResendable),
)
def post_sms_resend(who: Caller, sms_id: str) -> SmsView:
    """Have a message sent again that failed."""
    return resend_sms(sms_id, by=who, now=clock.now())
