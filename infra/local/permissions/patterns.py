"""Wildcards as IAM reads them: `*` is any text, `?` one letter, and none of them leaves its part of an ARN."""

from __future__ import annotations

import re
from functools import lru_cache

ARN_PARTS = 6


@lru_cache(maxsize=4096)
def _compiled(pattern: str, ignores_case: bool) -> re.Pattern[str]:
    written = "".join(".*" if letter == "*" else "." if letter == "?" else re.escape(letter) for letter in pattern)
    return re.compile(written, re.DOTALL | (re.IGNORECASE if ignores_case else 0))


def matches(pattern: str, text: str, *, ignores_case: bool = False) -> bool:
    """Whether the whole text fits."""
    return _compiled(pattern, ignores_case).fullmatch(text) is not None


def arn_matches(pattern: str, arn: str) -> bool:
    """Whether an ARN fits, part by part; the sixth part holds all further colons. `*` alone is everything."""
    if pattern == "*":
        return True
    wanted, given = pattern.split(":", ARN_PARTS - 1), arn.split(":", ARN_PARTS - 1)
    return len(wanted) == len(given) and all(matches(one, other) for one, other in zip(wanted, given, strict=True))


def is_arn_pattern(text: str) -> bool:
    """Whether a policy may name a resource so."""
    return text == "*" or (text.startswith("arn:") and text.count(":") >= ARN_PARTS - 1)
