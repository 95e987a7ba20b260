"""Pages: nothing is skipped or doubled, and a cursor that was not given out is refused."""

from __future__ import annotations

import base64
import json

import pytest

from hospital.paging import CursorUnknown, Paging, decode_cursor, encode_cursor
from hospital.work import Work
from tests.builders.cloud import client
from tests.builders.notes import Note, doctor, notes, owned_by

pytestmark = pytest.mark.store

OWNER = owned_by("per_owner")


def write(count: int) -> None:
    items = [notes.to_item(Note(id=f"not_{number}", number=number)) for number in range(count)]
    for start in range(0, count, 25):
        puts = [{"PutRequest": {"Item": item}} for item in items[start : start + 25]]
        client("dynamodb").batch_write_item(RequestItems={"test-clinical": puts})


def walk(limit: int, **asked: object) -> list[list[int]]:
    """The numbers on every page, by cursor."""
    pages, cursor = [], None
    while True:
        page = notes.page("of_owner", OWNER, cursor=cursor, limit=limit, **asked)
        assert len(page.items) <= limit
        pages.append([note.number for note in page.items])
        cursor = page.cursor
        if cursor is None:
            return pages


@pytest.mark.parametrize(("count", "limit"), [(0, 20), (1, 20), (20, 20), (21, 20), (40, 20), (7, 1), (101, 100)])
@pytest.mark.parametrize("newest_first", [False, True])
def test_every_item_comes_once_and_in_order(cloud, count, limit, newest_first):
    write(count)
    found = [number for page in walk(limit, newest_first=newest_first) for number in page]
    assert found == sorted(range(count), reverse=newest_first)


def test_two_thousand_items(cloud):
    write(2000)
    pages = walk(100)
    assert [number for page in pages for number in page] == list(range(2000))
    assert len(pages) <= 21
    # A filter that finds nothing for long gives up honestly: an empty page with a cursor says there is more to read.
    first = notes.page("of_owner", OWNER, limit=20, where=notes["number"] == 1999)
    assert first.items == [] and first.cursor is not None
    assert [number for page in walk(20, where=notes["number"] == 1999) for number in page] == [1999]


def test_items_that_tie_come_once(cloud):
    with Work(by=doctor(), doing="test.write") as work:
        for name in "abcdefg":
            work.add(notes, Note(id=f"not_{name}", number=5))
    first = notes.page("of_owner", OWNER, limit=2)
    second = notes.page("of_owner", OWNER, cursor=first.cursor, limit=3)
    third = notes.page("of_owner", OWNER, cursor=second.cursor, limit=3)
    assert third.cursor is None
    found = [note.id for page in (first, second, third) for note in page.items]
    assert found == [f"not_{name}" for name in "abcdefg"]


@pytest.mark.parametrize("keep", [1, 7, 50])
@pytest.mark.parametrize("limit", [6, 20])
def test_a_filter_neither_skips_nor_doubles(cloud, keep, limit):
    write(130)
    wanted = [number for number in range(130) if number % keep == 0][:90]
    found = [number for page in walk(limit, where=notes["number"].is_in(*wanted)) for number in page]
    assert found == wanted


def test_items_added_and_gone_between_pages_disturb_no_other(cloud):
    write(10)
    first = notes.page("of_owner", OWNER, limit=4)
    with Work(by=doctor(), doing="test.write") as work:
        work.remove(notes, first.items[3])
        work.add(notes, Note(id="not_new", number=3))
    rest = notes.page("of_owner", OWNER, cursor=first.cursor, limit=20)
    assert [note.number for note in rest.items if note.id != "not_new"] == [4, 5, 6, 7, 8, 9]


def test_an_owner_never_sees_anothers_items_by_a_cursor(cloud):
    with Work(by=doctor(), doing="test.write") as work:
        for number in range(4):
            work.add(notes, Note(id=f"not_a{number}", owner="per_a", number=number))
            work.add(notes, Note(id=f"not_b{number}", owner="per_b", number=number))
    stolen = notes.page("of_owner", owned_by("per_a"), limit=1).cursor
    seen = notes.page("of_owner", owned_by("per_b"), cursor=stolen, limit=20)
    assert {note.owner for note in seen.items} == {"per_b"}


@pytest.mark.parametrize(
    "parts",
    [
        ("a", "b", "c"),
        ("NOTE#1", "须知\u3000第一条", "词\u200d条"),
        ("line\nbreak", "tab\t", "\u00a0"),
        ("😷" * 250, "x" * 1000, "'\"\\"),
    ],
)
def test_a_cursor_comes_back(parts):
    cursor = encode_cursor(*parts)
    assert cursor.isascii() and not set(cursor) & set("+/=")
    assert decode_cursor(cursor, 3) == list(parts)


def spelled(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "not a cursor",
        "%%%%",
        "\ud800",
        "游标",
        base64.urlsafe_b64encode(b"\xff\xfe\xfd").decode(),
        base64.urlsafe_b64encode(b"[" * 700).decode(),
        spelled(["a", "b"]),
        spelled(["a", "b", "c", "d"]),
        spelled(["a", "b", 3]),
        spelled(["a", "", "c"]),
        spelled(["a", "b", None]),
        spelled({"a": 1, "b": 2, "c": 3}),
        spelled("abc"),
        spelled(["a", "b", "x" * 1025]),
        spelled(["a", "b", "\ud800"]),
        spelled(["a", "b", "须" * 400]),
    ],
)
def test_a_cursor_that_was_not_given_out_is_refused(cursor):
    with pytest.raises(CursorUnknown):
        decode_cursor(cursor, 3)


def test_the_longest_sort_text_that_staff_can_write_makes_a_cursor_that_is_taken():
    assert Paging(cursor=encode_cursor("ITEM#ref_" + "0" * 26, "ITEM", "😷" * 60 + "#ref_" + "0" * 26)).cursor


def test_a_page_has_between_one_and_a_hundred_items():
    assert Paging().limit == 20
    for limit in (0, 101, -1):
        with pytest.raises(ValueError):
            Paging(limit=limit)
