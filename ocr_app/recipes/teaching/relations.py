"""How the dates of the samples belong together: which one is later, by which period, and the day in a lot."""

import datetime
from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

from ocr_app.recipes.language.dates import DateRange, date_ranges, ranges_agree, shift_range
from ocr_app.recipes.language.patterns import PartialDateTime, date_tokens, parse_text
from ocr_app.recipes.teaching.tokens import SETTINGS

_UNITS = ("years", "months", "days")
_MOST = {"years": 10, "months": 60, "days": 1000}
_SURE = 2  # different samples from which an equal period is taken to be no chance
_DAYS_OF_YEAR = (("YYDDD", 2), ("YDDD", 1))


class DateColumn(NamedTuple):
    """A date of the code: its name, and the texts of the samples by number."""

    name: str
    pattern: str
    texts: Dict[int, str]

    def range_of(self, sample: int) -> Optional[DateRange]:
        """The days that one sample's date means; None where it is no date of the pattern."""
        printed = parse_text(date_tokens(self.pattern), SETTINGS, self.texts[sample]) if sample in self.texts else None
        found = date_ranges(printed, SETTINGS, datetime.date.today().year) if printed is not None else ()
        return found[0] if len(found) == 1 else None


def pairs_of(first: DateColumn, second: DateColumn) -> List[Tuple[DateRange, DateRange]]:
    """Both dates of every sample that has both."""
    ranges = [(first.range_of(sample), second.range_of(sample)) for sample in sorted(first.texts)]
    return [(one, two) for one, two in ranges if one is not None and two is not None]


def find_relation(earlier: DateColumn, later: DateColumn) -> Optional[str]:
    """How the later date follows from the earlier one in all samples; None where it does not."""
    pairs = pairs_of(earlier, later)
    if not pairs:
        return None
    for unit in _UNITS:
        for amount in _periods(pairs[0], unit):
            if len(set(pairs)) >= _SURE and all(_agrees(pair, amount, unit) for pair in pairs):
                return "{} = {} + {} {}".format(later.name, earlier.name, amount, unit)
    if all(one.last < two.first for one, two in pairs):
        return "{} after {}".format(later.name, earlier.name)
    return None


def _periods(pair: Tuple[DateRange, DateRange], unit: str) -> Sequence[int]:
    """The amounts that may lead from one date to the other, by the first sample."""
    days = (pair[1].first - pair[0].first).days
    around = days if unit == "days" else round(days / (365.25 if unit == "years" else 30.44))
    return [amount for amount in (around, around - 1, around + 1) if 0 < amount <= _MOST[unit]]


def _agrees(pair: Tuple[DateRange, DateRange], amount: int, unit: str) -> bool:
    return ranges_agree(pair[1], shift_range(pair[0], amount, unit, "clamp"))


def find_day_of_year(texts: Dict[int, str], date: DateColumn) -> Optional[Tuple[int, str]]:
    """Where lots of one length have year and day of the year of a date: (position, pattern); None where they do not."""
    samples = [sample for sample in sorted(texts) if date.range_of(sample) is not None]
    if len(samples) < _SURE or len({len(texts[sample]) for sample in samples}) != 1:
        return None
    for pattern, year_digits in _DAYS_OF_YEAR:
        for at in range(len(texts[samples[0]]) - len(pattern) + 1):
            pieces = {sample: texts[sample][at : at + len(pattern)] for sample in samples}
            if len(set(pieces.values())) >= _SURE and all(
                _is_day(piece, year_digits, date.range_of(sample)) for sample, piece in pieces.items()
            ):
                return at, pattern
    return None


def _is_day(piece: str, year_digits: int, day: Optional[DateRange]) -> bool:
    if day is None or not piece.isdigit() or not 1 <= int(piece[year_digits:]) <= 366:
        return False
    year = int(piece[:year_digits])
    if day.first.year % 10**year_digits != year:
        return False
    printed = PartialDateTime(year=day.first.year, day_of_year=int(piece[year_digits:]), year_digits=4)
    return any(ranges_agree(day, each) or ranges_agree(each, day) for each in date_ranges(printed, SETTINGS))
