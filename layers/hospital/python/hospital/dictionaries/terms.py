"""By which terms an entry is found: pure. A query is the beginning of a term.

| what is typed | terms |
| --- | --- |
| the name, from any of its letters on: 莫西林 for 阿莫西林胶囊 | each end of each name: 莫西林胶囊, 西林胶囊 … |
| pinyin initials, from the first on: amxl | amxljn, and those of each character read alone where they differ |
| the code, from the first sign on: j45 | j45.901 |
| the code of the hospital's own system, likewise | h9 |

Each term is a row of about 400 bytes beside the entry, so what it costs is the length of its names: an entry of 8
letters has 10 terms. Reading is what this is for: a page is one query of as many rows as it shows, however large the
dictionary is. (Pairs of letters would need no fewer rows and a filter behind them, which reads what it throws away.)
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

from hospital.dictionaries.pinyin import initials_of, other_initials_of

LONGEST = 16
"""Letters of a term and of what is asked; what is typed behind them is not compared."""
MOST = 40
"""Terms of one entry: all of them leave and come in one transaction (of 100 writes), in use and retired."""
_KEPT = ".+*/_-"


def plain(text: str) -> str:
    """Text as it is compared: full and half width, large and small are one, spaces and brackets are none."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in folded if letter.isalnum() or letter in _KEPT)


def asked(text: str) -> str:
    """What somebody types, as terms begin with it; empty when there is nothing to look for."""
    return plain(text)[:LONGEST]


def terms_of(code: str, names: Iterable[str], initials: str, his_code: str = "") -> tuple[str, ...]:
    """The terms of an entry, sorted, none twice. Codes and initials come first when there are too many."""
    told = [plain(name) for name in names if name]
    read = [plain(initials)] if initials else [initials_of(told[0]), other_initials_of(told[0])]
    first = [plain(code), plain(his_code), *read]
    ends = [end for name in told for end in _ends(name)]
    found = list(dict.fromkeys(term[:LONGEST] for term in [*first, *told, *ends] if term))
    return tuple(sorted(found[:MOST]))


def smaller(term: str, terms: Iterable[str]) -> tuple[str, ...]:
    """The entry's other terms before this one in the same partition: by them a row knows that another row of its entry
    already answers the same query (维生素 in 维生素B与维生素C)."""
    return tuple(other for other in terms if other < term and other[0] == term[0])


def _ends(name: str) -> Iterator[str]:
    """The name from each letter on, words of Latin letters and numbers kept whole."""
    for at in range(1, len(name)):
        if not (_is_latin(name[at]) and _is_latin(name[at - 1])):
            yield name[at:]


def _is_latin(letter: str) -> bool:
    return letter.isascii()
