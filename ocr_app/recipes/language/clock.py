"""The clock: what day it is, and whether that can be trusted."""

import datetime
from typing import NamedTuple, Optional, Tuple

Date = datetime.date


class Clock(NamedTuple):
    """The current time. Where ``trusted`` is False, every verdict that needs the time is "hold"; ``why`` explains."""

    now: datetime.datetime
    trusted: bool
    why: str = ""


def judge_clock(
    now: datetime.datetime,
    synchronised: Optional[bool],
    not_before: datetime.datetime,
    not_after: Optional[Date] = None,
) -> Clock:
    """A clock that is trusted only when nothing speaks against it.

    ``synchronised``: what the time service reports, None where there is no time service; ``not_before``: a time that
    is certainly past, such as the build date of this software; ``not_after``: a day that is certainly in the future.
    """
    if now < not_before:
        return Clock(now, False, "clock is before {:%Y-%m-%d}".format(not_before))
    if not_after is not None and now.date() > not_after:
        return Clock(now, False, "clock is after {:%Y-%m-%d}".format(not_after))
    if synchronised is None:
        return Clock(now, False, "no time service reports that the clock is synchronised")
    return Clock(now, synchronised, "" if synchronised else "clock is not synchronised")


def possible_todays(now: datetime.datetime, midnight_minutes: float) -> Tuple[Date, ...]:
    """Today and, near midnight, the day on the other side: a code may be printed before midnight and read after it."""
    margin = datetime.timedelta(minutes=midnight_minutes)
    return tuple(sorted({(now - margin).date(), now.date(), (now + margin).date()}))
