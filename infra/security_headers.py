"""The security headers of the pages, from `security_headers.json`: what the site sends and the local hospital too.

The file has the shape of CloudFront's `ResponseHeadersPolicyConfig`, which says each header once and by name.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("security_headers.json")
_DURATION = "max-age={AccessControlMaxAgeSec}"


def security_headers(socket_origin: str, relay_origin: str = "", file: Path = FILE) -> dict[str, str]:
    """Header -> value, with the origins to which the pages open their sockets: the hospital's own
    (`wss://socket.hospital.cn`), and that of the relays' control (`wss://media.hospital.cn`; empty where the hospital
    holds no calls, or its own origin leads to them)."""
    written: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    known = written["SecurityHeadersConfig"]
    transport = known["StrictTransportSecurity"]
    policy: str = known["ContentSecurityPolicy"]["ContentSecurityPolicy"]["Fn::Sub"]
    relays = f" {relay_origin}" if relay_origin else ""
    return {
        "Content-Security-Policy": policy.replace("${SocketOrigin}", socket_origin).replace(" ${RelayOrigin}", relays),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": known["FrameOptions"]["FrameOption"],
        "Referrer-Policy": known["ReferrerPolicy"]["ReferrerPolicy"],
        "Strict-Transport-Security": _DURATION.format(**transport)
        + ("; includeSubDomains" if transport["IncludeSubdomains"] else ""),
        **{item["Header"]: item["Value"] for item in written["CustomHeadersConfig"]["Items"]},
    }
