"""The first letters of how Chinese words are read: amxljn for 阿莫西林胶囊.

Which of its readings a character has is decided by the word it stands in, with the phrases of `pypinyin` (重组 cz,
大黄 dh, 阿胶 ej) and those below, which it does not know. Whoever types may still think of each character alone
(重组 zz): that reading finds the entry too. What the hospital itself says (拼音码) holds before both.
"""

from __future__ import annotations

import unicodedata
from types import MappingProxyType

_WORDS = MappingProxyType({"长效": "cx", "茄": "q"})
"""Words of drugs and diseases whose characters `pypinyin` reads otherwise."""
_LETTERS = MappingProxyType({"α": "a", "β": "b", "γ": "g", "δ": "d", "ε": "e", "κ": "k", "λ": "l", "μ": "m", "ω": "w"})
"""What is typed for Greek letters."""


def initials_of(name: str) -> str:
    """The initials of a name, read as words; Latin letters and digits stand for themselves."""
    plain = _plain(name)
    for word, said in _WORDS.items():
        plain = plain.replace(word, said)
    return _read(plain)


def other_initials_of(name: str) -> str:
    """The initials of a name, each character read alone."""
    return "".join(_read(letter) for letter in _plain(name))


def _plain(name: str) -> str:
    """Ⅱ is II, ₁ is 1, β is b."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(_LETTERS.get(letter, letter) for letter in folded)


def _read(text: str) -> str:
    from pypinyin import Style, lazy_pinyin  # its words take a third of a second, and who only looks up needs none

    letters = "".join(lazy_pinyin(text, style=Style.FIRST_LETTER))
    return "".join(letter for letter in letters if letter.isascii() and letter.isalnum())
