"""What a printed date means, and the arithmetic of shelf lives as industry does it."""

import calendar
import datetime
from typing import List, NamedTuple, Optional, Tuple

from ocr_app.recipes.language.patterns import PartialDateTime, PatternSettings
from ocr_app.recipes.language.patterns.calendars import week_start, weeks_of

Date = datetime.date


class DateRange(NamedTuple):
    """The days that a printed date may mean: one day, or a whole month or week where no day is printed."""

    first: Date
    last: Date

    @property
    def is_day(self) -> bool:
        """Whether the range is a single day."""
        return self.first == self.last

    def to_text(self) -> str:
        """ISO 8601: the day, or the month of a range that is a whole month."""
        return self.first.isoformat() if self.is_day else "{:%Y-%m}".format(self.first)

    @property
    def is_month(self) -> bool:
        """Whether the range is a whole month."""
        end = calendar.monthrange(self.first.year, self.first.month)[1]
        return (self.first, self.last) == (self.first.replace(day=1), self.first.replace(day=end))


def expand_two_digit_year(year: int, this_year: int) -> int:
    """The four-digit year of a two-digit one (GS1 General Specifications, section 7.12).

    51 to 99 years ahead of this year means the previous century, 50 to 99 years behind it the next one.
    """
    ahead = year - this_year % 100
    century = this_year - this_year % 100
    if ahead >= 51:
        return century - 100 + year
    return century + 100 + year if ahead <= -50 else century + year


def possible_years(printed: PartialDateTime, settings: PatternSettings, this_year: Optional[int]) -> List[int]:
    """The years that a printed date may mean. Where several are possible, ``this_year`` chooses as GS1 does."""
    if printed.year is None:
        return []
    if printed.year_digits == 4:
        return [printed.year]
    modulus = 10**printed.year_digits
    window = range(settings.first_year, settings.last_year + 1)
    found = list(printed.year_choices) or [y for y in window if y % modulus == printed.year]
    if len(found) > 1 and this_year is not None:
        now = this_year
        nearest = (
            expand_two_digit_year(printed.year, now) if modulus == 100 else min(found, key=lambda y: (abs(y - now), -y))
        )
        return [nearest] if nearest in found else []
    return found


def date_ranges(
    printed: PartialDateTime, settings: PatternSettings, this_year: Optional[int] = None
) -> Tuple[DateRange, ...]:
    """The days that a printed date may mean; () where it names no date (a time, or a day without its year)."""
    ranges = [_range_in_year(printed, year) for year in possible_years(printed, settings, this_year)]
    return tuple(each for each in ranges if each is not None)


def _range_in_year(printed: PartialDateTime, year: int) -> Optional[DateRange]:
    if printed.day_of_year is not None:
        return _day_of_year(year, printed.day_of_year)
    if printed.week is not None:
        return _range_of_week(year, printed.week, printed.weekday)
    return None if printed.month is None else _range_in_month(year, printed.month, printed)


def _day_of_year(year: int, number: int) -> Optional[DateRange]:
    if number > (366 if calendar.isleap(year) else 365):
        return None
    day = Date(year, 1, 1) + datetime.timedelta(days=number - 1)
    return DateRange(day, day)


def _range_in_month(year: int, month: int, printed: PartialDateTime) -> Optional[DateRange]:
    end = calendar.monthrange(year, month)[1]
    if printed.day is None:
        return DateRange(Date(year, month, 1), Date(year, month, end))
    if printed.day > end:
        return None
    day = Date(year, month, printed.day or end)  # GS1: day 00 is the last day of the month
    return DateRange(day, day)


def _range_of_week(year: int, week: int, weekday: Optional[int]) -> Optional[DateRange]:
    """Monday to Sunday, or the one day; None for a week 53 of a year that has 52 (ISO 8601)."""
    if week > weeks_of(year):
        return None
    monday = week_start(year, week)
    first, last = (0, 6) if weekday is None else (weekday - 1, weekday - 1)
    return DateRange(monday + datetime.timedelta(days=first), monday + datetime.timedelta(days=last))


def add_period(day: Date, amount: int, unit: str, month_end: str = "clamp") -> Date:
    """``day`` plus a period. Raises OverflowError or ValueError outside the calendar.

    Days and weeks are counted. Months and years keep the day of the month. Where the month lacks it, "clamp" takes its
    last day (31 January + 1 month = 28 February), "roll" carries the remaining days into the next month (3 March).
    "last-day" always takes the last day of the month.
    """
    if unit in ("days", "weeks"):
        return day + datetime.timedelta(days=amount * (7 if unit == "weeks" else 1))
    year, month = divmod(day.year * 12 + day.month - 1 + amount * (12 if unit == "years" else 1), 12)
    end = calendar.monthrange(year, month + 1)[1]
    if month_end == "last-day":
        return Date(year, month + 1, end)
    if day.day <= end:
        return Date(year, month + 1, day.day)
    last = Date(year, month + 1, end)
    return last + datetime.timedelta(days=day.day - end) if month_end == "roll" else last


def shift_range(dates: DateRange, amount: int, unit: str, month_end: str) -> DateRange:
    """A range plus a period. A whole month shifted by months or years stays a whole month."""
    if dates.is_day:
        day = add_period(dates.first, amount, unit, month_end)
        return DateRange(day, day)
    if unit in ("months", "years") and dates.is_month:
        return DateRange(add_period(dates.first, amount, unit), add_period(dates.first, amount, unit, "last-day"))
    return DateRange(add_period(dates.first, amount, unit), add_period(dates.last, amount, unit))


def ranges_agree(printed: DateRange, expected: DateRange) -> bool:
    """Whether a printed date matches the expected one: the same day, or the month that contains it."""
    return (printed.first <= expected.first and expected.last <= printed.last) or (
        not expected.is_day and expected.first <= printed.first and printed.last <= expected.last
    )
