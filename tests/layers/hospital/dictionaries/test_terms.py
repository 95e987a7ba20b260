"""By what an entry is found: pure."""

from __future__ import annotations

import pytest

from hospital.dictionaries.declared import DICTIONARIES
from hospital.dictionaries.pinyin import initials_of, other_initials_of
from hospital.dictionaries.terms import LONGEST, MOST, asked, smaller, terms_of

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("阿莫西林胶囊", "amxljn"),
        ("支气管哮喘", "zqgxc"),
        ("吡嗪酰胺片", "bqxap"),
        ("羟氯喹", "qlk"),
        ("荨麻疹", "xmz"),
        ("重庆药业", "cqyy"),
        ("维生素B12", "wssb12"),
        ("2型糖尿病", "2xtnb"),
        ("重组人胰岛素", "czryds"),
        ("阿胶颗粒", "ejkl"),
        ("长效颠茄片", "cxdqp"),
        ("β-内酰胺Ⅱ型", "bnxaiix"),
        ("䗪虫", "zc"),
        ("㐂林", "l"),  # a character of no list is passed over
        ("", ""),
    ],
)
def test_how_names_are_read(name: str, initials: str) -> None:
    assert initials_of(name) == initials


def test_who_reads_each_character_alone_finds_it_too() -> None:
    assert other_initials_of("重组人胰岛素") == "zzryds"
    terms = terms_of("D1", ["重组人胰岛素"], "")
    assert {"czryds", "zzryds"} <= set(terms)
    assert not {"czryds", "zzryds"} & set(terms_of("D1", ["重组人胰岛素"], "RYDS"))


def test_the_code_of_the_hospitals_own_system_is_a_term() -> None:
    assert "h-9" in terms_of("D1", ["甲"], "", "H-9")


def test_the_terms_of_an_entry() -> None:
    terms = terms_of("D001", ["维生素B12片", "弥可保"], "")
    assert set(terms) == {
        "d001",
        "wssb12p",
        "维生素b12片",
        "生素b12片",
        "素b12片",
        "b12片",  # Latin letters and digits are one word
        "片",
        "弥可保",
        "可保",
        "保",
    }
    assert terms == tuple(sorted(terms))


def test_an_entry_has_no_more_terms_than_two_of_its_versions_fit_into_a_transaction() -> None:
    terms = terms_of("X" * 40, ["".join(chr(0x4E00 + n) for n in range(80)), "一" * 60], "abc")
    assert len(terms) == MOST
    assert {"abc", "x" * LONGEST} <= set(terms)
    assert max(map(len, terms)) == LONGEST


@pytest.mark.parametrize(
    ("typed", "begin"),
    [
        ("ＡＢ c", "abc"),
        ("（阿莫）", "阿莫"),
        ("J45.9", "j45.9"),
        ("；·", ""),
        ("长" * 40, "长" * LONGEST),
        ("㐂", "㐂"),
    ],
)
def test_what_is_typed(typed: str, begin: str) -> None:
    assert asked(typed) == begin


def test_a_row_knows_what_answered_before() -> None:
    terms = ("维生素b与维生素c", "维生素c", "b与维生素c")
    assert smaller("维生素c", terms) == ("维生素b与维生素c",)
    assert smaller("b与维生素c", terms) == ()


def test_what_files_say_comes_out_as_it_went_in() -> None:
    for dictionary in DICTIONARIES:
        content = dictionary.schema(code="A1", name="甲").model_dump(mode="json")
        said = dict(zip(dictionary.columns.values(), dictionary.said_of(content), strict=True))
        for field, words in dictionary.words.items():
            assert words[said[field]] == content[field]
        assert set(dictionary.shown_of(content)) == {"code", "name", *dictionary.shown}
