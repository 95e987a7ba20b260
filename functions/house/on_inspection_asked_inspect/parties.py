"""Communication services and outside parties: does anybody answer, and with which certificate?"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from urllib.parse import urlsplit

from hospital import clock, settings
from hospital.inspections.model import Inspection
from house.on_inspection_asked_inspect.gathering import Facts, Gathered

_SECONDS = 3.0
_RENEW_DAYS = 30


def look_at_parties(inspection: Inspection, gathered: Gathered) -> None:
    """Each address that the settings name."""
    current = settings.current()
    addresses = {"site": current.site_origin, "sockets": current.socket_endpoint}
    if current.sms_adapter == "inbox":
        addresses["sms"] = current.sms_inbox_url
    for name, address in addresses.items():
        gathered.look("parties", name, partial(answers, address))


def answers(address: str) -> Iterator[tuple[str, Facts]]:
    """Whether somebody listens there; behind TLS also how long the certificate is good."""
    found = urlsplit(address)
    host, is_tls = found.hostname or "", found.scheme in ("https", "wss")
    port = found.port or (443 if is_tls else 80)
    facts: Facts = {"host": host, "port": port}
    try:
        with socket.create_connection((host, port), timeout=_SECONDS) as connection:
            if not is_tls:
                yield "", facts
                return
            with ssl.create_default_context().wrap_socket(connection, server_hostname=host) as secured:
                ends = ends_at(secured.getpeercert() or {})
    except ssl.SSLCertVerificationError as error:
        problem = "certificate_expired" if "expired" in str(error.verify_message) else "refused"
        yield problem, facts | {"reason": str(error.verify_message)}
        return
    except OSError as error:
        yield "unreachable", facts | {"error": type(error).__name__}
        return
    yield judged(ends, clock.now()), facts | {"days": (ends - clock.now()).days}


def ends_at(certificate: Mapping[str, object]) -> datetime:
    """When a certificate ends."""
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)


def judged(ends: datetime, now: datetime) -> str:
    """The problem of a certificate that ends then, or ""."""
    days = (ends - now).days
    if days < 0:
        return "certificate_expired"
    return "certificate_old" if days < _RENEW_DAYS else ""
