"""Sensitive words are found however they are dressed, and nothing else is."""

from __future__ import annotations

import pytest

from hospital.conversations.words import Act, SensitiveWord, Verdict, judged

pytestmark = pytest.mark.unit


def on(text: str, *words: str, act: Act = "block") -> Verdict:
    return judged(text, [SensitiveWord(f"ref_{number}", word, act) for number, word in enumerate(words)])


@pytest.mark.parametrize(
    "text",
    ["加微信聊", "加 微 信", "加.微\u200b信", "加\u2060微\n信", "【加】微～信", "先说一句，加微信。"],
)
def test_a_word_is_found_however_it_is_dressed(text):
    assert on(text, "加微信").blocked


@pytest.mark.parametrize("text", ["VIAGRA", "ｖｉａｇｒａ", "v.i.a.g.r.a", "买viagra吗", "viagra!"])
def test_latin_letters_too(text):
    assert on(text, "Viagra").blocked


@pytest.mark.parametrize(
    ("text", "word"), [("class", "ass"), ("assess", "ass"), ("微信", "加微信"), ("加我的微信", "加微信"), ("", "加")]
)
def test_nothing_else_is_found(text, word):
    assert on(text, word) == Verdict(text)


def test_a_word_of_signs_alone_is_found_nowhere():
    assert on("…… !!", "!!", " ") == Verdict("…… !!")


def test_a_masked_word_is_covered_with_its_dress_and_the_rest_stays():
    assert on("请加 微信 123，谢谢", "加微信", act="mask").text == "请**** 123，谢谢"
    assert on("ＡＢＣ、abc", "abc", act="mask").text == "***、***"


def test_a_flag_names_the_items_and_leaves_the_text():
    verdict = on("自杀，自杀，轻生", "自杀", "轻生", "投诉", act="flag")
    assert verdict == Verdict("自杀，自杀，轻生", flagged=("ref_0", "ref_1"))


def test_each_word_acts_for_itself():
    words = [
        SensitiveWord("a", "广告", "mask"),
        SensitiveWord("b", "轻生", "flag"),
        SensitiveWord("c", "毒品", "block"),
    ]
    assert judged("广告轻生", words) == Verdict("**轻生", flagged=("b",))
    assert judged("广告毒品", words).blocked
