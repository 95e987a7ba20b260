"""S3's refusals: code, status, sentence and further facts, as XML. Source: "Error responses" of its API Reference."""

from __future__ import annotations

import uuid
from xml.sax.saxutils import escape


class S3Refusal(Exception):
    """What S3 answers instead. `facts` are further elements of the answer."""

    def __init__(self, status: int, code: str, message: str, **facts: str) -> None:
        self.status, self.code, self.message, self.facts = status, code, message, facts
        super().__init__(f"{code}: {message}")

    def text(self) -> str:
        """The answer's body."""
        elements = {"Code": self.code, "Message": self.message, **self.facts}
        elements |= {"RequestId": uuid.uuid4().hex[:16].upper(), "HostId": uuid.uuid4().hex}
        inside = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in elements.items())
        return f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>{inside}</Error>'


def access_denied(message: str = "Access Denied", **facts: str) -> S3Refusal:
    """403: nobody who may."""
    return S3Refusal(403, "AccessDenied", message, **facts)


def query_wrong(message: str) -> S3Refusal:
    """400: the query is no signature."""
    return S3Refusal(400, "AuthorizationQueryParametersError", message)


def no_such_key(key: str) -> S3Refusal:
    """404, for those who may know."""
    return S3Refusal(404, "NoSuchKey", "The specified key does not exist.", Key=key)
