"""What stands on a made-up card, and the card itself as a picture of 1012 x 638 pixels (85.6 x 54 mm at 300 dpi).

Places of labels and fields follow GA 448-2013 (the look of the resident identity card), by eye; no real card was at
hand.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1012, 638
FONT = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
SIMPLIFIED = 2
"""The face of the font collection with the forms of the mainland."""
PORTRAIT = Path(__file__).parent / "portrait.jpg"
"""Cut from a portrait that NASA took of Eileen Collins and put into the public domain (S93-35519)."""
_BLUE, _INK = (52, 110, 165), (22, 22, 26)

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢"
    "姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙史陶贺顾毛郝龚邵万"
)
_GIVEN = (
    "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂文辉玲建国华红梅志春燕晓云飞龙海波宁鑫宇浩轩梓涵雨泽"
    "欣怡博子佳琪思远若曦俊凯嘉瑞雪松柏安康德福荣贵"
)
_LONG = ("买买提·吐尔逊", "阿依古丽·艾买提", "古力娜扎·拜合提亚尔", "扎西·多吉", "巴特尔·苏和")
_PEOPLES = ("汉",) * 9 + ("满", "回", "藏", "苗", "壮", "维吾尔", "蒙古", "朝鲜", "土家", "彝", "侗", "哈萨克")
_PLACES = (
    ("110101", "北京市东城区", "北京市公安局东城分局"),
    ("120101", "天津市和平区", "天津市公安局和平分局"),
    ("150102", "内蒙古呼和浩特市新城区", "呼和浩特市公安局新城区分局"),
    ("210102", "辽宁省沈阳市和平区", "沈阳市公安局和平分局"),
    ("310104", "上海市徐汇区", "上海市公安局徐汇分局"),
    ("320106", "南京市鼓楼区", "南京市公安局鼓楼分局"),
    ("330106", "杭州市西湖区", "杭州市公安局西湖区分局"),
    ("350203", "福建省厦门市思明区", "厦门市公安局思明分局"),
    ("370102", "济南市历下区", "济南市公安局历下区分局"),
    ("420106", "武汉市武昌区", "武汉市公安局武昌分局"),
    ("430682", "湖南省临湘市", "临湘市公安局"),
    ("440305", "广东省深圳市南山区", "深圳市公安局南山分局"),
    ("450103", "南宁市青秀区", "南宁市公安局青秀分局"),
    ("500103", "重庆市渝中区", "重庆市公安局渝中区分局"),
    ("510104", "成都市锦江区", "成都市公安局锦江区分局"),
    ("530102", "昆明市五华区", "昆明市公安局五华分局"),
    ("540102", "西藏自治区拉萨市城关区", "拉萨市公安局城关分局"),
    ("610113", "西安市雁塔区", "西安市公安局雁塔分局"),
    ("640104", "银川市兴庆区", "银川市公安局兴庆区分局"),
    ("650102", "乌鲁木齐市天山区", "乌鲁木齐市公安局天山区分局"),
)
_ROADS = ("建设路", "人民南路", "中山大道", "解放街", "学府路", "光明西街", "和平里中街", "滨江东路", "长安北路")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True)
class CardOf:
    """The fields of both sides, written as a reader should give them: dates as `YYYY-MM-DD`, `长期` without an end."""

    name: str
    sex: str
    ethnicity: str
    birth_date: str
    address: str
    number: str
    authority: str
    valid_from: str
    valid_until: str

    def side(self, side: str) -> dict[str, str]:
        """Field -> text of one side."""
        names = ("authority", "valid_from", "valid_until") if side == "back" else FRONT
        return {name: getattr(self, name) for name in names}


FRONT = ("name", "sex", "ethnicity", "birth_date", "address", "number")


def check_digit(first: str) -> str:
    """The 18th of 17 digits, by GB 11643-1999."""
    return "10X98765432"[sum(int(digit) * weight for digit, weight in zip(first, _WEIGHTS, strict=True)) % 11]


def made_card(seed: int, **differing: str) -> CardOf:
    """The card of somebody made up; the same for the same seed. `differing` fields are written over."""
    dice = random.Random(f"card {seed}")
    region, place, authority = dice.choice(_PLACES)
    birth = date(dice.randint(1938, 2009), dice.randint(1, 12), dice.randint(1, 28))
    ethnicity = dice.choice(_PEOPLES)
    long = ethnicity in ("维吾尔", "藏", "蒙古", "哈萨克") and dice.random() < 0.7
    surname, given = dice.choice(_SURNAMES), "".join(dice.sample(_GIVEN, dice.choice((1, 2, 2))))
    order = dice.randint(1, 999)
    digits = f"{region}{birth:%Y%m%d}{order:03d}"
    issued = date(dice.randint(2017, 2025), dice.randint(1, 12), dice.randint(1, 28))
    forever = issued.year - birth.year > 45
    return CardOf(
        **{
            "name": dice.choice(_LONG) if long else surname + given,
            "sex": "男" if order % 2 else "女",
            "ethnicity": ethnicity,
            "birth_date": birth.isoformat(),
            "address": f"{place}{dice.choice(_ROADS)}{dice.randint(1, 299)}号{dice.choice(('', _flat(dice)))}",
            "number": digits + check_digit(digits),
            "authority": authority,
            "valid_from": issued.isoformat(),
            "valid_until": "长期" if forever else issued.replace(year=issued.year + 20).isoformat(),
            **differing,
        }
    )


def _flat(dice: random.Random) -> str:
    return f"{dice.randint(1, 18)}号楼{dice.randint(1, 5)}单元{dice.randint(1, 28)}0{dice.randint(1, 4)}室"


def drawn_front(card: CardOf, portrait: Image.Image | None = None, *, temporary: bool = False) -> Image.Image:
    """The side with the portrait."""
    picture = _ground(1)
    draw = ImageDraw.Draw(picture)
    year, month, day = (int(part) for part in card.birth_date.split("-"))
    if temporary:
        draw.text((330, 14), "临时居民身份证", font=font(30), fill=_INK)
    _pair(draw, 72, "姓名", card.name, size=42)
    _pair(draw, 150, "性别", card.sex)
    _text(draw, (392, 154), "民族", 30, _BLUE)
    _text(draw, (470, 150), card.ethnicity, 36, _INK)
    _text(draw, (60, 232), "出生", 30, _BLUE)
    for x, text, label in ((150, str(year), "年"), (292, str(month), "月"), (382, str(day), "日")):
        _text(draw, (x, 228), text, 36, _INK)
        _text(draw, (x + (92 if label == "年" else 46), 232), label, 30, _BLUE)
    _text(draw, (60, 312), "住址", 30, _BLUE)
    for number, line in enumerate(card.address[at : at + 11] for at in range(0, len(card.address), 11)):
        _text(draw, (150, 308 + 50 * number), line, 36, _INK)
    _text(draw, (60, 542), "公民身份号码", 30, _BLUE)
    for place, digit in enumerate(card.number):
        _text(draw, (346 + place * 32, 534), digit, 42, _INK)
    picture.paste((portrait or own_portrait()).convert("RGB").resize((290, 360)), (660, 90))
    return picture


def drawn_back(card: CardOf, *, temporary: bool = False) -> Image.Image:
    """The side with the emblem."""
    picture = _ground(2)
    draw = ImageDraw.Draw(picture)
    draw.ellipse((66, 60, 226, 220), fill=(196, 60, 48))
    draw.ellipse((92, 86, 200, 194), fill=(220, 92, 70))
    draw.polygon([(146, 100), (156, 132), (188, 132), (162, 152), (172, 184), (146, 164)], fill=(238, 200, 90))
    _text(draw, (330, 70), "中华人民共和国", 56, _INK)
    _text(draw, (300, 160), "临时居民身份证" if temporary else "居民身份证", 76, _INK)
    _text(draw, (170, 446), "签发机关", 30, _INK)
    _text(draw, (330, 442), card.authority, 36, _INK)
    _text(draw, (170, 530), "有效期限", 30, _INK)
    until = card.valid_until if card.valid_until == "长期" else card.valid_until.replace("-", ".")
    _text(draw, (330, 526), f"{card.valid_from.replace('-', '.')}-{until}", 36, _INK)
    return picture


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """The font of everything that is printed on a card."""
    return ImageFont.truetype(str(FONT), size, index=SIMPLIFIED)


@cache
def own_portrait() -> Image.Image:
    """The one face that may be shown here."""
    with Image.open(PORTRAIT) as picture:
        return picture.convert("RGB")


def _pair(draw: ImageDraw.ImageDraw, y: int, label: str, text: str, size: int = 36) -> None:
    _text(draw, (60, y + 4), label, 30, _BLUE)
    _text(draw, (150, y - (size - 36) // 2), text, size, _INK)


def _text(draw: ImageDraw.ImageDraw, at: tuple[int, int], text: str, size: int, colour: tuple[int, int, int]) -> None:
    draw.text(at, text, font=font(size), fill=colour)


def _ground(seed: int) -> Image.Image:
    """Pale colours that run into each other, with fine waves over them."""
    picture = Image.new("RGB", (2, 2))
    picture.putdata([(226, 238, 246), (244, 232, 238), (236, 244, 232), (228, 234, 248)])
    picture = picture.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(picture)
    dice = random.Random(seed)
    for y in range(10, HEIGHT, 22):
        points, at = [], float(y)
        for x in range(0, WIDTH + 20, 20):
            at += dice.uniform(-4, 4)
            points.append((x, at))
        draw.line(points, fill=(208, 220, 234), width=2)
    return picture
