"""A sample of content for each kind of reference data, and another that differs in every field."""

from __future__ import annotations

from typing import Any

Content = dict[str, Any]

CONTENTS: dict[str, Content] = {
    "organisation_profiles": {"name": "云山诊所", "introduction": "社区诊所", "address": "云山路 1 号", "phone": "010"},
    "departments": {"code": "cardio", "name": "心内科", "introduction": "心脏", "order": 10},
    "titles": {"code": "chief", "name": "主任医师", "order": 10},
    "message_templates": {"code": "sign_in.code", "channel": "sms", "text": "验证码 {code}"},
    "faqs": {"question": "怎么申请咨询？", "answer": "选医生，写病情。", "order": 10},
    "refusal_reasons": {"code": "far_away", "words": "离得太远", "order": 10},
    "quick_replies": {"text": "请问这种情况多久了？", "order": 10},
    "sensitive_words": {"word": "加微信", "act": "block"},
    "consultation_notices": {"title": "咨询须知", "text": "咨询不能代替面诊，急症请去医院。"},
}
OTHERS: dict[str, Content] = {
    "organisation_profiles": {"name": "海天医院", "introduction": "综合医院", "address": "海天路 2 号", "phone": "021"},
    "departments": {"code": "neuro", "name": "神经内科", "introduction": "神经", "order": 20},
    "titles": {"code": "resident", "name": "住院医师", "order": 20},
    "message_templates": {"code": "visit.accepted", "channel": "inbox", "text": "医生已接诊"},
    "faqs": {"question": "多久有人回复？", "answer": "一天之内。", "order": 20},
    "refusal_reasons": {"code": "on_leave", "words": "医生休假", "order": 20},
    "quick_replies": {"text": "请按时服药，三天后复诊。", "order": 20},
    "sensitive_words": {"word": "代购", "act": "mask"},
    "consultation_notices": {"title": "隐私说明", "text": "聊天记录保存三年，仅医患可见。"},
}
