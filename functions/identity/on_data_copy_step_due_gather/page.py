"""The ZIP: a page to read in Chinese, and each section as JSON. Pure. Nothing in the page is fetched from anywhere, and
nothing that people wrote is markup."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from datetime import datetime
from html import escape
from typing import Any

from hospital.listings import DAY_ZONE

_STYLE = """
body{font:15px/1.7 system-ui,"PingFang SC","Microsoft YaHei",sans-serif;color:#16242b;margin:2rem auto;max-width:48rem;
padding:0 1rem}h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}table{border-collapse:collapse;width:100%;
margin:0 0 1rem}th,td{border:1px solid #c9d0da;padding:.3rem .5rem;text-align:left;vertical-align:top;
overflow-wrap:anywhere}th{background:#f1f4f8;font-weight:normal;width:30%}pre{white-space:pre-wrap;margin:0;font:inherit}
"""
TITLES: Mapping[str, str] = {
    "profile": "账号与实名信息",
    "consents": "授权与撤回",
    "family": "亲友名单",
    "cards": "卡与医院档案",
    "visits": "问诊",
    "conversations": "问诊中的沟通",
    "sign_ins": "登录记录",
    "record_openings": "谁紧急查阅过我的病历",
    "sign_in_methods": "登录方式",
    "texts": "发给我的短信",
}
_WORDS: Mapping[str, str] = {
    "name": "姓名",
    "phone": "手机号",
    "joined_at": "注册时间",
    "joined_through": "注册渠道",
    "preferences": "偏好设置",
    "id_number": "证件号码",
    "sex": "性别",
    "birth_date": "出生日期",
    "level": "认证级别",
    "method": "方式",
    "verified_at": "认证时间",
    "purpose": "用途",
    "organisation_id": "机构编号",
    "state": "状态",
    "decisions": "历次决定",
    "called": "称呼",
    "relation": "关系",
    "stage": "成年与否",
    "added_at": "添加时间",
    "confirmed_at": "确认时间",
    "channel": "渠道",
    "number": "卡号",
    "reason": "原因",
    "said": "渠道说明",
    "asked_at": "申请时间",
    "issued_at": "发卡时间",
    "patient_number": "患者编号",
    "opened_at": "开始时间",
    "card_ids": "卡的顺序",
    "default_id": "默认卡",
    "id": "编号",
    "complaint": "病情描述",
    "applied_at": "申请时间",
    "accepted_at": "接诊时间",
    "ended_at": "结束时间",
    "refusal": "未接诊原因",
    "summary": "问诊小结",
    "patient": "就诊人",
    "doctor": "医生",
    "visit": "问诊编号",
    "messages": "消息",
    "at": "时间",
    "outcome": "结果",
    "device": "设备",
    "ip": "IP 地址",
    "ends_at": "结束时间",
    "words": "说明",
    "verdict": "复核结论",
    "verdict_words": "复核说明",
    "reviewed_at": "复核时间",
    "title": "职称",
    "department": "科室",
    "seq": "序号",
    "sent_at": "发送时间",
    "sender": "发送者",
    "type": "类型",
    "content": "内容",
    "text": "文字",
    "since": "使用时间",
    "nick": "微信昵称",
    "bound_at": "绑定时间",
    "last_used_at": "上次使用",
    "occasion": "事由",
}


def packed(sections: Mapping[str, list[dict[str, Any]]], asked_at: datetime) -> bytes:
    """The ZIP's bytes: the same for the same sections and time, so that a step done twice puts the same."""
    moment = asked_at.astimezone(DAY_ZONE)
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (
            ("我的数据.html", page_of(sections, moment)),
            *((f"{name}.json", json.dumps(rows, ensure_ascii=False, indent=1)) for name, rows in sections.items()),
        ):
            archive.writestr(zipfile.ZipInfo(name, moment.timetuple()[:6]), text, zipfile.ZIP_DEFLATED)
    return held.getvalue()


def page_of(sections: Mapping[str, list[dict[str, Any]]], moment: datetime) -> str:
    """The page."""
    parts = "\n".join(
        f"<h2>{TITLES[name]}</h2>\n" + ("\n".join(map(_table, rows)) or "<p>没有记录。</p>")
        for name, rows in sections.items()
    )
    return (
        '<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><title>我的数据副本</title>'
        f"<style>{_STYLE}</style></head>\n<body>\n<h1>我的数据副本</h1>\n"
        f"<p>申请时间：{moment:%Y-%m-%d %H:%M}（北京时间）。依据《个人信息保护法》第四十五条提供。"
        "人脸图像只在核验期间保存，不在其中；医院内部系统持有的就诊卡、医保卡和既往就诊，请在“就诊卡”和“既往就诊”查看；亲友用自己的账号替您申请的问诊，请向医院窗口索取。</p>\n"
        f"{parts}\n</body></html>\n"
    )


def _table(row: Mapping[str, Any]) -> str:
    lines = "".join(
        f"<tr><th>{escape(_WORDS.get(name, name))}</th><td>{_shown(value)}</td></tr>"
        for name, value in row.items()
        if value not in (None, "", [], {})
    )
    return f"<table>{lines}</table>"


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return _table(value)
    if isinstance(value, list):
        return "".join(map(_shown, value))
    return f"<pre><bdi>{escape('是' if value is True else '否' if value is False else str(value))}</bdi></pre>"
