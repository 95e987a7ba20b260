"""Sensitive words: pure. An organisation keeps a list; each word says what happens to a text that holds it.

Words are found however they are dressed: in capitals, in full width, with spaces, points or marks of width nought
between the letters. A word of Latin letters counts only as a word of its own. Lists are short (some hundred words) and
texts too, so they are searched one after the other.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

Act = Literal["block", "mask", "flag"]
COVER = "*"
_DROPPED = frozenset("CZPSM")  # marks, spaces, signs: what dresses a word and is no letter of it


@dataclass(frozen=True)
class SensitiveWord:
    """A word of the list. `id` is the item's, which a finding names in place of the word."""

    id: str
    text: str
    act: Act


@dataclass(frozen=True)
class Verdict:
    """What becomes of a text: refused, or sent as `text`; `flagged` are the words for whose sake somebody should look
    at it."""

    text: str
    blocked: bool = False
    flagged: tuple[str, ...] = ()


def judged(text: str, words: Iterable[SensitiveWord]) -> Verdict:
    """The verdict of a list on a text."""
    bare, places = _bare(text)
    shown, blocked, flagged = list(text), False, []
    for word in words:
        for first, last in _found(text, bare, places, _bare(word.text)[0]):
            if word.act == "block":
                blocked = True
            elif word.act == "flag":
                flagged.append(word.id)
            else:
                shown[first : last + 1] = COVER * (last + 1 - first)
    return Verdict("".join(shown), blocked, tuple(dict.fromkeys(flagged)))


def _bare(text: str) -> tuple[str, list[int]]:
    """The letters and digits of a text in one dress, and where each stands in it."""
    letters, places = [], []
    for place, character in enumerate(text):
        for letter in unicodedata.normalize("NFKC", character).casefold():
            if unicodedata.category(letter)[0] not in _DROPPED:
                letters.append(letter)
                places.append(place)
    return "".join(letters), places


def _found(text: str, bare: str, places: list[int], word: str) -> Iterator[tuple[int, int]]:
    """(first, last) place in `text` of each time that the word stands there."""
    start = bare.find(word) if word else -1
    while start >= 0:
        first, last = places[start], places[start + len(word) - 1]
        if not (_goes_on(text, first - 1, word[0]) or _goes_on(text, last + 1, word[-1])):
            yield first, last
        start = bare.find(word, start + 1)


def _goes_on(text: str, place: int, letter: str) -> bool:
    """Whether a Latin word that ends with `letter` goes on at that place."""
    return letter.isascii() and 0 <= place < len(text) and text[place].isascii() and text[place].isalnum()
