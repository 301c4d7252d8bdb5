"""Calendars besides the usual one: weeks of ISO 8601, the Thai solar calendar, the eras of Japan."""

import calendar
import datetime
from typing import NamedTuple, Tuple

Date = datetime.date

BUDDHIST_AHEAD = 543
"""Years that the Thai solar calendar is ahead of the Common Era: 2569 is 2026."""


class Era(NamedTuple):
    """A Japanese era: the letter that is printed for it, and its first day."""

    letter: str
    first: Date


ERAS = (
    Era("M", Date(1868, 1, 25)),
    Era("T", Date(1912, 7, 30)),
    Era("S", Date(1926, 12, 25)),
    Era("H", Date(1989, 1, 8)),
    Era("R", Date(2019, 5, 1)),
)
"""Meiji, Taisho, Showa, Heisei, Reiwa (JIS X 0301). The first year of an era is its year 1, however short."""
ERA_DAYS = ((1, 2, 3, 4, 5, 6, 7), tuple(range(8, 25)), tuple(range(25, 29)), (29,), (30,), (31,))
"""Days of a month in classes within which no era begins."""


def era_years(year: int, months: Tuple[int, ...], days: Tuple[int, ...]) -> Tuple[Tuple[str, int], ...]:
    """The eras, and the years in them, that some day of these months and days of ``year`` has; () means all."""
    first, month = Date(year, min(months or (1,)), min(days or (1,))), max(months or (12,))
    last = Date(year, month, min(max(days or (31,)), calendar.monthrange(year, month)[1]))
    ends = [era.first for era in ERAS[1:]] + [Date.max]
    return tuple(
        (era.letter, year - era.first.year + 1) for era, end in zip(ERAS, ends) if era.first <= last and first < end
    )


def year_of_era(letter: str, number: int) -> int:
    """The year of the Common Era: R8 is 2026."""
    return next(era.first.year for era in ERAS if era.letter == letter) + number - 1


def weeks_of(year: int) -> int:
    """52 or 53: a year has a week 53 if it has 53 Thursdays (ISO 8601)."""
    return Date(year, 12, 28).isocalendar()[1]


def week_start(year: int, week: int) -> Date:
    """The Monday of a week; week 1 is the one with 4 January (ISO 8601)."""
    fourth = Date(year, 1, 4)
    return fourth + datetime.timedelta(days=7 * (week - 1) - fourth.weekday())
