"""What people of a crowd are called, and what they ask: by number."""

from __future__ import annotations

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"


def name_of(number: int) -> str:
    """The doctor of that number: 沈0007."""
    return f"{SURNAMES[number % len(SURNAMES)]}{number:04d}"


def question_of(number: int) -> str:
    """The frequent question of that number."""
    return f"第 {number:04d} 个问题：怎么复诊？"
