"""What anybody can see of a hospital from outside, without an account. Nothing is changed and no text is sent."""

from __future__ import annotations

import http.client
import json
import re
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from infra.security_headers import security_headers

from .finding import Finding

_SECONDS = 20
APPS = ("patient", "staff")


@dataclass(frozen=True)
class Answer:
    """Headers under their names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body, or None when it is something else."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


def ask(address: str, method: str = "GET", headers: Mapping[str, str] | None = None, body: str | None = None) -> Answer:
    """One request; redirections are not followed."""
    parts = urlsplit(address)
    kind = http.client.HTTPSConnection if parts.scheme in ("https", "wss") else http.client.HTTPConnection
    connection = kind(parts.netloc, timeout=_SECONDS)
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        # A firewall refuses who does not say what it is.
        connection.request(method, path, body=body, headers={"User-Agent": "yunzhen-smoke", **(headers or {})})
        answer = connection.getresponse()
        # An opened socket has no end to read to.
        content = b"" if answer.status == 101 else answer.read()
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, content)
    finally:
        connection.close()


@dataclass(frozen=True)
class Outside:
    """`apis` is what stands before `/<area>/...`, by area; `site` is None when something else serves the pages."""

    apis: Mapping[str, str]
    socket_url: str
    site: str | None = None
    round_the_site: str | None = None
    relay_origin: str = ""
    seen: dict[str, Answer] = field(default_factory=dict)

    def checks(self) -> list[Any]:
        """All that apply."""
        of_site = [self.pages, self.page_headers, self.files, self.encryption] if self.site else []
        return [self.answers, self.refusals, self.socket, *of_site, *([self.firewall] if self.round_the_site else [])]

    def answers(self) -> Iterator[Finding]:
        """A function runs, reads its table and opens its secrets: the list of doctors needs no account."""
        answer = ask(f"{self.apis['directory']}/doctors")
        yield _judge("an open route answers", answer.status == 200, answer)
        yield _judge("answers are not kept", answer.headers.get("cache-control") == "no-store", answer)
        yield _judge("an answer names its request", bool(answer.headers.get("x-request-id")), answer)

    def refusals(self) -> Iterator[Finding]:
        """The gateway's own answers speak our words, and the authorizer is asked."""
        for area, address in self.apis.items():
            answer = ask(f"{address}/no-such-thing")
            yield _judge(
                f"{area}: an unknown address is 404 in our words", _is(answer, 404, "request.not_found"), answer
            )
        mine = f"{self.apis['identity']}/me"
        answer = ask(mine)
        yield _judge("nobody is refused", _is(answer, 401, "identity.missing"), answer)
        answer = ask(mine, headers={"Authorization": "Bearer forged.forged.forged"})
        yield _judge("a forged session is refused", answer.status in (401, 403) and _has_code(answer), answer)
        answer = ask(f"{self.apis['identity']}/codes", "POST", {"Content-Type": "application/json"}, '{"phone": "1"}')
        yield _judge("a wrong body is named", _is(answer, 400, "request.schema_broken"), answer)

    def socket(self) -> Iterator[Finding]:
        """A socket without a ticket does not open."""
        upgrade = {
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "c21va2Ugb2YgeXVuemhlbg==",
        }
        answer = ask(f"{self.socket_url}?ticket=forged", headers=upgrade)
        yield _judge("a socket without a ticket stays closed", 400 <= answer.status < 500, answer)

    def pages(self) -> Iterator[Finding]:
        """Each address of an app is its index; its parts are there."""
        front = ask(f"{self.site}/")
        yield _judge(
            "patients come in by the front door", front.headers.get("location", "").endswith("/patient/"), front
        )
        for app in APPS:
            page = ask(f"{self.site}/{app}/any/address/of/it")
            yield _judge(f"{app}: every address is the app", page.status == 200 and b'id="app"' in page.body, page)
            for part in re.findall(rb'(?:src|href)="(/[^"]+)"', page.body):
                answer = ask(f"{self.site}{part.decode()}")
                yield _judge(f"{app}: {part.decode()} is there", answer.status == 200, answer)
        told = ask(f"{self.site}/config.json")
        yield _judge("pages are told where the APIs are", (told.json() or {}).get("api_base") == "/api", told)

    def page_headers(self) -> Iterator[Finding]:
        """The headers that infra/security_headers.json asks for, on a page."""
        page = ask(f"{self.site}/patient/")
        wanted = security_headers("/".join(self.socket_url.split("/")[:3]), self.relay_origin)
        if not self._is_encrypted():
            del wanted["Strict-Transport-Security"]
        for name, value in wanted.items():
            found = page.headers.get(name.lower())
            yield Finding(
                f"{name} is sent", found == value, "" if found == value else f"{found!r} instead of {value!r}"
            )

    def files(self) -> Iterator[Finding]:
        """Buckets are reached, and let nobody in without a signature."""
        tries = {
            "an upload without a signature is refused": ("PUT", "/uploads/smoke/none", "nothing"),
            "what was uploaded is shown to nobody": ("GET", "/uploads/smoke/none", None),
            "a file without a signature is not shown": ("GET", "/media/smoke/none", None),
        }
        for what, (method, path, body) in tries.items():
            answer = ask(f"{self.site}{path}", method, body=body)
            yield _judge(what, answer.status == 403 and b"<Code>AccessDenied</Code>" in answer.body, answer)
        answer = ask(f"{self.site}/media/smoke/none", "PUT", body="nothing")
        yield _judge("nothing is put among the files", answer.status == 403, answer)

    def encryption(self) -> Iterator[Finding]:
        """Nothing is answered in the clear, and old TLS is refused. Of a hospital on this machine nothing is asked."""
        if not self._is_encrypted():
            return
        assert self.site
        plain = ask(self.site.replace("https://", "http://") + "/patient/")
        yield _judge("http leads to https", plain.headers.get("location", "").startswith("https://"), plain)
        host = urlsplit(self.site).hostname or ""
        context = ssl.create_default_context()
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_1
        connection = http.client.HTTPSConnection(host, timeout=_SECONDS, context=context)
        try:
            connection.connect()
        except (OSError, ValueError):
            yield Finding("TLS 1.1 is refused", True)
        else:
            yield Finding("TLS 1.1 is refused", False, f"{host} took it")
        finally:
            connection.close()

    def firewall(self) -> Iterator[Finding]:
        """Who comes round the site is not heard."""
        answer = ask(f"{self.round_the_site}/doctors")
        yield _judge("the APIs are reached through the site only", answer.status == 403, answer)

    def _is_encrypted(self) -> bool:
        return (self.site or "").startswith("https://")


def _judge(check: str, good: bool, answer: Answer) -> Finding:
    return Finding(check, bool(good), "" if good else f"{answer.status} {answer.body[:200].decode(errors='replace')}")


def _is(answer: Answer, status: int, code: str) -> bool:
    return answer.status == status and (answer.json() or {}).get("code") == code


def _has_code(answer: Answer) -> bool:
    return bool((answer.json() or {}).get("code"))
