"""The measured points as one picture (SVG 1.1): latency, pictures a second and concealed sound, median and worst."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import Any

WIDTH, LEFT, ROW, BAR = 900, 220, 26, 14
PANEL = (WIDTH - LEFT) // 3
INK, GOOD = "#1f2d3d", "#1668a8"
SVG = 'xmlns="http://www.w3.org/2000/svg" font-family="sans-serif" font-size="12"'

Row = dict[str, Any]
PANELS: Sequence[tuple[str, str, Callable[[float], str]]] = (
    ("p50_ms", "glass to glass, p50, ms", lambda value: f"{value:.0f}"),
    ("pictures_per_second", "pictures a second", lambda value: f"{value:.1f}"),
    ("concealed", "concealed sound, %", lambda value: f"{value * 100:.1f}"),
)


def drawn(rows: Sequence[Row], said: str) -> str:
    """The chart of rows with `point` and, for each panel, `{median, worst}`."""
    height = 70 + ROW * len(rows)
    parts = [
        f'<svg {SVG} viewBox="0 0 {WIDTH} {height}">',
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        _text(8, 20, said),
    ]
    for number, row in enumerate(rows):
        parts.append(_text(8, 70 + number * ROW, str(row["point"])))
    for number, (key, title, shown) in enumerate(PANELS):
        parts += _panel(rows, key, title, shown, LEFT + number * PANEL)
    return "\n".join([*parts, "</svg>\n"])


def _panel(rows: Sequence[Row], key: str, title: str, shown: Callable[[float], str], left: int) -> list[str]:
    known = [row[key] for row in rows if row[key]["median"] is not None]
    most = max((max(one["median"], one["worst"]) for one in known), default=1) or 1
    wide = PANEL - 70
    parts = [_text(left, 44, title)]
    for number, row in enumerate(rows):
        y = 58 + number * ROW
        median, worst = row[key]["median"], row[key]["worst"]
        if median is None:
            parts.append(_text(left, y + 12, "none"))
            continue
        parts.append(_bar(left, y, median / most * wide, GOOD))
        parts.append(_bar(left + worst / most * wide, y, 2, INK))
        label = f"{shown(median)} ({shown(worst)})"
        parts.append(_text(left + int(max(median, worst) / most * wide) + 4, y + 12, label))
    return parts


def _bar(x: float, y: int, width: float, colour: str) -> str:
    return f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{BAR}" fill="{colour}"/>'


def _text(x: int, y: int, said: str) -> str:
    return f'<text x="{x}" y="{y}" fill="{INK}">{escape(said)}</text>'
