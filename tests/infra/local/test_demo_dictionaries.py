"""The demo's dictionaries: every line of their files is good, and the entries are found as people type."""

from __future__ import annotations

import pytest

from hospital.dictionaries.declared import DICTIONARIES
from hospital.dictionaries.store import search
from infra.local.demo.dictionary_sets import fill_dictionaries
from tests.builders.cloud import Cloud

pytestmark = pytest.mark.store


def names(dictionary: str, query: str) -> list[str]:
    page = search(DICTIONARIES[dictionary], "org_1", query, retired=False, cursor=None, limit=20)
    return [row.shown["name"] for row in page.items]


def test_the_demo_finds_what_people_type(cloud: Cloud):
    fill_dictionaries("org_1")
    assert names("drugs", "amxl") == names("drugs", "阿莫") == ["阿莫西林胶囊"]
    assert names("drugs", "地平") == ["硝苯地平控释片", "苯磺酸氨氯地平片"]
    assert names("drugs", "wssc") == ["维生素C片"]
    assert names("diagnoses", "高血压") == names("diagnoses", "i10") == ["特发性高血压"]
    assert names("diagnoses", "zqgxc") == names("diagnoses", "哮喘") == ["支气管哮喘"]
    assert names("diagnoses", "xmz") == ["荨麻疹"]
    assert names("drug_companies", "百草") == ["百草堂中药饮片有限公司"]
