"""The samples tell how their dates belong together."""

import pytest

from ocr_app.recipes.teaching.relations import DateColumn, find_day_of_year, find_relation, pairs_of


def column(name, *texts, pattern="DD.MM.YYYY"):
    return DateColumn(name, pattern, dict(enumerate(texts)))


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        (("31.01.2022", "28.02.2022"), "expiry = made + 1 years"),
        (("30.04.2021", "28.05.2021"), "expiry = made + 3 months"),
        (("10.02.2021", "10.03.2021"), "expiry = made + 10 days"),
        (("10.02.2021", "11.03.2021"), "expiry after made"),
        (("10.02.2021", "01.02.2021"), None),
    ],
)
def test_the_period_between_two_dates(later, expected):
    assert find_relation(column("made", "31.01.2021", "28.02.2021"), column("expiry", *later)) == expected


def test_one_sample_tells_only_which_date_is_later():
    assert find_relation(column("made", "31.01.2021"), column("expiry", "31.01.2022")) == "expiry after made"
    assert find_relation(column("made", "31.13.2021"), column("expiry", "31.01.2022")) is None


def test_views_of_one_print_are_one_sample():
    made, expiry = column("made", "31.01.2021", "31.01.2021"), column("expiry", "31.01.2022", "31.01.2022")
    assert find_relation(made, expiry) == "expiry after made"


def test_months_are_compared_as_months():
    made = column("made", "08/2022", "11/2022", pattern="MM/YYYY")
    assert find_relation(made, column("expiry", "08/2023", "11/2023", pattern="MM/YYYY")) == "expiry = made + 1 years"


def test_samples_without_one_of_the_dates_are_left_out():
    assert len(pairs_of(column("a", "01.02.2021", "?"), column("b", "01.02.2022", "01.02.2023"))) == 1


def test_the_day_of_the_year_in_a_lot():
    made = column("made", "31.01.2021", "28.02.2021")
    assert find_day_of_year({0: "L2103199", 1: "L2105912"}, made) == (1, "YYDDD")
    assert find_day_of_year({0: "1031A", 1: "1059B"}, made) == (0, "YDDD")
    assert find_day_of_year({0: "L2103199", 1: "L2105812"}, made) is None, "28 February is day 59"
    assert find_day_of_year({0: "L2103199"}, made) is None, "one sample may be chance"
    assert find_day_of_year({0: "L21031", 1: "L210590"}, made) is None
