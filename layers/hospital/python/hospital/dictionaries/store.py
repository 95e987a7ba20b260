"""Where dictionaries are kept."""

from __future__ import annotations

from collections.abc import Iterable

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path

from hospital import ids
from hospital.dictionaries import keys
from hospital.dictionaries.declared import DICTIONARIES, Dictionary
from hospital.dictionaries.errors import EntryCodeTaken, EntryNotFound, EntryUnknown, EntryUsed
from hospital.dictionaries.model import EarlierEntry, Entry, EntryCode, EntryUse, FoundRow
from hospital.dictionaries.terms import asked
from hospital.errors import ChangedMeanwhile
from hospital.paging import CursorUnknown, Page, decode_cursor, encode_cursor
from hospital.records import Key
from hospital.table import Collection
from hospital.work import Work

entries = Collection(
    Entry,
    "reference",
    key=lambda entry: keys.entry_key(entry.id),
    lists={
        "all": lambda entry: Key(
            keys.entries_key(entry.dictionary, entry.organisation_id, retired=entry.retired),
            f"{entry.code}#{entry.id}",
        ),
        "of_his_code": lambda entry: _by_his_code(entry),
    },
)
found_rows = Collection(
    FoundRow,
    "reference",
    key=lambda row: Key(
        keys.term_pk(row.dictionary, row.organisation_id, row.term, retired=row.retired), f"{row.term}#{row.id}"
    ),
    audited=False,  # says nothing that the entry does not
)
earlier_entries = Collection(
    EarlierEntry,
    "reference",
    key=lambda one: keys.earlier_key(one.id, one.version),
    audited=False,  # what the entry's own lines tell of
)
codes = Collection(
    EntryCode,
    "reference",
    key=lambda claim: keys.code_key(claim.id),
    audited=False,  # says nothing that the entry's own line does not
)
uses = Collection(
    EntryUse,
    "reference",
    key=lambda use: keys.use_key(use.id),
    audited=False,  # a count of records that have lines of their own
)


def _by_his_code(entry: Entry) -> Key | None:
    his_code = entry.content["his_code"]
    return Key(keys.his_code_key(entry.dictionary, entry.organisation_id, his_code), entry.id) if his_code else None


# -- reading ----------------------------------------------------------------------------------------------------------


def get_entry(dictionary: Dictionary, organisation_id: str, entry_id: str) -> Entry:
    """The entry, in use or not; `EntryNotFound` when it is none of that dictionary and organisation."""
    entry = entries.get(keys.entry_key(entry_id)) if ids.is_id(entry_id) else None
    if entry is None or (entry.dictionary, entry.organisation_id) != (dictionary.name, organisation_id):
        raise EntryNotFound
    return entry


def search(
    dictionary: Dictionary, organisation_id: str, query: str, *, retired: bool, cursor: str | None, limit: int
) -> Page[FoundRow]:
    """The entries that a query finds, by the terms they are found by: one query of one partition. A page may hold fewer
    than `limit` where one entry answers more than once."""
    begin = asked(query)
    if not begin:
        return Page(items=[])
    first = begin
    if cursor:
        (after,) = decode_cursor(cursor, 1)
        if not after.startswith(begin):
            raise CursorUnknown  # of another query
        first = f"{after}!"  # just behind it: ids hold no smaller sign
    partition = keys.term_pk(dictionary.name, organisation_id, begin, retired=retired)
    rows, all_of_them = found_rows.between(partition, first, f"{begin}\U0010ffff", limit=limit)
    going_on = None if all_of_them or not rows else encode_cursor(found_rows.key(rows[-1]).sk)
    return Page(items=[row for row in rows if row.answers_first(begin)], cursor=going_on)


def page_of_all(
    dictionary: Dictionary, organisation_id: str, *, retired: bool, cursor: str | None, limit: int
) -> Page[Entry]:
    """The entries by their codes."""
    partition = keys.entries_key(dictionary.name, organisation_id, retired=retired)
    return entries.page("all", partition, cursor=cursor, limit=limit)


def page_of_his_code(
    dictionary: Dictionary, organisation_id: str, his_code: str, *, cursor: str | None, limit: int
) -> Page[Entry]:
    """The entries that the HIS calls so, in use or not."""
    partition = keys.his_code_key(dictionary.name, organisation_id, his_code)
    return entries.page("of_his_code", partition, cursor=cursor, limit=limit)


def find_codes(dictionary: Dictionary, organisation_id: str, wanted: Iterable[str]) -> dict[str, Entry]:
    """The entries that have these codes (at most 100), by code, in use or not, in two reads."""
    claim_ids = {code: keys.code_claim_id(dictionary.name, organisation_id, code) for code in wanted}
    claims = {claim.id: claim for claim in codes.get_all(keys.code_key(one) for one in claim_ids.values())}
    held = {code: claims[one].entry_id for code, one in claim_ids.items() if one in claims}
    found = {entry.id: entry for entry in entries.get_all(keys.entry_key(one) for one in held.values())} if held else {}
    return {code: found[entry_id] for code, entry_id in held.items() if entry_id in found}


def need_codes(dictionary_name: str, organisation_id: str, wanted: Iterable[str]) -> dict[str, Entry]:
    """The entries in use that a record names by these codes; `EntryUnknown` (400) names the first that is none."""
    dictionary, named = DICTIONARIES[dictionary_name], list(dict.fromkeys(wanted))
    found = find_codes(dictionary, organisation_id, named)
    for code in named:
        if code not in found or found[code].retired:
            raise EntryUnknown(dictionary=dictionary_name, code=code)
    return found


def versions_of(entry: Entry, *, limit: int = 100) -> list[EarlierEntry]:
    """The entry as it is and as it was, the newest first."""
    now = EarlierEntry(
        id=entry.id,
        version=entry.version,
        content=entry.content,
        retired=entry.retired,
        changed_at=entry.changed_at,
    )
    first, last = (keys.earlier_key(entry.id, version) for version in (0, entry.version))
    earlier, _ = earlier_entries.between(first.pk, first.sk, last.sk, limit=limit, newest_first=True)
    return [now, *earlier]


# -- writing, within a transaction ------------------------------------------------------------------------------------


def add_entry(work: Work, dictionary: Dictionary, entry: Entry) -> Entry:
    """A new entry with the rows that find it; `EntryCodeTaken` by its field."""
    stored = work.add(entries, entry)
    _claim_codes(work, set(), stored)
    for row in stored.found_by(dictionary):
        work.add(found_rows, row)
    return stored


def change_entry(work: Work, dictionary: Dictionary, before: Entry, after: Entry) -> Entry:
    """The entry in its next version; the one before stays readable. `EntryCodeTaken`."""
    stored = work.change(entries, before, after)
    _claim_codes(work, _claims_of(before), stored)
    _give_up(work, before, _claims_of(before) - _claims_of(after))
    _keep_earlier(work, before)
    was = {found_rows.key(row): row for row in before.found_by(dictionary)}
    for row in stored.found_by(dictionary):
        held = was.pop(found_rows.key(row), None)
        if held is None:
            work.add(found_rows, row, after=before.version)
        else:
            work.change(found_rows, held, row)
    for row in was.values():
        work.remove(found_rows, row)
    return stored


def remove_entry(work: Work, dictionary: Dictionary, entry: Entry) -> Entry:
    """The entry goes, with all that finds it, if no record points at it; `EntryUsed`. As its last line tells it."""
    unused: Condition = uses["records"].does_not_exist() | (uses["records"] == 0)
    work.remove(entries, entry)
    work.check(uses, keys.use_key(entry.id), unused, otherwise=EntryUsed())
    _give_up(work, entry, _claims_of(entry))
    for row in entry.found_by(dictionary):
        work.remove(found_rows, row)
    return entry.having(version=entry.version + 1)


def count_use(work: Work, entry: Entry, by: int = 1) -> None:
    """A record that is written in the same transaction points at the entry, or does so no more (-1)."""
    stands: Condition = Path("pk").exists() & (entries["retired"] == False)  # noqa: E712 - a condition, not a truth
    if by > 0:
        unknown = EntryUnknown(dictionary=entry.dictionary, code=entry.code)
        work.check(entries, keys.entry_key(entry.id), stands, otherwise=unknown)
    always = Path("pk").does_not_exist() | Path("pk").exists()
    actions = [uses["records"].add(by), uses["id"].set(entry.id)]
    work.update(uses, keys.use_key(entry.id), actions, when=always, otherwise=ChangedMeanwhile())


def _keep_earlier(work: Work, entry: Entry) -> None:
    content = entry.model_dump(include={"id", "content", "retired", "changed_at"})
    work.add(earlier_entries, EarlierEntry(**content), after=entry.version - 1)


def _claims_of(entry: Entry) -> set[tuple[str, str]]:
    """(claim id, field) of the codes that no other entry may have: its own, and while it is in use that of the HIS."""
    at = entry.dictionary, entry.organisation_id
    held = {(keys.code_claim_id(*at, entry.code), "code")}
    his_code = entry.content["his_code"]
    return held | {(keys.his_claim_id(*at, his_code), "his_code")} if his_code and not entry.retired else held


def _claim_codes(work: Work, held: set[tuple[str, str]], entry: Entry) -> None:
    for claim_id, field in sorted(_claims_of(entry) - held):
        work.add(codes, EntryCode(id=claim_id, entry_id=entry.id), otherwise=EntryCodeTaken(field=field))


def _give_up(work: Work, entry: Entry, claims: set[tuple[str, str]]) -> None:
    for claim_id, _ in sorted(claims):
        work.remove(codes, EntryCode(id=claim_id, entry_id=entry.id), when=codes["entry_id"] == entry.id)
