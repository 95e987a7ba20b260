"""The Minimal Lower Layer Protocol (HL7 v2.5.1 implementation guide, appendix C): one message there, one back.

`<VT> message <FS> <CR>` on a connection of its own: a function holds none open between its calls.
"""

from __future__ import annotations

import socket
import ssl
import time
from urllib.parse import urlsplit

from adapters.his import calling
from adapters.his.port import HisUnavailable

_VT, _END = b"\x0b", b"\x1c\r"
_LONGEST_ANSWER = 4 * 1024 * 1024
_AT_ONCE = 64 * 1024


def exchange(url: str, message: bytes, *, adapter: str) -> bytes:
    """The message that `url` (`mllp://host:port`, or `mllps://` with TLS) answers. Raises `HisUnavailable` for
    whatever is no whole frame, and none in time."""
    until = time.monotonic() + calling.TIMEOUT_SECONDS
    try:
        with _connected(url) as line:
            line.sendall(_VT + message + _END)
            return _framed(line, until, adapter)
    except OSError:  # refused, unreachable, too late, or hung up in the middle
        raise HisUnavailable(adapter=adapter) from None


def _connected(url: str) -> socket.socket:
    place = urlsplit(url)
    host = place.hostname or ""
    line = socket.create_connection((host, place.port or 2575), calling.TIMEOUT_SECONDS)
    if place.scheme == "mllp":
        return line
    try:
        return ssl.create_default_context().wrap_socket(line, server_hostname=host)
    except OSError:
        line.close()
        raise


def _framed(line: socket.socket, until: float, adapter: str) -> bytes:
    """What stands between the marks. The connection may end after the frame, never within it."""
    came = b""
    while not came.endswith(_END):
        line.settimeout(max(0.001, until - time.monotonic()))
        more = line.recv(_AT_ONCE)
        came += more
        if not more or len(came) > _LONGEST_ANSWER or not came.startswith(_VT):
            raise HisUnavailable(adapter=adapter, reason="broken_frame" if came else "hung_up")
    whole = came[len(_VT) : -len(_END)]
    if _VT in whole or _END[:1] in whole:
        raise HisUnavailable(adapter=adapter, reason="broken_frame")
    return whole
