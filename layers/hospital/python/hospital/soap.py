"""The edge of a web service: envelopes read, answers and faults written.

SOAP 1.1 (W3C Note of 2000-05-08, w3.org/TR/2000/NOTE-SOAP-20000508), document literal. Who calls says so by a
`UsernameToken` with `PasswordDigest` (OASIS Web Services Security UsernameToken Profile 1.0, 2004): the key never
travels. A fault's code is `Client` or `Server`; its detail holds what a refusal by HTTP does, code and request id.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hospital.errors import DomainError, Invalid, Unauthenticated, Unavailable

XML = "text/xml"
_SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
_WSS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
_WSSE, _WSU = f"{_WSS}wssecurity-secext-1.0.xsd", f"{_WSS}wssecurity-utility-1.0.xsd"
DIGEST = f"{_WSS}username-token-profile-1.0#PasswordDigest"
_ROLES = frozenset({"", "http://schemas.xmlsoap.org/soap/actor/next"})
_MOST_FIELDS = 20


@dataclass(frozen=True)
class Token:
    """Who calls, and what proves it: `digest` is base64 of SHA-1(nonce, created, key). Empty where nothing was said."""

    name: str = ""
    digest: str = ""
    nonce: str = ""
    created: str = ""


@dataclass(frozen=True)
class Called:
    """One operation, its fields as text, and who calls it."""

    operation: str
    fields: Mapping[str, str]
    token: Token


class NotAnEnvelope(Invalid):
    """What was sent is no SOAP message; by HTTP that is a bad request rather than a fault of the service."""


class _Tree(ET.TreeBuilder):
    """Refuses a document type, as SOAP asks; so no entity can be declared either."""

    def doctype(self, name: str, public: str | None, system: str | None) -> None:
        """Called before anything in it is read."""
        raise NotAnEnvelope(reason="doctype")


def called(text: str, namespace: str) -> Called:
    """The operation of `namespace` that is called. Raises `NotAnEnvelope`, and `Invalid` for what SOAP or the service
    does not allow."""
    envelope = _read(text)
    if envelope.tag != f"{{{_SOAP}}}Envelope":
        reason = "version_mismatch" if envelope.tag.endswith("}Envelope") else "not_soap"
        raise (Invalid if reason == "version_mismatch" else NotAnEnvelope)(reason=reason)
    parts = {part.tag: part for part in envelope}
    body = parts.get(f"{{{_SOAP}}}Body")
    if body is None or len(body) != 1:
        raise NotAnEnvelope(reason="not_soap")
    header = parts.get(f"{{{_SOAP}}}Header")
    token = _token(header) if header is not None else Token()
    space, _, operation = body[0].tag.removeprefix("{").rpartition("}")
    if space != namespace:
        raise Invalid(reason="operation_unknown")
    return Called(operation, _fields(body[0], namespace), token)


def answered(operation: str, namespace: str, fields: Mapping[str, Any]) -> str:
    """The envelope of an answer whose `result` has these fields; those that are None are left out."""
    envelope, body = _envelope()
    answer = ET.SubElement(body, f"{{{namespace}}}{operation}Response")
    result = ET.SubElement(answer, f"{{{namespace}}}result")
    for name, value in fields.items():
        if value is not None:
            ET.SubElement(result, f"{{{namespace}}}{name}").text = str(value)
    return _text(envelope)


def fault(error: DomainError, namespace: str, request_id: str) -> tuple[str, int]:
    """The envelope of a refusal and its HTTP status: 500 as SOAP asks (6.2), but 401 for whoever is not known, 400 for
    what is no SOAP message and 503 for what may be sent again unchanged."""
    envelope, body = _envelope()
    told = ET.SubElement(body, f"{{{_SOAP}}}Fault")
    ET.SubElement(told, "faultcode").text = f"soap:{_fault_code(error)}"
    ET.SubElement(told, "faultstring").text = error.code
    problem = ET.SubElement(ET.SubElement(told, "detail"), f"{{{namespace}}}problem")
    ET.SubElement(problem, f"{{{namespace}}}code").text = error.code
    ET.SubElement(problem, f"{{{namespace}}}request_id").text = request_id
    kinds = ((Unauthenticated, 401), (NotAnEnvelope, 400), (Unavailable, 503))
    return _text(envelope), next((status for kind, status in kinds if isinstance(error, kind)), 500)


def moment(created: str) -> datetime | None:
    """`2026-11-22T09:30:00Z`; None for what is no time with a zone."""
    try:
        told = datetime.fromisoformat(created)
    except ValueError:
        return None
    return told if told.tzinfo is not None else None


def _fault_code(error: DomainError) -> str:
    reasons = {"version_mismatch": "VersionMismatch", "must_understand": "MustUnderstand"}
    return reasons.get(str(error.facts.get("reason")), "Server" if error.status >= 500 else "Client")


def _read(text: str) -> ET.Element:
    try:
        # The body is bounded by the edge, a document type is refused, and expat limits what else could grow.
        parser = ET.XMLParser(target=_Tree())  # noqa: S314
        parser.feed(text)
        root: ET.Element = parser.close()
    except ET.ParseError:
        raise NotAnEnvelope(reason="not_xml") from None
    return root


def _fields(operation: ET.Element, namespace: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    for field in operation:
        name = field.tag.removeprefix(f"{{{namespace}}}")
        if len(field) or "}" in name or name in fields or len(fields) == _MOST_FIELDS:
            raise Invalid(reason="field_unknown")
        fields[name] = field.text or ""
    return fields


def _token(header: ET.Element) -> Token:
    found = Token()
    for block in header:
        if block.tag == f"{{{_WSSE}}}Security":
            found = _username_token(block.find(f"{{{_WSSE}}}UsernameToken"))
        elif block.get(f"{{{_SOAP}}}mustUnderstand") == "1" and block.get(f"{{{_SOAP}}}actor", "") in _ROLES:
            raise Invalid(reason="must_understand")
    return found


def _username_token(told: ET.Element | None) -> Token:
    password = told.find(f"{{{_WSSE}}}Password") if told is not None else None
    if told is None or password is None or password.get("Type") != DIGEST:
        return Token()
    parts = (f"{{{_WSSE}}}Username", f"{{{_WSSE}}}Nonce", f"{{{_WSU}}}Created")
    name, nonce, created = ((told.findtext(part) or "").strip() for part in parts)
    return Token(name, (password.text or "").strip(), nonce, created)


def _envelope() -> tuple[ET.Element, ET.Element]:
    envelope = ET.Element(f"{{{_SOAP}}}Envelope")
    return envelope, ET.SubElement(envelope, f"{{{_SOAP}}}Body")


def _text(envelope: ET.Element) -> str:
    # `faultcode` holds a name with a prefix, so the prefix is ours to say.
    ET.register_namespace("soap", _SOAP)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(envelope, encoding="unicode")
