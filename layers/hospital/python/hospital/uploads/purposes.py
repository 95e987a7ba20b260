"""What an upload is for: that decides what of it is taken, how large, and how long it is kept.

Whoever sends it names a place: a conversation, or a paper of a member of staff. Who may send there is asked in the use
case, which knows the place; the rest of the way, from the quarantine to the lock, is the same for all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from hospital.uploads.errors import NothingInIt, TypeUnsupported, UploadTooLarge
from hospital.uploads.formats import FORMATS, UNKNOWN, Format, UploadType, plain_media_type, suffix_of

PurposeName = Literal["conversation", "paper"]

MEGABYTE = 1_000_000
KEEP = timedelta(days=3 * 366)
"""What was said in a consultation is kept three years (KEEP-3Y), and as long by what somebody served patients."""


@dataclass(frozen=True)
class Purpose:
    """What one place takes: `largest` bytes of each type, and of documents only those formats, unless it is empty."""

    name: PurposeName
    largest: Mapping[UploadType, int]
    documents: frozenset[str] = frozenset()
    keep: timedelta = KEEP

    def takes(self, one: Format, type_: UploadType) -> bool:
        """Whether content of that format is taken as that type."""
        if type_ not in self.largest or type_ not in one.types:
            return False
        return type_ != "file" or not self.documents or one.name in self.documents

    def check_asked(self, type_: UploadType, size: int, media_type: str, name: str) -> None:
        """What can be refused before a byte is sent: `TypeUnsupported`, `NothingInIt`, `UploadTooLarge`."""
        claimed = plain_media_type(media_type)
        taken = [one for one in FORMATS.values() if self.takes(one, type_)]
        by_claim = any(claimed in one.claims for one in taken)
        if type_ == "file":
            suffix = suffix_of(name)
            by_claim = bool(taken) and (by_claim or claimed == UNKNOWN)
            if not by_claim or (suffix and not any(suffix in one.suffixes for one in taken)):
                raise TypeUnsupported(media_type=claimed)
        elif not by_claim:
            raise TypeUnsupported(media_type=claimed)
        self.check_size(type_, size)

    def check_size(self, type_: UploadType, size: int) -> None:
        """`NothingInIt` for no bytes, `UploadTooLarge` for too many."""
        if size <= 0:
            raise NothingInIt
        if size > self.largest[type_]:
            raise UploadTooLarge(limit_bytes=self.largest[type_])

    def agrees(self, found: Format, type_: UploadType, media_type: str, name: str) -> bool:
        """Whether content of that format is what its sender said, and taken here.

        Pictures and recordings are written anew, so one picture format under the name of another is fine; a document
        is handed on as it came, so that its name and claimed type must be its own.
        """
        if not self.takes(found, type_):
            return False
        if type_ != "file":
            return True
        claimed, suffix = plain_media_type(media_type), suffix_of(name)
        return (claimed == UNKNOWN or claimed in found.claims) and (not suffix or suffix in found.suffixes)


def _by_name(*purposes: Purpose) -> Mapping[PurposeName, Purpose]:
    return {one.name: one for one in purposes}


PURPOSES: Mapping[PurposeName, Purpose] = _by_name(
    Purpose(
        "conversation",
        {"image": 20 * MEGABYTE, "voice": 2 * MEGABYTE, "video": 50 * MEGABYTE, "file": 50 * MEGABYTE},
    ),
    Purpose("paper", {"image": 20 * MEGABYTE, "file": 20 * MEGABYTE}, documents=frozenset({"pdf"})),
)
