"""ID numbers and names as people type them: pure. Examples stand in GB 11643-1999, appendix B."""

from __future__ import annotations

from datetime import date

import pytest

from hospital.verifications.errors import IdNumberRefused, NameRefused
from hospital.verifications.id_number import check_digit, clean_name, parse_id_number
from tests.builders.numbers import an_id_number

pytestmark = pytest.mark.unit

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("number", "born", "sex"),
    [
        ("11010519491231002X", date(1949, 12, 31), "female"),
        ("440524188001010014", date(1880, 1, 1), "male"),
    ],
)
def test_the_examples_of_the_standard(number: str, born: date, sex: str):
    assert check_digit(number[:17]) == number[17]
    if born.year < 1890:
        with pytest.raises(IdNumberRefused, match=r"id_number"):
            parse_id_number(number, TODAY)
    else:
        read = parse_id_number(number, TODAY)
        assert (read.birth_date, read.sex, read.masked) == (born, sex, "110***********002X")


@pytest.mark.parametrize(
    "typed", ["11010519491231002x", " 110105 19491231 002X ", "１１０１０５１９４９１２３１００２Ｘ"]
)
def test_width_case_and_spaces_do_not_matter(typed: str):
    assert parse_id_number(typed, TODAY).text == "11010519491231002X"


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("110105194912310021", "check_digit"),
        ("110105194912310022", "check_digit"),
        ("110105491231002", "old_number"),
        ("11010519491231002", "length"),
        ("11010519491231002XX", "length"),
        ("", "length"),
        ("1101051949123X0021", "characters"),
        ("11010519491231002Y", "characters"),
        ("١١٠١٠٥١٩٤٩١٢٣١٠٠٢X", "characters"),
        ("010105194912310020", "region"),
        ("990105194912310021", "region"),
    ],
)
def test_what_is_wrong_is_named(typed: str, problem: str):
    with pytest.raises(IdNumberRefused) as refusal:
        parse_id_number(typed, TODAY)
    assert refusal.value.facts == {"problem": problem}


@pytest.mark.parametrize(
    ("day", "possible"),
    [
        ("20000229", True),
        ("20240229", True),
        ("19000229", False),
        ("20230229", False),
        ("20230230", False),
        ("20231301", False),
        ("18891231", False),
        ("20261121", True),
        ("20261122", False),
    ],
)
def test_the_day_must_be_in_a_calendar_and_past(day: str, possible: bool):
    first = f"110105{day}002"
    number = first + check_digit(first)
    if possible:
        assert parse_id_number(number, TODAY).birth_date == date(int(day[:4]), int(day[4:6]), int(day[6:]))
        return
    with pytest.raises(IdNumberRefused) as refusal:
        parse_id_number(number, TODAY)
    assert refusal.value.facts == {"problem": "birth_date"}


@pytest.mark.parametrize("region", ["710000", "810000", "820000", "830000", "911124"])
def test_permits_of_others_have_numbers_too(region: str):
    assert parse_id_number(an_id_number(region=region), TODAY).text.startswith(region)


@pytest.mark.parametrize("place", range(17))
def test_every_single_wrong_digit_is_found(place: int):
    number = "11010519491231002X"
    for digit in "0123456789":
        changed = number[:place] + digit + number[place + 1 :]
        if changed != number:
            with pytest.raises(IdNumberRefused):
                parse_id_number(changed, TODAY)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("王芳", "王芳"),
        (" 王 芳 ", "王芳"),
        ("㐂田", "㐂田"),
        ("𠮷野", "𠮷野"),
        ("买买提·吐尔逊", "买买提·吐尔逊"),
        ("买买提•吐尔逊", "买买提·吐尔逊"),
        ("买买提.吐尔逊", "买买提·吐尔逊"),
        ("买买提・吐尔逊", "买买提·吐尔逊"),
        ("欧阳𬱟", "欧阳𬱟"),
        ("\ufa1b田", "\ufa1b田"),  # a compatibility ideograph stays the character that stands on the card
        ("Anna Maria O'Neil", "Anna Maria O'Neil"),
    ],
)
def test_names_stay_as_they_stand_on_the_card(typed: str, name: str):
    assert clean_name(typed) == name


@pytest.mark.parametrize(
    "typed", ["", "王", "王1", "王芳😀", "·王芳", "王芳·", "王··芳", "<b>王芳</b>", "王芳Anna", "王" * 51]
)
def test_what_no_card_shows(typed: str):
    with pytest.raises(NameRefused):
        clean_name(typed)
