"""Keys of dictionaries, in the table `reference`.

| who asks | key or list |
| --- | --- |
| an entry by id | `ENTRY#drg_1 / ENTRY` |
| an entry as it was in an earlier version | `ENTRY#drg_1 / WAS#0000000003` |
| the entries of a dictionary by their codes | list `all`: `ENTRIES#drugs#org_1#used / <code>#drg_1`, `…#retired` |
| the entries that the HIS calls so | list `of_his_code`: `HISCODE#drugs#org_1#<code> / drg_1` |
| the entries that a query finds | `TERM#drugs#org_1#used#<first letter> / <term>#drg_1` |
| which entry has a code, which entry in use a code of the HIS | `CODE#drugs#org_1#j45.9 / UNIQUE`, \
`CODE#drugs#org_1#HIS#h9 / UNIQUE` |
| whether records point at an entry | `USE#drg_1 / USE` |
| an import, a part of its file, its lines, what is wrong with them | `IMPORT#imp_1 / IMPORT`, `… / PART#0001`, \
`… / LINES#0001`, `… / WRONG#0001` |
| the imports of a dictionary, the newest first | list `all`: `IMPORTS#drugs#org_1 / imp_1` |
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from hospital.records import Key

_WAY: Mapping[bool, str] = MappingProxyType({False: "used", True: "retired"})


def entry_key(entry_id: str) -> Key:
    """An entry."""
    return Key(f"ENTRY#{entry_id}", "ENTRY")


def earlier_key(entry_id: str, version: int) -> Key:
    """An entry as it was."""
    return Key(f"ENTRY#{entry_id}", f"WAS#{version:010d}")


def entries_key(dictionary: str, organisation_id: str, *, retired: bool) -> str:
    """The partition of a dictionary's entries, in use or not."""
    return f"ENTRIES#{dictionary}#{organisation_id}#{_WAY[retired]}"


def his_code_key(dictionary: str, organisation_id: str, his_code: str) -> str:
    """The partition of the entries that the HIS calls so."""
    return f"HISCODE#{dictionary}#{organisation_id}#{his_code}"


def term_pk(dictionary: str, organisation_id: str, term: str, *, retired: bool) -> str:
    """The partition of the terms that begin with the same letter."""
    return f"TERM#{dictionary}#{organisation_id}#{_WAY[retired]}#{term[0]}"


def code_claim_id(dictionary: str, organisation_id: str, code: str) -> str:
    """The id of the claim of a code; large and small letters are one."""
    return f"{dictionary}#{organisation_id}#{code.casefold()}"


def his_claim_id(dictionary: str, organisation_id: str, his_code: str) -> str:
    """The id of the claim of a HIS code: no code holds a sign of numbers."""
    return f"{dictionary}#{organisation_id}#HIS#{his_code.casefold()}"


def code_key(claim_id: str) -> Key:
    """The claim of a code."""
    return Key(f"CODE#{claim_id}", "UNIQUE")


def use_key(entry_id: str) -> Key:
    """Whether records point at an entry."""
    return Key(f"USE#{entry_id}", "USE")


def import_key(import_id: str) -> Key:
    """An import."""
    return Key(f"IMPORT#{import_id}", "IMPORT")


def imports_key(dictionary: str, organisation_id: str) -> str:
    """The partition of a dictionary's imports."""
    return f"IMPORTS#{dictionary}#{organisation_id}"


def piece_key(import_id: str, what: str, number: int) -> Key:
    """A numbered piece of an import: `PART`, `LINES` or `WRONG`."""
    return Key(f"IMPORT#{import_id}", f"{what}#{number:04d}")
