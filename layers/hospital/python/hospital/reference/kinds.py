"""The register of reference data: one entry a kind. A new kind is its schema and five lines here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import ValidationInfo, field_validator

from hospital.declaring import Content, field
from hospital.occasions import unknown_variables
from hospital.policy import Allow, can, signed_in
from hospital.reference.errors import KindUnknown

Order = Annotated[int, field("顺序", "Order", "number", ge=0, le=999_999)]
Code = Annotated[str, field("代码", "Code", min_length=1, max_length=40, pattern=r"^[A-Za-z0-9_.-]+$")]


class Title(Content):
    """A professional title (职称)."""

    code: Code
    name: Annotated[str, field("职称", "Title", min_length=1, max_length=20)]
    order: Order = 100


class PaperKind(Content):
    """A paper that staff have to show: who, and whether without it nobody is approved (执业证书、资格证书)."""

    code: Code
    name: Annotated[str, field("证件名称", "Name", min_length=2, max_length=40)]
    role: Annotated[Literal["doctor", "nurse", "pharmacist"], field("适用人员", "For", "select")]
    need: Annotated[Literal["required", "optional"], field("要求", "Needed", "select")] = "required"
    order: Order = 100


class MessageTemplate(Content):
    """The text of a message that leaves the house on an occasion (`hospital.occasions`), of which `code` is the name;
    `{doctor}` and the like are filled in. Carriers ask for texts beforehand, and give each a number."""

    code: Code
    channel: Annotated[Literal["sms", "inbox"], field("渠道", "Channel", "select")]
    text: Annotated[str, field("内容", "Text", "textarea", min_length=2, max_length=500)]
    on: Annotated[bool, field("启用", "On", "switch")] = True
    alibaba_template: Annotated[str, field("阿里云模板号", "Alibaba template", max_length=40)] = ""
    tencent_template: Annotated[str, field("腾讯云模板号", "Tencent template", max_length=40)] = ""

    @field_validator("text")
    @classmethod
    def _variables_are_known(cls, text: str, info: ValidationInfo) -> str:
        if unknown_variables(str(info.data.get("code", "")), text):
            raise ValueError("a variable that nothing is known of on this occasion")
        return text


class Faq(Content):
    """A question that patients ask, with its answer."""

    question: Annotated[str, field("问题", "Question", min_length=2, max_length=100)]
    answer: Annotated[str, field("回答", "Answer", "textarea", min_length=2, max_length=2000)]
    order: Order = 100


class RefusalReason(Content):
    """Why a doctor may decline an application."""

    code: Code
    words: Annotated[str, field("原因", "Reason", min_length=2, max_length=60)]
    order: Order = 100


class ConsultationNotice(Content):
    """What a patient reads and accepts before applying (咨询规则和注意事项)."""

    title: Annotated[str, field("标题", "Title", min_length=2, max_length=60)]
    text: Annotated[str, field("内容", "Text", "textarea", min_length=10, max_length=5000)]
    applies_to: Annotated[Literal["text_consultation"], field("适用于", "Applies to", "select")] = "text_consultation"


class QuickReply(Content):
    """A sentence that doctors say often, put into a message with one press."""

    text: Annotated[str, field("内容", "Text", "textarea", min_length=2, max_length=500)]
    order: Order = 100


class SensitiveWord(Content):
    """A word that may not simply stand in a message: the message is refused, the word covered, or somebody looks."""

    word: Annotated[str, field("词语", "Word", min_length=1, max_length=40, pattern=r"\w")]
    act: Annotated[Literal["block", "mask", "flag"], field("处理方式", "What happens", "select")] = "block"


@dataclass(frozen=True)
class Kind:
    """One kind of reference data. `read` and `write` have no default: a kind without a policy does not construct.

    `sort_by` names the field that lists are ordered by; `unique` a field that no two items of an organisation share.
    """

    name: str
    zh: str
    en: str
    schema: type[Content]
    read: Allow
    write: Allow
    per_organisation: bool
    sort_by: str
    unique: str | None = None
    id_prefix: str = "ref"

    def position(self, content: dict[str, Any]) -> str:
        """The sort text of an item with this content."""
        value = content[self.sort_by]
        return f"{value:06d}" if isinstance(value, int) else str(value)


class Registry:
    """Kinds by their names."""

    def __init__(self, *kinds: Kind) -> None:
        self._kinds = MappingProxyType({kind.name: kind for kind in kinds})

    def __getitem__(self, name: str) -> Kind:
        if name not in self._kinds:
            raise KindUnknown
        return self._kinds[name]

    def __iter__(self) -> Iterator[Kind]:
        return iter(self._kinds.values())


_STAFF_WRITE = can("reference:write")
_PLATFORM_WRITE = can("reference:write_platform")

KINDS = Registry(
    Kind(
        "paper_kinds",
        "证件种类",
        "Papers of staff",
        PaperKind,
        read=can("reference:read"),
        write=_PLATFORM_WRITE,
        per_organisation=False,
        sort_by="order",
        unique="code",
    ),
    Kind(
        "titles",
        "职称",
        "Professional titles",
        Title,
        read=signed_in,
        write=_STAFF_WRITE,
        per_organisation=True,
        sort_by="order",
        unique="code",
    ),
    Kind(
        "message_templates",
        "消息模板",
        "Message templates",
        MessageTemplate,
        read=can("reference:read"),
        write=_STAFF_WRITE,
        per_organisation=True,
        sort_by="code",
        unique="code",
    ),
    Kind("faqs", "常见问题", "FAQs", Faq, read=signed_in, write=_STAFF_WRITE, per_organisation=True, sort_by="order"),
    Kind(
        "refusal_reasons",
        "拒诊原因",
        "Refusal reasons",
        RefusalReason,
        read=can("reference:read"),
        write=_STAFF_WRITE,
        per_organisation=True,
        sort_by="order",
        unique="code",
    ),
    Kind(
        "quick_replies",
        "常用回复",
        "Quick replies",
        QuickReply,
        read=can("reference:read"),
        write=_STAFF_WRITE,
        per_organisation=True,
        sort_by="order",
    ),
    Kind(
        "sensitive_words",
        "敏感词",
        "Sensitive words",
        SensitiveWord,
        read=can("reference:read"),
        write=_STAFF_WRITE,
        per_organisation=True,
        sort_by="word",
        unique="word",
    ),
    Kind(
        "consultation_notices",
        "咨询须知",
        "Consultation notices",
        ConsultationNotice,
        read=signed_in,
        write=_STAFF_WRITE,
        per_organisation=True,
        sort_by="title",
    ),
)
