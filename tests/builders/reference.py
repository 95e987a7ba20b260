"""A sample of content for each kind of reference data, and another that differs in every field."""

from __future__ import annotations

from typing import Any

Content = dict[str, Any]

CONTENTS: dict[str, Content] = {
    "paper_kinds": {"code": "practice", "name": "医师执业证书", "role": "doctor", "need": "required", "order": 10},
    "titles": {"code": "chief", "name": "主任医师", "order": 10},
    "message_templates": {"code": "sign_in_code", "channel": "sms", "text": "请打开云诊查看"},
    "faqs": {"question": "怎么申请咨询？", "answer": "选医生，写病情。", "order": 10},
    "refusal_reasons": {"code": "far_away", "words": "离得太远", "order": 10},
    "quick_replies": {"text": "请问这种情况多久了？", "order": 10},
    "sensitive_words": {"word": "加微信", "act": "block"},
    "consultation_notices": {"title": "咨询须知", "text": "咨询不能代替面诊，急症请去医院。"},
}
OTHERS: dict[str, Content] = {
    "paper_kinds": {"code": "training", "name": "护士规培证书", "role": "nurse", "need": "optional", "order": 20},
    "titles": {"code": "resident", "name": "住院医师", "order": 20},
    "message_templates": {"code": "visit_accepted", "channel": "inbox", "text": "医生已接诊"},
    "faqs": {"question": "多久有人回复？", "answer": "一天之内。", "order": 20},
    "refusal_reasons": {"code": "on_leave", "words": "医生休假", "order": 20},
    "quick_replies": {"text": "请按时服药，三天后复诊。", "order": 20},
    "sensitive_words": {"word": "代购", "act": "mask"},
    "consultation_notices": {"title": "隐私说明", "text": "聊天记录保存三年，仅医患可见。"},
}
