"""What the web service says of itself: WSDL 1.1 (W3C Note of 2001-03-15), document literal wrapped."""

from __future__ import annotations

from collections.abc import Mapping
from xml.sax.saxutils import quoteattr

NAMESPACE = "urn:yunzhen:sms:1"

_FIELDS: Mapping[str, tuple[str, ...]] = {
    "SendSms": ("reference", "phone", "text"),
    "ReadSms": ("id",),
}
_RESULT = (
    ("id", "string", 1),
    ("reference", "string", 1),
    ("state", "string", 1),
    ("outcome", "string", 1),
    ("cause", "string", 1),
    ("asked_at", "dateTime", 1),
    ("handed_over_at", "dateTime", 0),
    ("ended_at", "dateTime", 0),
)
_SAYS: Mapping[str, str] = {
    "SendSms": "Sends a text. The same reference is the same text, so a call may be repeated.",
    "ReadSms": "What became of a text.",
}


def description(address: str) -> str:
    """The WSDL of the service at `address`."""
    return f"""<?xml version="1.0" encoding="utf-8"?>
<wsdl:definitions name="Sms" targetNamespace="{NAMESPACE}" xmlns:tns="{NAMESPACE}"
    xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
    xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <wsdl:types>
    <xs:schema targetNamespace="{NAMESPACE}" elementFormDefault="qualified">
{_elements()}
    </xs:schema>
  </wsdl:types>
{_messages()}
  <wsdl:portType name="Sms">
{_operations()}
  </wsdl:portType>
  <wsdl:binding name="Sms" type="tns:Sms">
    <soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
{_bound()}
  </wsdl:binding>
  <wsdl:service name="Sms">
    <wsdl:port name="Sms" binding="tns:Sms"><soap:address location={quoteattr(address)}/></wsdl:port>
  </wsdl:service>
</wsdl:definitions>
"""


def _elements() -> str:
    result = "\n".join(
        f'        <xs:element name="{name}" type="xs:{kind}" minOccurs="{least}"/>' for name, kind, least in _RESULT
    )
    asked = "\n".join(
        _element(name, "".join(f'<xs:element name="{field}" type="xs:string"/>' for field in fields))
        for name, fields in _FIELDS.items()
    )
    told = "\n".join(_element(f"{name}Response", '<xs:element name="result" type="tns:Result"/>') for name in _FIELDS)
    problem = _element("problem", "".join(f'<xs:element name="{n}" type="xs:string"/>' for n in ("code", "request_id")))
    return f"""      <xs:complexType name="Result"><xs:sequence>
{result}
      </xs:sequence></xs:complexType>
{asked}
{told}
{problem}"""


def _element(name: str, content: str) -> str:
    inner = f"<xs:complexType><xs:sequence>{content}</xs:sequence></xs:complexType>"
    return f'      <xs:element name="{name}">{inner}</xs:element>'


def _messages() -> str:
    elements = [*_FIELDS, *(f"{name}Response" for name in _FIELDS), "problem"]
    return "\n".join(
        f'  <wsdl:message name="{name}"><wsdl:part name="parameters" element="tns:{name}"/></wsdl:message>'
        for name in elements
    )


def _operations() -> str:
    return "\n".join(
        f"""    <wsdl:operation name="{name}">
      <wsdl:documentation>{_SAYS[name]}</wsdl:documentation>
      <wsdl:input message="tns:{name}"/>
      <wsdl:output message="tns:{name}Response"/>
      <wsdl:fault name="problem" message="tns:problem"/>
    </wsdl:operation>"""
        for name in _FIELDS
    )


def _bound() -> str:
    return "\n".join(
        f"""    <wsdl:operation name="{name}">
      <soap:operation soapAction="{NAMESPACE}:{name}"/>
      <wsdl:input><soap:body use="literal"/></wsdl:input>
      <wsdl:output><soap:body use="literal"/></wsdl:output>
      <wsdl:fault name="problem"><soap:fault name="problem" use="literal"/></wsdl:fault>
    </wsdl:operation>"""
        for name in _FIELDS
    )
