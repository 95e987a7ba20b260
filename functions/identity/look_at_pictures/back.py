"""The side with the emblem: who issued the card, and how long it is good."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from identity.look_at_pictures.lines import Line

_SPAN = re.compile(r"(\d{4})[.,。·]?(\d{2})[.,。·]?(\d{2})[-—–一~至]*(长期|(\d{4})[.,。·]?(\d{2})[.,。·]?(\d{2}))")
_AUTHORITY = re.compile(r"[\u3400-\u9fff]+公安局[\u3400-\u9fff]*|[\u3400-\u9fff]+(?:分局|公安处|公安厅)")


def looks_like_back(lines: Iterable[Line]) -> int:
    """How many things are there that only this side has."""
    text = "".join(line.text for line in lines)
    words = ("签发机关", "有效期", "人民共和国", "居民身份证", "公安局")
    return sum(word in text for word in words) + (_SPAN.search(text) is not None)


def is_upside_down(lines: list[Line], height: float) -> bool:
    """The title stands at the top."""
    titles = [line.y for line in lines if "共和国" in line.text or "居民身份证" in line.text]
    below = [line.y for line in lines if "签发" in line.text or "有效期" in line.text or "公安" in line.text]
    if titles and below:
        return min(titles) > max(below)
    return (bool(titles) and min(titles) > height * 0.55) or (bool(below) and max(below) < height * 0.45)


def read_back(lines: list[Line]) -> dict[str, str]:
    """Field -> what stands there; dates as `YYYY-MM-DD`, `长期` for a card without an end."""
    first, last = _validity(lines)
    return {"authority": _authority(lines), "valid_from": first, "valid_until": last}


def _authority(lines: list[Line]) -> str:
    label = next((line for line in lines if "签发" in line.text or "机关" in line.text), None)
    texts = [line.text for line in lines]
    if label is not None:
        row = [line for line in lines if abs(line.y - label.y) < 0.75 * max(line.height, label.height)]
        low = [line for line in lines if label.y + label.height * 0.5 < line.y < label.y + label.height * 2.2]
        below = [line for line in low if "有效" not in line.text and not any(sign.isdigit() for sign in line.text)]
        joined = "".join(line.text for line in [*sorted(row, key=lambda one: one.x), *below])
        texts.insert(0, re.sub(r"^.{0,2}(机关|签发机关)", "", joined))
    for text in texts:
        found = _AUTHORITY.search(re.sub(r"^签?发?机关", "", text))
        if found:
            return found[0]
    return ""


def _validity(lines: list[Line]) -> tuple[str, str]:
    rows = [line.text for line in lines]
    label = next((line for line in lines if "有效" in line.text or "期限" in line.text), None)
    if label is not None:
        row = [line for line in lines if abs(line.y - label.y) < 0.75 * max(line.height, label.height)]
        rows.insert(0, "".join(line.text for line in sorted(row, key=lambda one: one.x)))
    for text in rows:
        found = _SPAN.search(text)
        if found is None:
            continue
        first = _day(found[1], found[2], found[3])
        last = "长期" if found[4] == "长期" else _day(found[5], found[6], found[7])
        if first and last:
            return first, last
    return "", ""


def _day(year: str, month: str, day: str) -> str:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return ""
