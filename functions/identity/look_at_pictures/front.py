"""The side with the portrait: its fields out of lines, by labels and by where they stand on the card.

Lines come with places as shares of the card's width, upright. A field that cannot be read is empty.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from types import MappingProxyType

from identity.look_at_pictures.lines import Line
from identity.look_at_pictures.numbers import born, found_number, is_right, sex_of

PEOPLES = (
    "汉", "蒙古", "回", "藏", "维吾尔", "苗", "彝", "壮", "布依", "朝鲜", "满", "侗", "瑶", "白", "土家", "哈尼",
    "哈萨克", "傣", "黎", "傈僳", "佤", "畲", "高山", "拉祜", "水", "东乡", "纳西", "景颇", "柯尔克孜", "土",
    "达斡尔", "仫佬", "羌", "布朗", "撒拉", "毛南", "仡佬", "锡伯", "阿昌", "普米", "塔吉克", "怒", "乌孜别克",
    "俄罗斯", "鄂温克", "德昂", "保安", "裕固", "京", "塔塔尔", "独龙", "鄂伦春", "赫哲", "门巴", "珞巴", "基诺",
)  # fmt: skip
"""The 56, as cards write them."""
_OLD_FORMS = MappingProxyType(str.maketrans("漢滿藏維蒙壯鮮達納東羅溫倫漠", "汉满藏维蒙壮鲜达纳东罗温伦汉"))
_SIMPLE = MappingProxyType(
    str.maketrans(
        "強國華東軍勝飛龍鳳麗偉傑濤輝寧陽陳張劉楊趙黃吳孫馬許鄧馮葉蔣蘇呂盧鍾譚陸範廖賈鄒韋龔邵萬錢湯賴顧龐藍閻齊賢雲澤軒宇賓慶廣遠運進連達義藝書曉"
        "曄慧憶懷愛歡樂榮興學寶貴財實夢嬌娛嵐島峽崗嶺帥師開關閱陰雙雞難電靈韓順須頭題風馳駿魯鮮鳴麥點兒倫債傳備傑創劉劍勁動勞務勳勵匯區協單衛廈歷厲",
        "强国华东军胜飞龙凤丽伟杰涛辉宁阳陈张刘杨赵黄吴孙马许邓冯叶蒋苏吕卢钟谭陆范廖贾邹韦龚邵万钱汤赖顾庞蓝阎齐贤云泽轩宇宾庆广远运进连达义艺书晓"
        "晔慧忆怀爱欢乐荣兴学宝贵财实梦娇娱岚岛峡岗岭帅师开关阅阴双鸡难电灵韩顺须头题风驰骏鲁鲜鸣麦点儿伦债传备杰创刘剑劲动劳务勋励汇区协单卫厦历厉",
    )
)
"""Old forms that the reader sees in new ones: cards of the mainland are written in the new."""
_LABELS = ("姓名", "性别", "民族", "出生", "住址", "公民身份号码")
_DATE = re.compile(r"(\d{4})年?(\d{1,2})月(\d{1,2})日?")
_NAME = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff·]{2,20}")
_DOTS = MappingProxyType(str.maketrans("•・.‧∙･●", "·······"))
_PORTRAIT_FROM = 0.64
"""Right of it (as a share of the width) nothing is written but the end of the number."""


def looks_like_front(lines: Iterable[Line]) -> int:
    """How many things are there that only this side has."""
    text = "".join(line.text for line in lines)
    has_number = any(found_number(line.text) for line in lines)
    return sum(label in text for label in ("姓名", "性别", "民族", "住址", "公民身份", "出生")) + 2 * has_number


def is_upside_down(lines: list[Line], height: float) -> bool:
    """The number stands at the bottom, the name at the top."""
    numbers = [line.y for line in lines if found_number(line.text) or "身份号" in line.text]
    names = [line.y for line in lines if "姓名" in line.text or "性别" in line.text]
    if numbers and names:
        return min(numbers) < max(names)
    if numbers:
        return min(numbers) < height / 2
    return bool(names) and min(names) > height * 0.6


def read_front(lines: list[Line]) -> dict[str, str]:
    """Field -> what stands there."""
    number, number_line = _number(lines)
    written = [line for line in lines if line is not number_line and line.left < _PORTRAIT_FROM]
    fields = {
        "name": _name(written),
        "sex": _sex(written),
        "ethnicity": _ethnicity(written),
        "birth_date": _birth_date(written),
        "address": _address(written, number_line),
        "number": number,
    }
    if is_right(number):  # what the number says too needs not be read twice
        fields["birth_date"] = fields["birth_date"] or f"{born(number)}"
        fields["sex"] = fields["sex"] or sex_of(number)
    return fields


def contradicts(fields: dict[str, str]) -> bool:
    """Whether the number says another sex or birth date than is written beside it."""
    number = fields["number"]
    if not is_right(number):
        return False
    return fields["birth_date"] != f"{born(number)}" or fields["sex"] != sex_of(number)


def _number(lines: list[Line]) -> tuple[str, Line | None]:
    found = [(number, line) for line in lines if (number := found_number(line.text)) is not None]
    right = [(number, line) for number, line in found if is_right(number)]
    if right or found:
        return (right or found)[-1]
    # In two pieces: what stands on one line at the bottom, from left to right.
    pieces = [line for line in lines if re.fullmatch(r"[\dXx]{4,}", line.text)]
    for first in pieces:
        row = sorted((line for line in pieces if abs(line.y - first.y) < first.height * 0.6), key=lambda line: line.x)
        number = found_number("".join(line.text for line in row))
        if number is not None and is_right(number):
            return number, first
    return "", None


def _name(lines: list[Line]) -> str:
    label = next((line for line in lines if "姓名" in line.text), None)
    if label is not None:
        own = _after(label.text, "姓名")
        text = own or _beside(lines, label, label.right)
    else:
        sex = next((line for line in lines if "性别" in line.text or "民族" in line.text), None)
        above = [line for line in lines if (sex is None or line.y < sex.y - sex.height * 0.6) and line.y < 0.2]
        text = above[-1].text[1:] if above and above[-1].text.startswith("名") else (above[-1].text if above else "")
    found = _NAME.search(text.translate(_DOTS).translate(_SIMPLE))
    return found[0].strip("·") if found and "居民身份证" not in text else ""


def _sex(lines: list[Line]) -> str:
    for line in lines:
        if "性别" in line.text:
            text = _after(line.text, "性别") or _beside(lines, line, line.right)
            return next((letter for letter in text if letter in "男女"), "")
    alone = next((line.text for line in lines if line.text in ("男", "女", "别男", "别女")), "")
    return alone[-1:]


def _ethnicity(lines: list[Line]) -> str:
    for line in lines:
        for label in ("民族", "族"):
            if label in line.text:
                text = (_after(line.text, label) or _beside(lines, line, line.right)).translate(_OLD_FORMS)
                return _known_people(text)
    return ""


def _known_people(text: str) -> str:
    """One of the 56: as written, or the one that differs from it in a letter of several."""
    starts = [people for people in PEOPLES if text.startswith(people)]
    if starts:
        return max(starts, key=len)
    near = [
        people
        for people in PEOPLES
        if len(people) == len(text) > 1 and sum(a != b for a, b in zip(people, text, strict=True)) == 1
    ]
    return near[0] if len(near) == 1 else ""


def _birth_date(lines: list[Line]) -> str:
    """Also when year, month and day were read as several pieces."""
    label = next((line for line in lines if "出生" in line.text), None)
    rows = [line.text for line in lines]
    if label is not None:
        rows = [label.text + _beside(lines, label, label.left + 0.001, everything=True), *rows]
    for text in rows:
        found = _DATE.search(text)
        if found and 1 <= int(found[2]) <= 12 and 1 <= int(found[3]) <= 31:
            return f"{int(found[1]):04d}-{int(found[2]):02d}-{int(found[3]):02d}"
    return ""


def _address(lines: list[Line], number: Line | None) -> str:
    """Between birth and number, in the order of reading."""
    low = max((line.y for line in lines if _DATE.search(line.text) or "出生" in line.text), default=None)
    label = next((line for line in lines if "住址" in line.text), None)
    if low is None:
        low = label.y - label.height if label is not None else 0.28
    high = number.y - number.height * 0.5 if number is not None else 1.0
    within = [
        line
        for line in lines
        if low + line.height * 0.5 < line.y < high and "公民身份" not in line.text and "身份号码" not in line.text
    ]
    rows: list[list[Line]] = []
    for line in sorted(within, key=lambda one: one.y):
        if rows and abs(rows[-1][0].y - line.y) < 0.5 * max(line.height, rows[-1][0].height):
            rows[-1].append(line)
        else:
            rows.append([line])
    text = "".join(line.text for row in rows for line in sorted(row, key=lambda one: one.x))
    return re.sub(r"^[住佳往]?[址止]|住址", "", text).translate(_SIMPLE)


def _after(text: str, label: str) -> str:
    """What follows the label, up to the next one."""
    rest = text.partition(label)[2]
    for other in _LABELS:
        rest = rest.partition(other)[0]
    return rest.strip(":：")


def _beside(lines: list[Line], label: Line, beyond: float, *, everything: bool = False) -> str:
    """What stands to the right of a label, on its row."""
    row = [
        line
        for line in lines
        if line is not label and line.x > beyond and abs(line.y - label.y) < 0.75 * max(line.height, label.height)
    ]
    row.sort(key=lambda line: line.x)
    return "".join(line.text for line in row) if everything else next((line.text for line in row), "")
