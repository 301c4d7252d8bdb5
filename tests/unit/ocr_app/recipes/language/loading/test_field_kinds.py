"""Each kind of field accepts what it is for."""

import pytest

from ocr_app.core.errors import RecipeError
from ocr_app.recipes import loads
from ocr_app.recipes.language.loading.field_kinds import FIELD_KINDS, NAMED_DATES
from ocr_app.recipes.language.recipe import accepts


def accepted(recipe, text):
    return accepts(recipe, recipe.lines[0], text)


def field(text):
    return loads("name: x\nyears: 2015-2040\nlines: [[{}]]".format(text))


def test_masks_know_letters_digits_days_of_the_year_and_sets():
    recipe = loads("name: x\nyears: 2020-2030\nlines: [[{lot: \"[L-N]YYDDD9'X'A\"}]]")
    good, bad = ["L241361XA", "N243669XZ"], ["K241361XA", "L233669XA", "L240009XA", "L24136AXA", "L241361YA"]
    assert all(accepted(recipe, text) for text in good) and not any(accepted(recipe, text) for text in bad)


def test_strftime_patterns_and_languages():
    recipe = loads("name: x\nlanguages: [de, fr]\nlines: [[{date: '%d %b %Y'}]]")
    assert accepted(recipe, "31 DEZ 2024") and accepted(recipe, "31 MAI 2024") and not accepted(recipe, "31 DEC 2124")
    assert (
        not accepted(recipe, "30 FEV 2024") and accepted(recipe, "29 FEV 2024") and not accepted(recipe, "29 FEV 2023")
    )


@pytest.mark.parametrize(
    ("text", "good", "bad"),
    [
        ("exp", ["EXP"], ["exp", "EX"]),
        ("{literal: 'PRO:'}", ["PRO:"], ["PRO"]),
        ("{choice: [EXP, bb]}", ["EXP", "BB"], ["EXPBB", ""]),
        ("{choice: ['DÉC', Ü]}", ["DÉC", "DEC", "U"], ["DC"]),
        ("{digits: 2}", ["12"], ["1", "123", "1A"]),
        ("{letters: 1-2}", ["A", "AB"], ["", "ABC", "1"]),
        ("{alphanumeric: 2..3, signs: '-'}", ["A1", "1-B"], ["A", "A_1"]),
        ("{date: iso}", ["2024-02-29"], ["2023-02-29", "2024/02/29"]),
        ("{date: [MM/YY, day-first]}", ["02/24", "01.02.2024"], ["02.24", "2024.02.01"]),
        ("{time: ['HH:MM', 'HH:MM:SS']}", ["23:59", "23:59:59", "24:00", "24:00:00"], ["24:01", "24:00:01", "2359"]),
        ("{gs1: '17'}", ["(17)251200"], ["17251200", "(17)251301"]),
        ("{gs1: '10', length: 2-3, brackets: false}", ["10AB", "10ABC"], ["(10)AB", "10A"]),
    ],
)
def test_a_kind_accepts_what_it_is_for(text, good, bad):
    recipe = field(text)
    assert [each for each in good if not accepted(recipe, each)] == []
    assert [each for each in bad if accepted(recipe, each)] == []


def test_only_dates_times_lots_and_dates_of_gs1_have_patterns():
    recipe = field("A, {digits: 2}, {date: MM/YY}, {time: 'HH:MM'}, {lot: YY9}, {gs1: '17'}, {gs1: '10'}")
    assert [bool(each.patterns) for each in recipe.fields] == [False, False, True, True, True, True, False]


def test_any_date_is_every_named_one_but_month_first():
    assert "MM~DD~YYYY" not in NAMED_DATES["any"] and set(NAMED_DATES["day-first"]) < set(NAMED_DATES["any"])


@pytest.mark.parametrize("count", ["0", "65", "8-4", "-1", "2-65"])
def test_counts_outside_1_to_64_are_refused(count):
    with pytest.raises(RecipeError, match="a count"):
        field("{digits: '%s'}" % count)


def test_the_kinds_are_those_of_the_reference():
    assert list(FIELD_KINDS) == [
        "literal", "digits", "letters", "alphanumeric", "choice", "date", "time", "lot", "gs1", "checked",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "good", "bad"),
    [
        ("{date: YDDD, years: 2022-2031}", ["6132", "4366"], ["5366", "6000", "6367"]),
        ("{date: YYDDD, years: 2022-2031}", ["26132"], ["32001"]),
        (
            "{date: [DD MMM YYYY, DD MMMM YYYY], languages: [de]}",
            ["12 MARZ 2026", "12 MÄRZ 2026", "12 MRZ 2026"],
            ["12 MARCH 2026"],
        ),
        ("{date: DD MMMM YYYY, languages: pl}", ["12 MAJA 2026", "12 STYCZNIA 2026"], ["31 LUTEGO 2026"]),
        ("{lot: '<Y><M>9', year-letters: '2020=ABCDEFGHJK', month-letters: ABCDEFGHJKLM}", ["GM1"], ["GI1", "LM1"]),
        ("{lot: 'A<S>', shifts: '123'}", ["A3"], ["A4"]),
    ],
)
def test_what_the_world_prints(text, good, bad):
    test_a_kind_accepts_what_it_is_for(text, good, bad)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{date: JJ/MM/AAAA}", "write DD/MM/YYYY (French"),
        ("{date: YDDD, years: 2000-2099}", "Y is a year of one digit"),
        ("{lot: '[Z-A]9'}", "the range Z-A is reversed"),
        ("{lot: '[0-F]9'}", "mixes letters and digits"),
        ("{lot: <Y>9}", "year-letters"),
        ("{digits: 8-4}", "the lower first"),
        ("{lot: 9, year-letters: '2020=ABA'}", "different letters"),
        ("{lot: 9, month-letters: ABC}", "twelve"),
        ("{lot: 9, year-letters: ABC}", "the first year"),
        ("{date: 'DD.MM.YYYY WW'}", "not a date pattern"),
        ('{date: "DD.MM\'.YYYY"}', "unclosed quote"),
    ],
)
def test_what_no_pattern_has_is_refused_with_what_is_meant(text, words):
    with pytest.raises(RecipeError) as caught:
        field(text)
    assert words in str(caught.value) and str(caught.value).startswith("recipe:3:")


@pytest.mark.parametrize(
    ("text", "good", "bad"),
    [
        ("{checked: gtin}", ["4006381333931", "40123455"], ["4006381333932", "400638133393"]),
        ("{checked: gtin, length: 13}", ["4006381333931"], ["40123455"]),
        ("{checked: luhn, length: 9-11}", ["79927398713"], ["79927398710"]),
        ("{checked: vin}", ["1M8GDM9AXKP042788"], ["1M8GDM9A1KP042788"]),
        ("{gs1: '7003'}", ["(7003)2605121430"], ["(7003)2605122530"]),
    ],
)
def test_numbers_with_check_digits(text, good, bad):
    test_a_kind_accepts_what_it_is_for(text, good, bad)


def test_a_length_that_a_number_never_has_is_refused():
    with pytest.raises(RecipeError, match="gtin has no such length"):
        field("{checked: gtin, length: 10}")
