"""A web service by spyne, whose WSDL and parsing are not ours."""

from __future__ import annotations

import threading
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from spyne import Application, Array, Boolean, ComplexModel, Fault, ServiceBase, Unicode, rpc
from spyne.protocol.soap import Soap11
from spyne.server.wsgi import WsgiApplication

from infra.local.his.records import Records
from infra.local.his.troubles import Troubles
from tests.builders.his import KEY

_NAMESPACE = "urn:hospital:his"


def _model(called: str, /, **fields: Any) -> Any:
    return type(called, (ComplexModel,), {"__namespace__": _NAMESPACE, **fields})


def _texts(*names: str) -> dict[str, Any]:
    return dict.fromkeys(names, Unicode)


Organisation = _model("Organisation", **_texts("code", "name", "parent_code", "address", "phone"), active=Boolean)
Department = _model(
    "Department", **_texts("code", "name", "organisation_code", "parent_code", "introduction"), active=Boolean
)
Member = _model(
    "Member",
    **_texts("code", "name", "role", "organisation_code", "department_code", "title", "introduction"),
    active=Boolean,
)
File = _model("File", **_texts("patient_number", "id_number", "name", "phone"))
Card = _model("Card", **_texts("kind", "number"), scannable=Boolean, active=Boolean)
Diagnosis = _model("Diagnosis", **_texts("code", "name"))
Visit = _model(
    "Visit",
    **_texts("number", "at", "department_name", "department_code", "doctor_name"),
    diagnoses=Array(Diagnosis),
)
Organisations = _model("Organisations", items=Array(Organisation), cursor=Unicode)
Departments = _model("Departments", items=Array(Department), cursor=Unicode)
Staff = _model("Staff", items=Array(Member), cursor=Unicode)
Cards = _model("Cards", patient_number=Unicode, items=Array(Card))
Visits = _model("Visits", patient_number=Unicode, items=Array(Visit))


class HisService(ServiceBase):
    """The operations; `ctx.udc` is the peer."""

    @rpc(Unicode, Unicode, _returns=Organisations)
    def organisations(ctx: Any, since: str, cursor: str) -> Any:
        return ctx.udc.page("organisations", since, cursor, Organisations, Organisation)

    @rpc(Unicode, Unicode, _returns=Departments)
    def departments(ctx: Any, since: str, cursor: str) -> Any:
        return ctx.udc.page("departments", since, cursor, Departments, Department)

    @rpc(Unicode, Unicode, _returns=Staff)
    def staff(ctx: Any, since: str, cursor: str) -> Any:
        return ctx.udc.page("staff", since, cursor, Staff, Member)

    @rpc(Unicode, Unicode, _returns=File)
    def find_file(ctx: Any, id_number: str, name: str) -> Any:
        return ctx.udc.file(ctx.udc.records.find(id_number, name))

    @rpc(Unicode, Unicode, Unicode, Unicode, Unicode, Unicode, _returns=File)
    def open_file(ctx: Any, id_number: str, name: str, sex: str, birth_date: str, phone: str, key: str) -> Any:
        told = {"id_number": id_number, "name": name, "sex": sex, "birth_date": birth_date, "phone": phone}
        return ctx.udc.file(ctx.udc.records.open(told, key))

    @rpc(Unicode, Unicode, _returns=Cards)
    def cards(ctx: Any, patient_number: str, card_number: str) -> Any:
        file = ctx.udc.file_at(patient_number, card_number)
        return Cards(patient_number=file["patient_number"], items=[_made(Card, one) for one in file["cards"]])

    @rpc(Unicode, Unicode, Unicode, _returns=Visits)
    def past_visits(ctx: Any, patient_number: str, card_number: str, since: str) -> Any:
        file = ctx.udc.file_at(patient_number, card_number)
        kept = sorted((one for one in file["visits"] if one["at"] >= since), key=lambda one: one["at"], reverse=True)
        made = [
            _made(Visit, {**one, "diagnoses": [_made(Diagnosis, found) for found in one["diagnoses"]]}) for one in kept
        ]
        return Visits(patient_number=file["patient_number"], items=made)


def _made(model: Any, row: dict[str, Any]) -> Any:
    return model(**{name: value for name, value in row.items() if name in model._type_info})


class SoapPeer:
    """What the operations answer from, and the WSGI application that misbehaves before it comes to them."""

    def __init__(self) -> None:
        self.url, self.ended = "", threading.Event()
        self.begin_anew(Records(":memory:"), Troubles())
        self.mode = threading.local()
        application = Application(
            [HisService], tns=_NAMESPACE, in_protocol=Soap11(validator="lxml"), out_protocol=Soap11()
        )
        application.event_manager.add_listener("method_call", self._begin)
        self._wsgi = WsgiApplication(application)

    def begin_anew(self, records: Records, troubles: Troubles) -> None:
        """Another hospital from here on."""
        self.records, self.troubles = records, troubles

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if environ.get("HTTP_AUTHORIZATION") != f"Bearer {KEY}":
            start("401 Unauthorized", [])
            return []
        if environ["QUERY_STRING"] == "wsdl":
            return self._wsgi(environ, start)  # type: ignore[no-any-return]
        self.mode.now = met = self.troubles.meet()
        if met.mode == "slow":
            self.ended.wait(met.seconds)
        if met.mode == "down":
            raise ConnectionAbortedError
        if met.mode == "busy":
            start("503 Service Unavailable", [])
            return []
        if met.mode == "garbage":
            start("200 OK", [("Content-Type", "text/xml")])
            return [b"<html>busy</html>"]
        return self._wsgi(environ, start)  # type: ignore[no-any-return]

    def _begin(self, ctx: Any) -> None:
        ctx.udc = self
        if self.mode.now.mode == "refuses":
            raise Fault("Client.refused_on_demand", "no")

    @property
    def is_wrong(self) -> bool:
        return bool(self.mode.now.mode == "other_patient")

    def page(self, list_: Any, since: str, cursor: str, page: Any, model: Any) -> Any:
        rows, after = self.records.page(list_, since or "", cursor or "")
        return page(items=[_made(model, {"active": True, **row}) for row in rows], cursor=after)

    def file(self, found: dict[str, Any] | None) -> Any:
        if self.is_wrong:
            found = self.records.another(found["patient_number"] if found else "")
        return _made(File, found) if found else None

    def file_at(self, patient_number: str, card_number: str) -> dict[str, Any]:
        self.records.note("", "file", patient_number, card_number or "", "")
        found = self.records.file_at(patient_number)
        if self.is_wrong:
            found = self.records.another(patient_number)
        if found is None:
            raise Fault("Client.unknown_patient", "no such file")
        return found


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass


class _Quiet(WSGIRequestHandler):
    def handle(self) -> None:
        """As wsgiref does, but an application that hangs up has no traceback."""
        self.raw_requestline = self.rfile.readline(65537)
        if not self.parse_request():
            return
        environ = self.get_environ() | {"wsgi.input": self.rfile, "wsgi.url_scheme": "http"}
        said: list[Any] = []
        try:
            content = b"".join(self.server.get_app()(environ, lambda status, headers: said.extend((status, headers))))  # type: ignore[attr-defined]
        except ConnectionAbortedError:
            return
        head = "".join(f"{name}: {value}\r\n" for name, value in said[1] if name.lower() != "content-length")
        line = f"HTTP/1.0 {said[0]}\r\n{head}Content-Length: {len(content)}\r\n\r\n"
        self.wfile.write(line.encode() + content)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def opened_soap() -> Iterator[SoapPeer]:
    """It has made its WSDL."""
    peer = SoapPeer()
    server = make_server("127.0.0.1", 0, peer, server_class=_Server, handler_class=_Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        peer.url = f"http://127.0.0.1:{server.server_port}/his"
        wanted = urllib.request.Request(f"{peer.url}?wsdl", headers={"Authorization": f"Bearer {KEY}"})
        with urllib.request.urlopen(wanted, timeout=60) as answer:
            assert b"definitions" in answer.read()
        yield peer
    finally:
        peer.ended.set()
        server.shutdown()
        server.server_close()
        thread.join(10)
