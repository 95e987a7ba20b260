"""Messages of HL7 v2 as text (version 2.5.1, chapter 2): segments, fields, repetitions, components, escapes, charsets.

Written with the delimiters that the standard recommends, read with those that MSH-1 and MSH-2 name. The character set
is what MSH-18 states (table 0211); without it a message is ASCII.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

UTF_8 = "UNICODE UTF-8"
CHARSETS: Mapping[str, str] = {
    "": "ascii",
    "ASCII": "ascii",
    UTF_8: "utf-8",
    "GB 18030-2000": "gb18030",
    "GBK": "gbk",
    "GB2312": "gb2312",
}
"""What MSH-18 says -> Python's name. The last two stand in no table and in many a HIS."""
_ESCAPED: Mapping[str, str] = {"|": "\\F\\", "^": "\\S\\", "&": "\\T\\", "~": "\\R\\", "\\": "\\E\\"}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class NoMessage(ValueError):
    """What came is no message of HL7 v2, or not in the character set that it states."""


@dataclass(frozen=True)
class Delimiters:
    """Field, component, repetition, escape, sub-component."""

    field: str = "|"
    component: str = "^"
    repetition: str = "~"
    escape: str = "\\"
    sub: str = "&"

    def plain(self, text: str) -> str:
        """What an escaped text says; an escape that is unknown (highlighting and the like) says nothing."""
        if self.escape not in text:
            return text
        letters = {"F": self.field, "S": self.component, "R": self.repetition, "E": self.escape, "T": self.sub}
        letters |= {".br": "\n"}
        mark = re.escape(self.escape)
        return re.sub(f"{mark}([^{mark}]*){mark}", lambda found: letters.get(found[1], ""), text)


@dataclass(frozen=True)
class Field:
    """One repetition of a field, still escaped."""

    raw: str
    by: Delimiters

    def part(self, component: int = 1) -> str:
        """The text of a component, counted from 1 as the standard does; of sub-components the first."""
        parts = self.raw.split(self.by.component)
        if component > len(parts):
            return ""
        told = self.by.plain(parts[component - 1].split(self.by.sub)[0]).strip()
        return "" if told == '""' else told  # two quotes say that the value is deleted


@dataclass(frozen=True)
class Segment:
    """A segment; `fields[n]` is field n, `fields[0]` its name."""

    fields: tuple[str, ...]
    by: Delimiters

    @property
    def name(self) -> str:
        """Such as `PID`."""
        return self.fields[0]

    def all(self, field: int) -> list[Field]:
        """The repetitions of a field; none of one that is empty."""
        raw = self.fields[field] if field < len(self.fields) else ""
        return [Field(one, self.by) for one in raw.split(self.by.repetition)] if raw else []

    def text(self, field: int, component: int = 1) -> str:
        """A component of the first repetition."""
        return next((one.part(component) for one in self.all(field)), "")


@dataclass(frozen=True)
class Message:
    """A message: its segments in order."""

    segments: tuple[Segment, ...]

    def first(self, name: str) -> Segment:
        """The first segment of that name; an empty one when there is none."""
        return next((one for one in self.segments if one.name == name), Segment((name,), Delimiters()))

    def groups(self, begun_by: str) -> Iterator[Message]:
        """The parts that begin with such a segment, each up to the next."""
        part: list[Segment] = []
        for one in self.segments:
            if one.name == begun_by and part:
                yield Message(tuple(part))
                part = []
            if part or one.name == begun_by:
                part.append(one)
        if part:
            yield Message(tuple(part))

    def each(self, name: str) -> Iterator[Segment]:
        """All segments of that name."""
        return (one for one in self.segments if one.name == name)


def escaped(text: str) -> str:
    """A text as it stands in a component: delimiters escaped, what ends segments or frames a space."""
    return "".join(_ESCAPED.get(letter, letter) for letter in _CONTROL.sub(" ", text))


def written(segments: Iterable[Iterable[str]], charset: str) -> bytes:
    """Segments as bytes; fields are texts in which delimiters already mean what they do."""
    text = "".join("|".join(fields) + "\r" for fields in segments)
    return text.encode(CHARSETS[charset], "replace")


def read(message: bytes) -> Message:
    """The message. Raises `NoMessage`."""
    head = message.split(b"\r", 1)[0]
    if len(head) < 9 or not head.startswith(b"MSH"):
        raise NoMessage("it begins with no MSH")
    # No character set of the table writes the field separator otherwise, and up to MSH-18 nothing but codes stands.
    stated = head.split(head[3:4])
    charset = stated[17].split(b"~")[0].decode("ascii", "replace").strip().upper() if len(stated) > 17 else ""
    if charset not in CHARSETS:
        raise NoMessage("its character set is unknown")
    try:
        text = message.decode(CHARSETS[charset])
    except UnicodeDecodeError:
        raise NoMessage("it is not in the character set that it states") from None
    by = Delimiters(text[3], *text[4:8])
    if len({by.field, by.component, by.repetition, by.escape, by.sub}) < 5:
        raise NoMessage("its delimiters are not five")
    return Message(tuple(_segment(line, by) for line in re.split(r"[\r\n]+", text) if line.strip()))


def _segment(line: str, by: Delimiters) -> Segment:
    fields = line.split(by.field)
    if fields[0] == "MSH":  # its first field is the separator itself
        fields.insert(1, by.field)
    return Segment(tuple(fields), by)
