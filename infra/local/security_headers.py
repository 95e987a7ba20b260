"""The security headers of every answer, read from the file that the distribution's template includes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .addresses import Addresses

FILE = Path(__file__).parents[1] / "security_headers.json"


def security_headers(addresses: Addresses) -> dict[str, str]:
    """As CloudFront's response headers policy would add them. HSTS only when connections are encrypted."""
    written: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    rules = written["SecurityHeadersConfig"]
    content = rules["ContentSecurityPolicy"]["ContentSecurityPolicy"]["Fn::Sub"]
    headers = {
        "Content-Security-Policy": content.replace("${SocketOrigin}", addresses.socket_url.rsplit("/", 1)[0]),
        "Referrer-Policy": rules["ReferrerPolicy"]["ReferrerPolicy"],
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": rules["FrameOptions"]["FrameOption"],
        **{item["Header"]: item["Value"] for item in written["CustomHeadersConfig"]["Items"]},
    }
    if addresses.encrypted:
        strict = rules["StrictTransportSecurity"]
        below = "; includeSubDomains" if strict["IncludeSubdomains"] else ""
        headers["Strict-Transport-Security"] = f"max-age={strict['AccessControlMaxAgeSec']}{below}"
    return headers
