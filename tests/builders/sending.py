"""Another system of the hospital, in tests: let in, and what it sends by HTTP and by the web service."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from zeep import Client
from zeep.helpers import serialize_object
from zeep.wsse.username import UsernameToken

from hospital import clock
from hospital.http import App
from hospital.systems.proving import signature
from identity.ask_for_face.app import app as ask_for_face
from messaging.keep_sms_systems.app import app as keep_systems
from messaging.take_soap_sms.app import app as take_soap
from messaging.take_soap_sms.wsdl import NAMESPACE
from messaging.take_system_sms.app import app as take_sms
from tests.builders.gateway import Answer, call
from tests.builders.people import Clinic
from tests.builders.zeep_line import Line

PHONE = "13912345678"


@dataclass(frozen=True)
class System:
    """One with its key."""

    id: str
    key: str

    @classmethod
    def let_in(cls, clinic: Clinic, most_a_day: int = 100, most_faces_a_day: int = 0) -> System:
        """A system of that organisation."""
        body = {"name": "检验系统", "most_a_day": most_a_day, "most_faces_a_day": most_faces_a_day}
        made = call(keep_systems, "POST", "/sms-systems", body, who=clinic.admin.caller).ok(201)
        return cls(made["system"]["id"], made["key"])

    def signed(self, method: str, path: str, text: str, **wrong: str) -> dict[str, str]:
        """Headers, or message attributes, but for what is `wrong` about them."""
        moment = wrong.get("moment") or str(clock.epoch(clock.now()))
        made = signature(wrong.get("key") or self.key, moment, method, path, text)
        return {"x_system_id": wrong.get("id") or self.id, "x_system_time": moment, "x_system_signature": made}

    def asks(self, app: App, method: str, path: str, body: Any = None, **wrong: str) -> Answer:
        """Any request that systems may make, signed but for what is `wrong` about it."""
        text = json.dumps(body) if body is not None else ""
        return call(app, method, path, text=text or None, **self.signed(method, path, text, **wrong))

    def asks_for_face(self, name: str, id_number: str, reference: str = "r-1", **wrong: str) -> Answer:
        """A check of that person's face."""
        body = {"reference": reference, "name": name, "id_number": id_number}
        return self.asks(ask_for_face, "POST", "/system-face-requests", body, **wrong)

    def posts(self, reference: str = "r-1", text: str = "报告已出", **wrong: str) -> Answer:
        """A text by HTTP."""
        body = json.dumps({"reference": reference, "phone": PHONE, "text": text})
        return call(take_sms, "POST", "/system-sms", text=body, **self.signed("POST", "/system-sms", body, **wrong))

    def calls(self, operation: str, *, key: str = "", **fields: str) -> Any:
        """What the web service answers to zeep, which has read its WSDL; raises zeep's `Fault`."""
        token = UsernameToken(self.id, key or self.key, use_digest=True, created=clock.now())
        client = Client("https://any/?wsdl", wsse=token, transport=Line(_ask))
        return serialize_object(getattr(client.service, operation)(**fields), dict)


def _ask(method: str, message: bytes | None, content_type: str) -> tuple[int, str]:
    if message is None:
        return 200, call(take_soap, method, "/sms-service").text
    answer = soap(message.decode(), content_type=content_type)
    return answer.status, answer.text


def soap(text: str, content_type: str = "text/xml; charset=utf-8") -> Answer:
    """A request to the web service as it stands."""
    return call(take_soap, "POST", "/sms-service", text=text, content_type=content_type)


def envelope(body: str, header: str = "", space: str = "http://schemas.xmlsoap.org/soap/envelope/") -> str:
    """An envelope written by hand; `s` is SOAP's prefix in it, `t` the service's."""
    return f'<s:Envelope xmlns:s="{space}" xmlns:t="{NAMESPACE}">{header}<s:Body>{body}</s:Body></s:Envelope>'
