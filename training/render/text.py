"""A seeded grammar of production codes: production and expiry dates, lot, line and time."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from training.render.seeds import chance, pick

LAYOUTS = ("two-line", "single-line", "date-only")
MONTHS = {
    "en": ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"),
    "es": ("ENE", "FEB", "MAR", "ABR", "MAY", "JUN", "JUL", "AGO", "SEP", "OCT", "NOV", "DIC"),
    "fr": ("JAN", "FEV", "MAR", "AVR", "MAI", "JUN", "JUL", "AOU", "SEP", "OCT", "NOV", "DEC"),
    "de": ("JAN", "FEB", "MRZ", "APR", "MAI", "JUN", "JUL", "AUG", "SEP", "OKT", "NOV", "DEZ"),
    "it": ("GEN", "FEB", "MAR", "APR", "MAG", "GIU", "LUG", "AGO", "SET", "OTT", "NOV", "DIC"),
}
_DAY_FORMS = ("%d.%m.%Y", "%d/%m/%Y", "%Y.%m.%d", "%Y-%m-%d", "%d-%m-%y", "%d.%m.%y")
_SHELF_MONTHS = (6, 9, 12, 18, 24, 36)


def code_lines(rng: np.random.Generator, layout: str) -> tuple[str, ...]:
    """The lines of one code; an expiry date is always after the production date.

    Args:
        rng: source of the dates and counters.
        layout: one of ``LAYOUTS``.

    Raises:
        ValueError: an unknown layout.
    """
    made = date(2020, 1, 1) + timedelta(days=int(rng.integers(0, 6 * 365)))
    expires = add_months(made, int(rng.choice(_SHELF_MONTHS)))
    if layout == "two-line":
        return _date_line(rng, made, expires), _lot_line(rng, made)
    if layout == "single-line":
        return (_single(rng, made, expires),)
    if layout == "date-only":
        return (_date_only(rng, expires),)
    raise ValueError(f"unknown layout {layout!r}; known: {', '.join(LAYOUTS)}")


def add_months(day: date, months: int) -> date:
    """The same day ``months`` later; a day that the month does not have becomes its 28th."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, 28))


def _date_line(rng: np.random.Generator, made: date, expires: date) -> str:
    if chance(rng, 0.6):
        return f"PRO: {made:%m/%Y} EXP: {expires:%m/%Y}"
    form = pick(rng, ("%d/%m/%y", "%d.%m.%y", "%m.%Y", "%m/%y"))
    first, second = (("PRO:", "EXP:"), ("PRD", "EXP"), ("MFG:", "EXP:"))[int(rng.integers(3))]
    return f"{first} {made:{form}} {second} {expires:{form}}"


def _lot_line(rng: np.random.Generator, made: date) -> str:
    return f"{lot(rng, made)} {rng.integers(1, 61):02d} {pick(rng, ('H', 'H', 'H', 'A', 'B'))}{clock(rng)}"


def _single(rng: np.random.Generator, made: date, expires: date) -> str:
    forms = (
        f"EXP: {expires:%m/%Y} {lot(rng, made)}",
        _date_line(rng, made, expires),
        _lot_line(rng, made),
        f"EXP {expires:%d.%m.%y} {clock(rng)} {lot(rng, made)}",
    )
    return pick(rng, forms)


def _date_only(rng: np.random.Generator, expires: date) -> str:
    named = f"{expires:%d} {MONTHS['en'][expires.month - 1]} {expires:%Y}"
    body = pick(rng, (*(expires.strftime(form) for form in _DAY_FORMS), f"{expires:%m/%Y}", named))
    return pick(rng, (body, body, f"EXP {body}", f"EXP: {body}"))


def lot(rng: np.random.Generator, made: date) -> str:
    """A lot: letter, year, day of the year and a counter, as in L22150295."""
    letter = pick(rng, ("L", "L", "L", "L", "A", "B", "K"))
    return f"{letter}{made:%y%j}{rng.integers(0, 1000):03d}"


def clock(rng: np.random.Generator) -> str:
    """A time of day, HH:MM."""
    return f"{rng.integers(0, 24):02d}:{rng.integers(0, 60):02d}"
