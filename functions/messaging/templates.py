"""The text that an organisation wrote for an occasion, if that leaves the house as a text message."""

from __future__ import annotations

from dataclasses import dataclass

from hospital.reference.kinds import KINDS, MessageTemplate
from hospital.reference.store import find_by_code


@dataclass(frozen=True)
class Template:
    """The words, and what carriers call them, by carrier."""

    text: str
    registered: dict[str, str]


def template_for(organisation_id: str, occasion: str) -> Template | None:
    """None when nothing was written for the occasion, it is off, or it does not go by text message."""
    item = find_by_code(KINDS["message_templates"], organisation_id, occasion)
    if item is None:
        return None
    content = MessageTemplate.model_validate(item.content)
    if not content.on or content.channel != "sms":
        return None
    names = {"alibaba": content.alibaba_template, "tencent": content.tencent_template}
    return Template(content.text, {carrier: name for carrier, name in names.items() if name})
