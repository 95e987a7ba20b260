"""A report as a file: one HTML page that prints well and needs nothing else, or JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Literal

from hospital import clock
from hospital.listings import DAY_ZONE
from house.keep_inspections.views import FindingView, InspectionView, ServedView

Language = Literal["zh", "en"]
Cell = str | int | float | None

_WORDS: Mapping[str, tuple[str, str]] = {
    "title": ("运行健康与诊断报告", "Operating health and diagnosis report"),
    "period": ("统计时段", "Period"),
    "made": ("生成时间", "Made"),
    "summary": ("概况", "Summary"),
    "availability": ("可用率", "Availability"),
    "requests": ("请求数", "Requests"),
    "errors": ("错误数", "Errors"),
    "open": ("未解决的问题", "Open faults"),
    "findings": ("问题、原因与建议", "Findings, causes and advice"),
    "none": ("未发现问题。", "Nothing was found."),
    "severity": ("程度", "Severity"),
    "where": ("位置", "Where"),
    "problem": ("问题", "Problem"),
    "seen": ("所见", "Seen"),
    "cause": ("可能原因", "Likely cause"),
    "advice": ("改进建议", "Advice"),
    "since": ("与上次相比", "Against the last"),
    "new": ("新出现", "new"),
    "still": ("仍存在", "still there"),
    "gone": ("上次有、本次已消失", "In the last report, gone now"),
    "apis": ("接口", "APIs"),
    "functions": ("函数（慢的在前）", "Functions, slowest first"),
    "capacity": ("容量", "Capacity"),
    "checks": ("检查项", "What was looked at"),
    "name": ("名称", "Name"),
    "refused": ("被拒绝", "Refused"),
    "throttled": ("被限流", "Throttled"),
    "count": ("条数", "Count"),
    "size": ("字节", "Bytes"),
    "verdict": ("结果", "Verdict"),
    "healthy": ("正常", "healthy"),
    "faulty": ("故障", "faulty"),
    "unknown": ("无法判断", "unknown"),
    "urgent": ("紧急", "urgent"),
    "soon": ("尽快", "soon"),
    "note": ("提示", "note"),
}
_STYLE = """
body{font:14px/1.6 system-ui,"PingFang SC","Microsoft YaHei",sans-serif;color:#1c2330;margin:2rem auto;max-width:60rem}
h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem}table{border-collapse:collapse;width:100%}
th,td{border:1px solid #c9d0da;padding:.3rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}
th{background:#f1f4f8}.urgent{color:#a4161a;font-weight:600}.faulty,.unknown{color:#a4161a}
@media print{body{margin:0}h2{break-after:avoid}tr{break-inside:avoid}}
"""


def report_file(view: InspectionView, form: Literal["html", "json"], language: Language) -> tuple[str, str, str]:
    """(file name, media type, text)."""
    name = f"inspection-{view.asked_at.astimezone(DAY_ZONE):%Y%m%d-%H%M}"
    if form == "json":
        return f"{name}.json", "application/json", view.model_dump_json(indent=1)
    return f"{name}.html", "text/html", _Page(view, language).text()


class _Page:
    def __init__(self, view: InspectionView, language: Language) -> None:
        self._view, self._language = view, language

    def text(self) -> str:
        """The whole page."""
        title = escape(self._word("title"))
        parts = [
            f"<h1>{title}</h1>",
            self._summary(),
            self._findings(),
            self._served(),
            self._capacity(),
            self._checks(),
        ]
        lang = "zh-CN" if self._language == "zh" else "en"
        head = f'<meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style>'
        return (
            f'<!doctype html>\n<html lang="{lang}"><head>{head}</head>\n<body>\n'
            + "\n".join(parts)
            + "\n</body></html>\n"
        )

    def _summary(self) -> str:
        view = self._view
        rows: list[Sequence[Cell]] = [
            (self._word("period"), f"{_moment(view.since)} – {_moment(view.until)}"),
            (self._word("made"), _moment(view.ended_at)),
            (self._word("availability"), "–" if view.availability is None else f"{view.availability} %"),
            (self._word("requests"), sum(api.calls for api in view.apis)),
            (self._word("errors"), sum(api.failed for api in view.apis)),
            (self._word("open"), view.faults),
        ]
        return self._section("summary") + _table([], rows)

    def _findings(self) -> str:
        head = [self._word(name) for name in ("severity", "where", "problem", "seen", "cause", "advice", "since")]
        rows = [self._finding(finding) for finding in self._view.findings]
        text = self._section("findings") + (_table(head, rows) if rows else f"<p>{self._word('none')}</p>")
        gone = self._view.compared.gone if self._view.compared else ()
        return text + (f"<p>{self._word('gone')}: {escape(', '.join(gone))}</p>" if gone else "")

    def _finding(self, finding: FindingView) -> Sequence[Cell]:
        since = self._word(finding.since) if finding.since else ""
        texts = [getattr(text, self._language) for text in (finding.title, finding.cause, finding.advice)]
        severity, where = self._word(finding.severity), f"{finding.group} / {finding.name}"
        return [severity, where, texts[0], _seen(finding.facts), texts[1], texts[2], since]

    def _served(self) -> str:
        names = ("name", "requests", "errors", "refused", "throttled", "availability")
        head = [*(self._word(name) for name in names), "p50 ms", "p95 ms", "p99 ms"]
        return "".join(
            self._section(kind) + _table(head, [_served(one) for one in found])
            for kind, found in (("apis", self._view.apis), ("functions", self._view.functions))
        )

    def _capacity(self) -> str:
        head = [self._word(name) for name in ("name", "count", "size")]
        return self._section("capacity") + _table(
            head, [(one.name, one.count, one.size) for one in self._view.capacity]
        )

    def _checks(self) -> str:
        rows = [(f"{one.group} / {one.name}", self._word(one.verdict), _seen(one.facts)) for one in self._view.checks]
        return self._section("checks") + _table([self._word(name) for name in ("where", "verdict", "seen")], rows)

    def _section(self, name: str) -> str:
        return f"<h2>{escape(self._word(name))}</h2>\n"

    def _word(self, name: str) -> str:
        return _WORDS[name][0 if self._language == "zh" else 1]


def _served(one: ServedView) -> Sequence[Cell]:
    share = "–" if one.availability is None else f"{one.availability} %"
    return [one.name, one.calls, one.failed, one.refused, one.throttled, share, one.p50, one.p95, one.p99]


def _seen(facts: dict[str, str | int]) -> str:
    return ", ".join(f"{name}={value}" for name, value in facts.items())


def _table(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    titles = "<tr>" + "".join(f"<th>{escape(title)}</th>" for title in head) + "</tr>\n" if head else ""
    lines = ("<tr>" + "".join(f"<td>{_cell(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table>\n{titles}" + "\n".join(lines) + "\n</table>"


def _cell(value: Cell) -> str:
    return "–" if value is None else escape(str(value))


def _moment(moment: datetime | None) -> str:
    """In the clinic's time."""
    return f"{moment.astimezone(DAY_ZONE):%Y-%m-%d %H:%M}" if moment else clock.text(clock.now())
