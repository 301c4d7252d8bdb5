"""Fields have values that programs can use as they are."""

import pytest

from ocr_app.recipes import loads
from ocr_app.recipes.language.fields import split_fields
from ocr_app.recipes.language.typed import TYPES, typed_value


def typed(field, text, head="years: 2010-2035\n", **inputs):
    recipe = loads("name: x\n{}lines: [[{}]]".format(head, field))
    (value,) = [each for each in split_fields(recipe.lines[0], text) if each.name == "it"]
    found = typed_value(recipe, value, **inputs)
    assert found.type in TYPES
    return found.type, found.value


@pytest.mark.parametrize(
    ("field", "text", "expected"),
    [
        ("{date: DD.MM.YYYY, as: it}", "14.06.2021", ("date", "2021-06-14")),
        ("{date: MMM/DD/YY, as: it}", "FEB/21/21", ("date", "2021-02-21")),
        ("{date: MM/YYYY, as: it}", "08/2022", ("month", "2022-08")),
        ("{date: MM.DD, as: it}", "01.30", ("day", "--01-30")),
        ("{time: 'HH:MM', as: it}", "11:08", ("time", "11:08")),
        ("{time: 'HH:MM:SS', as: it}", "11:08:30", ("time", "11:08:30")),
        ("{lot: YYDDDHHNN, as: it}", "211651108", ("datetime", "2021-06-14T11:08")),
        ("{lot: \"'L'YYDDD999\", as: it}", "L21165001", ("date", "2021-06-14")),
        ("{lot: YYYYWW, as: it}", "202105", ("week", "2021-W05")),
        ('{lot: "A999", as: it}', "B012", ("text", "B012")),
        ("{digits: 3, as: it}", "095", ("number", 95)),
        ("{digits: 18, as: it}", "123456789012345678", ("text", "123456789012345678")),
        ("{alphanumeric: 5, as: it}", "222A3", ("text", "222A3")),
    ],
)
def test_typed_values(field, text, expected):
    assert typed(field, text) == expected


def test_what_may_mean_several_days_has_no_value():
    both = "{date: [DD.MM.YYYY, MM.DD.YYYY], as: it}"
    assert typed(both, "01.02.2021") == ("date", None) and typed(both, "31.01.2021") == ("date", "2021-01-31")
    century = "years: 1950-2099\n"
    assert typed("{date: DD.MM.YY, as: it}", "01.02.51", century) == ("date", None)
    assert typed("{date: DD.MM.YY, as: it}", "01.02.51", century, this_year=2026) == ("date", "2051-02-01")
