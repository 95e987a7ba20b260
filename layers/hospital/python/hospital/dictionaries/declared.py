"""The register of dictionaries: one entry each. A new one is its schema and a few lines here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any, Literal

from hospital.declaring import Content, field
from hospital.dictionaries.errors import DictionaryUnknown

Code = Annotated[str, field("编码", "Code", min_length=1, max_length=40, pattern=r"^[A-Za-z0-9_.+*/-]+$")]
Name = Annotated[str, field("名称", "Name", min_length=1, max_length=80)]
Initials = Annotated[
    str, field("拼音码", "Pinyin initials", max_length=40, pattern=r"^[A-Za-z0-9]*$", description="留空时自动生成")
]
HisCode = Annotated[str, field("HIS 编码", "Code in the HIS", max_length=60)]


class Described(Content):
    """What every entry has. `initials` is what the hospital types for it (拼音码); left empty, it is worked out."""

    code: Code
    name: Name
    initials: Initials = ""
    his_code: HisCode = ""


class Drug(Described):
    """A drug as it is prescribed: one generic name, form, strength and maker (药品信息)."""

    trade_name: Annotated[str, field("商品名", "Trade name", max_length=40)] = ""
    category: Annotated[
        Literal["western", "patent", "herbal"], field("类别", "Category", "select")  # 西药 中成药 中药饮片
    ] = "western"
    dosage_form: Annotated[str, field("剂型", "Dosage form", max_length=20)] = ""
    strength: Annotated[str, field("规格", "Strength", max_length=60)] = ""
    unit: Annotated[str, field("包装单位", "Unit of sale", max_length=10)] = ""
    prescription: Annotated[Literal["rx", "otc"], field("处方药", "Prescription", "select")] = "rx"
    approval_number: Annotated[str, field("批准文号", "Approval number", max_length=40)] = ""
    company_code: Annotated[str, field("药企编码", "Code of the company", max_length=40)] = ""


class DrugCompany(Described):
    """Who makes or delivers drugs (药企信息)."""

    short_name: Annotated[str, field("简称", "Short name", max_length=40)] = ""
    credit_code: Annotated[
        str, field("统一社会信用代码", "Unified social credit code", pattern=r"^([0-9A-HJ-NPQRTUWXY]{18})?$")
    ] = ""
    licence: Annotated[str, field("许可证号", "Licence", max_length=60)] = ""
    address: Annotated[str, field("地址", "Address", max_length=120)] = ""
    phone: Annotated[str, field("电话", "Phone", max_length=40)] = ""


class Diagnosis(Described):
    """A disease or syndrome by which doctors diagnose (疾病诊断); codes as in the file that the hospital supplies."""

    other_name: Annotated[str, field("别名", "Other name", max_length=60)] = ""
    system: Annotated[Literal["icd10", "tcm"], field("编码体系", "System", "select")] = "icd10"


@dataclass(frozen=True)
class Dictionary:
    """A declared dictionary. `names` are the fields searched by their words; `shown` is what a found row tells."""

    name: str
    zh: str
    en: str
    schema: type[Described]
    id_prefix: str
    names: tuple[str, ...]
    shown: tuple[str, ...]
    words: Mapping[str, Mapping[str, str]]
    """Of fields that are choices: what files say for each value, in Chinese."""

    def shown_of(self, content: dict[str, Any]) -> dict[str, Any]:
        """What a found row tells of an entry with this content."""
        return {name: content[name] for name in ("code", "name", *self.shown)}

    def said_of(self, content: dict[str, Any]) -> list[str]:
        """An entry's line in a file: its fields in the order of the columns, choices by their words."""
        return [self._said(name, str(content[name])) for name in self.columns.values()]

    def _said(self, name: str, value: str) -> str:
        return next((word for word, meant in self.words.get(name, {}).items() if meant == value), value)

    @property
    def columns(self) -> dict[str, str]:
        """The columns of its files: the schema's fields by their Chinese titles, in their order."""
        return {str(rules.title): name for name, rules in self.schema.model_fields.items()}

    def field_of(self, title: str) -> str | None:
        """The field that a column of a file is for, by its title in either language."""
        return self.columns.get(title) or self._english.get(title.casefold())

    def english(self, name: str) -> str:
        """The title of a field in English."""
        extra = self.schema.model_fields[name].json_schema_extra
        return str(extra["x-title-en"]) if isinstance(extra, dict) else name

    @property
    def _english(self) -> dict[str, str]:
        return {self.english(name).casefold(): name for name in self.schema.model_fields}


class Register:
    """Dictionaries by their names."""

    def __init__(self, *dictionaries: Dictionary) -> None:
        self._dictionaries = MappingProxyType({one.name: one for one in dictionaries})

    def __getitem__(self, name: str) -> Dictionary:
        if name not in self._dictionaries:
            raise DictionaryUnknown
        return self._dictionaries[name]

    def __iter__(self) -> Iterator[Dictionary]:
        return iter(self._dictionaries.values())


DICTIONARIES = Register(
    Dictionary(
        "drugs",
        "药品",
        "Drugs",
        Drug,
        id_prefix="drg",
        names=("name", "trade_name"),
        shown=("trade_name", "strength", "dosage_form", "unit", "his_code"),
        words={
            "category": {"西药": "western", "中成药": "patent", "中药饮片": "herbal"},
            "prescription": {"处方药": "rx", "是": "rx", "非处方药": "otc", "否": "otc"},
        },
    ),
    Dictionary(
        "drug_companies",
        "药企",
        "Drug companies",
        DrugCompany,
        id_prefix="dco",
        names=("name", "short_name"),
        shown=("short_name", "credit_code", "his_code"),
        words={},
    ),
    Dictionary(
        "diagnoses",
        "疾病诊断",
        "Diagnoses",
        Diagnosis,
        id_prefix="dgn",
        names=("name", "other_name"),
        shown=("other_name", "system", "his_code"),
        words={"system": {"ICD-10": "icd10", "西医": "icd10", "中医": "tcm"}},
    ),
)
