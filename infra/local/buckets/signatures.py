"""Signature Version 4 in the query of an address, looked at as S3 does: by whom it was signed, and for what.

Source: "Authenticating Requests: Using Query Parameters (AWS Signature Version 4)" of the S3 API Reference. Written
from there and not with botocore's signer, so that the two prove each other.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, quote, unquote

from .function_keys import FunctionKey, FunctionKeys
from .refusals import S3Refusal, access_denied, query_wrong

_ALGORITHM = "AWS4-HMAC-SHA256"
_PARTS = ("X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-Date", "X-Amz-SignedHeaders",
          "X-Amz-Expires")  # fmt: skip
_ONE_WEEK = 604_800
_EARLY = timedelta(minutes=15)
_DATE = re.compile(r"[0-9]{8}T[0-9]{6}Z")


@dataclass(frozen=True)
class Asked:
    """A request as it reaches the bucket: `path` and `query` as they were sent, `headers` by lower-case name."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The query's names and values."""
        return parse_qsl(self.query, keep_blank_values=True)


def signer(asked: Asked, keys: FunctionKeys, region: str, now: float) -> FunctionKey:
    """Whose signature the query holds; `now` in epoch seconds. S3Refusal for everything that S3 would not take."""
    given = dict(asked.pairs)
    if not any(name.startswith("X-Amz-") for name in given):
        raise access_denied()
    _demand_parts(asked.pairs, given)
    key_id, scope = _scope(given, region)
    _demand_time(given, now)
    key = keys.named(key_id)
    if key is None:
        facts = {"AWSAccessKeyId": key_id}
        message = "The AWS Access Key Id you provided does not exist in our records."
        raise S3Refusal(403, "InvalidAccessKeyId", message, **facts)
    signed = given["X-Amz-SignedHeaders"].split(";")
    if "host" not in signed or signed != sorted(signed):
        raise query_wrong("X-Amz-SignedHeaders must name host, and be in order")
    wanted = _signature(asked, given, key.secret, scope, signed)
    if not _same(wanted, given["X-Amz-Signature"]):
        message = "The request signature we calculated does not match the signature you provided."
        raise S3Refusal(403, "SignatureDoesNotMatch", message, AWSAccessKeyId=key_id)
    if not _same(given.get("X-Amz-Security-Token", ""), key.token):
        raise S3Refusal(400, "InvalidToken", "The provided token is malformed or otherwise invalid.")
    unsigned = sorted(name for name in asked.headers if name.startswith("x-amz-") and name not in signed)
    if unsigned:
        message = "There were headers present in the request which were not signed"
        raise access_denied(message, HeadersNotSigned=", ".join(unsigned))
    return key


def _demand_parts(pairs: Sequence[tuple[str, str]], given: Mapping[str, str]) -> None:
    names = [name for name, _ in pairs]
    if not all(given.get(name) for name in _PARTS) or any(names.count(name) > 1 for name in _PARTS):
        message = f"Query-string authentication version 4 requires the {', '.join(_PARTS)} parameters."
        raise query_wrong(message)
    if given["X-Amz-Algorithm"] != _ALGORITHM:
        raise query_wrong(f'X-Amz-Algorithm only supports "{_ALGORITHM}"')
    expires = given["X-Amz-Expires"]
    if not (expires.isascii() and expires.isdigit()):
        raise query_wrong("X-Amz-Expires should be a number")
    if int(expires) > _ONE_WEEK:
        raise query_wrong(
            f"X-Amz-Expires must be less than a week (in seconds); that is, it must be {_ONE_WEEK} or less"
        )
    if not _DATE.fullmatch(given["X-Amz-Date"]):
        raise query_wrong("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"")


def _scope(given: Mapping[str, str], region: str) -> tuple[str, str]:
    """(access key's id, scope behind it)."""
    key_id, _, scope = given["X-Amz-Credential"].partition("/")
    parts = scope.split("/")
    if len(parts) != 4 or parts[2:] != ["s3", "aws4_request"]:
        raise query_wrong(
            "Error parsing the X-Amz-Credential parameter; it names a key, a day, a region, s3, aws4_request"
        )
    if parts[1] != region:
        wrong = f"the region '{parts[1]}' is wrong; expecting '{region}'"
        raise query_wrong(f"Error parsing the X-Amz-Credential parameter; {wrong}")
    if parts[0] != given["X-Amz-Date"][:8]:
        raise query_wrong("Error parsing the X-Amz-Credential parameter; its day is not that of X-Amz-Date")
    return key_id, scope


def _demand_time(given: Mapping[str, str], now: float) -> None:
    try:
        begins = datetime.strptime(given["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise query_wrong("X-Amz-Date is no moment") from None
    ends, moment = begins + timedelta(seconds=int(given["X-Amz-Expires"])), datetime.fromtimestamp(now, UTC)
    if moment < begins - _EARLY:
        raise access_denied("Request is not valid yet")
    if moment > ends:
        said = {"Expires": _iso(ends), "ServerTime": _iso(moment), "X-Amz-Expires": given["X-Amz-Expires"]}
        raise access_denied("Request has expired", **said)


def _signature(asked: Asked, given: Mapping[str, str], secret: str, scope: str, signed: Sequence[str]) -> str:
    query = sorted((_quoted(name), _quoted(value)) for name, value in asked.pairs if name != "X-Amz-Signature")
    canonical = "\n".join(
        (
            asked.method,
            quote(unquote(asked.path, errors="surrogateescape"), safe="/-_.~", errors="surrogateescape"),
            "&".join(f"{name}={value}" for name, value in query),
            *(f"{name}:{' '.join(asked.headers.get(name, '').split())}" for name in signed),
            "",
            ";".join(signed),
            asked.headers.get("x-amz-content-sha256", "UNSIGNED-PAYLOAD"),
        )
    )
    text = "\n".join(
        (_ALGORITHM, given["X-Amz-Date"], scope, hashlib.sha256(canonical.encode(errors="replace")).hexdigest())
    )
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), hashlib.sha256)
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(errors="replace"), other.encode(errors="replace"))


def _quoted(text: str) -> str:
    return quote(text, safe="-_.~", errors="replace")


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
