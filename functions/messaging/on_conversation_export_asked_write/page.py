"""The record as a page: pure. Nothing in it is fetched from anywhere, and nothing that people wrote is markup."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from hospital.conversations.model import Conversation, Export, Message
from hospital.listings import DAY_ZONE

_STYLE = """
body{font:14px/1.6 system-ui,"PingFang SC","Microsoft YaHei",sans-serif;color:#1c2330;margin:2rem auto;max-width:52rem}
h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}table{border-collapse:collapse;width:100%}
th,td{border:1px solid #c9d0da;padding:.3rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}
th{background:#f1f4f8}pre{white-space:pre-wrap;margin:0;font:inherit}.mono{font-family:monospace;font-size:12px}
@media print{body{margin:0}h2{break-after:avoid}tr{break-inside:avoid}}
"""
_ROLES: Mapping[str, str] = {
    "patient": "患者",
    "doctor": "医生",
    "nurse": "护士",
    "pharmacist": "药师",
}
_OUTCOMES: Mapping[str, str] = {
    "completed": "已结束",
    "missed": "无人接听",
    "declined": "已拒绝",
    "busy": "对方忙",
    "failed": "未能接通",
    "cancelled": "已取消",
}


@dataclass(frozen=True)
class Attached:
    """A file that a message holds: as it lies in the hospital."""

    seq: int
    name: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Said:
    """A message of the record. `recalled`: it is shown as it was written, and was taken back."""

    message: Message
    recalled: bool = False


def record_page(
    conversation: Conversation, export: Export, said: Sequence[Said], files: Sequence[Attached], now: datetime
) -> str:
    """The whole page."""
    title = f"沟通记录 {escape(conversation.name or conversation.id)}"
    people = "、".join(f"{one.name}（{_ROLES.get(one.role, one.role)}）" for one in conversation.members)
    rows = "\n".join(_row(one) for one in said)
    listed = "\n".join(
        f"<tr><td>{one.seq}</td><td><bdi>{escape(one.name)}</bdi></td><td>{escape(one.media_type)}</td>"
        f'<td>{one.size}</td><td class="mono">{one.sha256}</td></tr>'
        for one in files
    )
    facts = [
        ("对话编号", conversation.id),
        ("关联业务", f"{conversation.about.type} {conversation.about.id}" if conversation.about else "–"),
        ("成员", people),
        ("开始时间", _moment(conversation.opened_at)),
        ("结束时间", _moment(conversation.closed_at) if conversation.closed_at else "–"),
        ("导出时间", _moment(now)),
        ("消息条数", str(len(said))),
        ("内容", "含已撤回消息的原文" if export.originals else "不含已撤回的消息"),
        ("消息 SHA-256", digest_of(said)),
    ]
    head = "".join(f"<tr><th>{name}</th><td><bdi>{escape(value)}</bdi></td></tr>" for name, value in facts)
    return (
        f'<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style></head>\n<body>\n<h1>{title}</h1>\n<table>{head}</table>\n"
        "<h2>消息</h2>\n<table><tr><th>编号</th><th>时间</th><th>发送者</th><th>内容</th></tr>\n"
        f"{rows}\n</table>\n<h2>文件清单</h2>\n"
        "<table><tr><th>消息</th><th>文件名</th><th>类型</th><th>字节</th><th>SHA-256</th></tr>\n"
        f"{listed}\n</table>\n</body></html>\n"
    )


def digest_of(said: Sequence[Said]) -> str:
    """SHA-256 over the messages, one line of JSON each: number, sender's id, time, type, content."""
    lines = hashlib.sha256()
    for one in said:
        message = one.message
        line = [
            message.seq,
            message.sender.person_id if message.sender else None,
            message.sent_at.isoformat(),
            message.type,
            message.content,
        ]
        lines.update(json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n")
    return lines.hexdigest()


def _row(said: Said) -> str:
    message = said.message
    sender = (
        f"{message.sender.name}（{_ROLES.get(message.sender.role, message.sender.role)}）" if message.sender else "医院"
    )
    mark = "<b>（已撤回）</b>" if said.recalled else ""
    return (
        f"<tr><td>{message.seq}</td><td>{_moment(message.sent_at)}</td><td><bdi>{escape(sender)}</bdi></td>"
        f"<td>{mark}<pre><bdi>{escape(_words(message))}</bdi></pre></td></tr>"
    )


def _words(message: Message) -> str:
    """What stands there in the page for a message of any type."""
    content: dict[str, Any] = message.content
    match message.type:
        case "text":
            return str(content["text"])
        case "recalled":
            return "消息已撤回"
        case "recall":
            return f"撤回了第 {content['seq']} 条消息"
        case "system" if content.get("text"):
            return str(content["text"])
        case "system" if content.get("event") == "call":
            return _call(content)
        case "image" | "voice" | "video" | "file":
            kind = {"image": "图片", "voice": "语音", "video": "视频", "file": "文件"}[message.type]
            return f"[{kind}] {content.get('name', '')}".strip()
    return json.dumps(content, ensure_ascii=False)


def _call(content: dict[str, Any]) -> str:
    """How a call ended, and how long it was."""
    media = "视频通话" if content["media"] == "video" else "语音通话"
    minutes, seconds = divmod(content["seconds"] or 0, 60)
    length = f"，{minutes} 分 {seconds} 秒" if content["seconds"] is not None else ""
    return f"{media}：{_OUTCOMES.get(content['outcome'], content['outcome'])}{length}"


def _moment(moment: datetime) -> str:
    """In the clinic's time."""
    return f"{moment.astimezone(DAY_ZONE):%Y-%m-%d %H:%M:%S}"
