"""Which push services the hospital speaks to.

A browser says itself where its pushes go. Whatever else stands there instead (an address inside the account, somebody
else's server) must never be called: only the services that the setting `PUSH_SERVICES` names are.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from hospital import settings


def endpoint_is_known(endpoint: str) -> bool:
    """Whether `endpoint` is an https address at a named service: `push.example` or, for its parts, `*.push.example`.

    Outside production a service may also be named by its whole origin (`http://127.0.0.1:9000`).
    """
    try:
        parts = urlsplit(endpoint)
        port = parts.port
    except ValueError:
        return False
    host = (parts.hostname or "").lower()
    if not host or parts.username is not None or "@" in parts.netloc or len(endpoint) > 1000 or not endpoint.isascii():
        return False
    current = settings.current()
    named = [name.strip().lower() for name in current.push_services.split(",") if name.strip()]
    if current.profile != "production" and f"{parts.scheme}://{parts.netloc}" in named:
        return True
    return parts.scheme == "https" and port in (None, 443) and any(_is(host, name) for name in named)


def origin_of(endpoint: str) -> str:
    """The service of an endpoint: `https://push.example`."""
    parts = urlsplit(endpoint)
    return f"{parts.scheme}://{parts.netloc}"


def _is(host: str, name: str) -> bool:
    return host.endswith(name[1:]) if name.startswith("*.") else host == name
