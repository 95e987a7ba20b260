"""The web service for other systems: its description, and its operations `SendSms` and `ReadSms`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from hospital import clock, settings
from hospital.caller import Caller
from hospital.errors import DomainError, Invalid, Unauthenticated, Unavailable
from hospital.http import App, Command, Reply, Sent, parsed
from hospital.observability import count
from hospital.policy import anyone
from hospital.sms.errors import QuotaUsedUp, SmsNotFound, SmsReferenceReused
from hospital.soap import XML, Called, answered, called, fault
from hospital.systems.proving import bearer_of
from messaging.system_sms import SystemSms, SystemSmsView, sms_of_system, take_sms
from messaging.take_soap_sms.wsdl import NAMESPACE, description

app = App("take_soap_sms")

_LARGEST = 16 * 1024


class ReadSms(Command):
    """Which text is asked after."""

    id: Annotated[str, Field(min_length=1, max_length=64)]


@app.route("GET", "/sms-service", allow=anyone, speaks=XML)
def get_sms_service() -> Reply:
    """The service's description (WSDL)."""
    return Reply(text=description(f"{settings.current().site_origin}/api/messaging/sms-service"))


@app.route(
    "POST",
    "/sms-service",
    allow=anyone,
    speaks=XML,
    longest_body=_LARGEST,
    errors=(Unauthenticated, QuotaUsedUp, SmsNotFound, SmsReferenceReused, Unavailable),
)
def post_sms_service(who: Caller, sent: Sent) -> Reply:
    """Call the service (SOAP 1.1)."""
    try:
        asked = called(sent.body, NAMESPACE)
        view = _served(asked, who)
    except DomainError as error:
        count("refused", code=error.code)
        text, status = fault(error, NAMESPACE, who.asked.request_id)
        return Reply(text=text, status=status)
    return Reply(text=answered(asked.operation, NAMESPACE, view.model_dump(mode="json")))


def _served(asked: Called, who: Caller) -> SystemSmsView:
    """Whoever is not known hears nothing of what else is wrong."""
    now = clock.now()
    system = bearer_of(asked.token, now)
    if asked.operation == "SendSms":
        return SystemSmsView.of(take_sms(system, parsed(SystemSms, asked.fields), asked=who.asked, now=now))
    if asked.operation == "ReadSms":
        return SystemSmsView.of(sms_of_system(system, parsed(ReadSms, asked.fields).id))
    raise Invalid(reason="operation_unknown")
