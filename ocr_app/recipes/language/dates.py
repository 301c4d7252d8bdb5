"""What a printed date means, and the arithmetic of shelf lives as industry does it."""

import calendar
import datetime
from typing import List, NamedTuple, Optional, Tuple

from ocr_app.recipes.language.calendar import Moment, Setting

Date = datetime.date


class Span(NamedTuple):
    """The days that a printed date may mean: one day, or a whole month where no day is printed."""

    first: Date
    last: Date

    @property
    def is_day(self) -> bool:
        """Whether it is one day."""
        return self.first == self.last


class Clock(NamedTuple):
    """What time it is, and whether that may be believed. ``trusted`` False: every verdict that needs it is "hold"."""

    now: datetime.datetime
    trusted: bool
    why: str = ""


def judged_clock(
    now: datetime.datetime,
    synchronised: Optional[bool],
    not_before: datetime.datetime,
    not_after: Optional[Date] = None,
) -> Clock:
    """A clock with the reasons for which it is not trusted.

    ``synchronised``: what the time service says, None where there is none to ask; ``not_before``: a moment that is
    certainly past, such as the day this software was built; ``not_after``: a day that is certainly to come.
    """
    if now < not_before:
        return Clock(now, False, "clock is before {:%Y-%m-%d}".format(not_before))
    if not_after is not None and now.date() > not_after:
        return Clock(now, False, "clock is after {:%Y-%m-%d}".format(not_after))
    if synchronised is None:
        return Clock(now, False, "nothing says that the clock is synchronised")
    return Clock(now, synchronised, "" if synchronised else "clock is not synchronised")


def century(year: int, now: int) -> int:
    """The four-digit year of a two-digit one (GS1 General Specifications, section 7.12).

    51 to 99 years ahead of this year means the century before, 50 to 99 years behind it the next one.
    """
    ahead = year - now % 100
    base = now - now % 100
    if ahead >= 51:
        return base - 100 + year
    return base + 100 + year if ahead <= -50 else base + year


def years_of(moment: Moment, setting: Setting, now: Optional[int]) -> List[int]:
    """The years that a moment may mean; with several left and a year now, the nearest as GS1 counts."""
    if moment.year is None:
        return []
    if moment.year_digits == 4:
        return [moment.year]
    modulus = 10**moment.year_digits
    found = [y for y in range(setting.first_year, setting.last_year + 1) if y % modulus == moment.year]
    if len(found) > 1 and now is not None:
        wanted = century(moment.year, now) if modulus == 100 else min(found, key=lambda y: (abs(y - now), -y))
        return [wanted] if wanted in found else []
    return found


def spans(moment: Moment, setting: Setting, now: Optional[int] = None) -> Tuple[Span, ...]:
    """The days that a moment may mean; () where it names no date (a time, or a day without its year)."""
    made = [_span(moment, year) for year in years_of(moment, setting, now)]
    return tuple(span for span in made if span is not None)


def _span(moment: Moment, year: int) -> Optional[Span]:
    if moment.day_of_year is not None:
        if moment.day_of_year > (366 if calendar.isleap(year) else 365):
            return None
        day = Date(year, 1, 1) + datetime.timedelta(days=moment.day_of_year - 1)
        return Span(day, day)
    if moment.month is None:
        return None
    end = calendar.monthrange(year, moment.month)[1]
    if moment.day is None:
        return Span(Date(year, moment.month, 1), Date(year, moment.month, end))
    if moment.day > end:
        return None
    day = Date(year, moment.month, moment.day or end)  # GS1: day 00 is the last day of the month
    return Span(day, day)


def later(day: Date, amount: int, unit: str, month_end: str = "clamp") -> Date:
    """``day`` plus a period. Raises OverflowError or ValueError outside the calendar.

    Days and weeks are counted. Months and years keep the day of the month; where the month lacks it, "clamp" takes its
    last day (31 January + 1 month = 28 February), "roll" the days that are left over in the next month (3 March).
    "last-day" gives the last day of the month whatever the day was.
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


def moved(span: Span, amount: int, unit: str, month_end: str) -> Span:
    """A span plus a period; a whole month moved by months or years stays a whole month."""
    if span.is_day:
        day = later(span.first, amount, unit, month_end)
        return Span(day, day)
    if unit in ("months", "years"):
        return Span(later(span.first, amount, unit), later(span.first, amount, unit, "last-day"))
    return Span(later(span.first, amount, unit), later(span.last, amount, unit))


def todays(now: datetime.datetime, midnight_minutes: float) -> Tuple[Date, ...]:
    """Today; near midnight also the day on the other side, since what is read now may have been printed before it."""
    margin = datetime.timedelta(minutes=midnight_minutes)
    return tuple(sorted({(now - margin).date(), now.date(), (now + margin).date()}))


def agrees(printed: Span, wanted: Span) -> bool:
    """Whether a printed date says the wanted one: the same day, or the month that holds it."""
    return (printed.first <= wanted.first and wanted.last <= printed.last) or (
        not wanted.is_day and wanted.first <= printed.first and printed.last <= wanted.last
    )
