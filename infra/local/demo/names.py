"""Names and phone numbers for made-up people, as they are in China: surnames by how often they occur, given names by
generation. Numbers have 0000 in their middle, so that nobody's real phone rings."""

from __future__ import annotations

import random
from typing import Literal

Sex = Literal["female", "male"]

_SURNAMES = (
    ("王李张刘陈", 8), ("杨黄赵吴周", 5), ("徐孙马朱胡林郭何高罗", 3), ("郑梁谢宋唐许邓韩冯曹", 2),
    ("彭曾萧田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛", 1),
)  # fmt: skip
_GIVEN: dict[tuple[Sex, int], str] = {
    ("female", 1965): "秀英 桂兰 玉梅 淑珍 凤英 秀珍 玉兰 桂英 素芬 月娥 翠花 春梅 淑华 玉珍 美玲 惠芳 秀芳 桂珍",
    ("male", 1965): "建国 国庆 志强 德明 玉祥 建军 国华 福生 长林 文忠 秀山 根生 振华 永福 德胜 家富 学文 保国",
    ("female", 1985): "丽 敏 静 燕 艳 红梅 晓燕 海燕 丽娟 雪梅 春燕 建华 丽萍 慧 玲 文娟 小红 志芳 亚萍 金凤",
    ("male", 1985): "伟 强 军 勇 磊 斌 建华 志刚 海波 晓东 文军 立新 永强 国强 俊杰 小军 剑锋 明亮 卫东 宏伟",
    ("female", 2010): "婷婷 雪 莹 佳 欣怡 思雨 晨曦 雅琪 梦洁 诗涵 佳慧 静怡 晓彤 雨婷 紫萱 可欣 若曦 一诺",
    ("male", 2010): "浩 宇 鹏 杰 俊豪 子轩 宇航 浩然 博文 天翔 嘉豪 逸飞 泽宇 文博 明轩 晨阳 家明 一鸣",
}
_PREFIXES = ("130", "133", "135", "136", "137", "138", "139", "150", "151", "152", "158", "159", "177", "180", "186")


def name_of(draw: random.Random, sex: Sex, born: int) -> str:
    """A name that somebody born in that year may have."""
    surname = draw.choices([one for one, _ in _surnames()], [weight for _, weight in _surnames()])[0]
    generation = min(year for _, year in _GIVEN if born <= year or year == 2010)
    return surname + draw.choice(_GIVEN[sex, generation].split())


def phone_of(draw: random.Random, taken: set[str]) -> str:
    """A number that nobody in `taken` has; it is added there."""
    while True:
        number = f"{draw.choice(_PREFIXES)}0000{draw.randrange(10_000):04d}"
        if number not in taken:
            taken.add(number)
            return number


def _surnames() -> list[tuple[str, int]]:
    return [(one, weight) for group, weight in _SURNAMES for one in group]
