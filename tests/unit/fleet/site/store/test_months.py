"""Partitions by month, against a real PostgreSQL."""

from datetime import date, datetime, timezone

from fleet.site.store import months
from fleet.site.store.writing import BatchWriter
from tests.unit.fleet.site import samples

NOW = datetime(2031, 1, 15, tzinfo=timezone.utc)


def at(year, month, day=10):
    return datetime(year, month, day, tzinfo=timezone.utc).timestamp()


def test_months_are_counted_over_the_year():
    assert months.plus(date(2026, 12, 1), 1) == date(2027, 1, 1)
    assert months.plus(date(2026, 1, 1), -13) == date(2024, 12, 1)


def test_months_are_made_ahead_once(connection):
    made, dropped = months.tend(connection, 24, NOW)
    assert made == [date(2030, 12, 1), date(2031, 1, 1), date(2031, 2, 1), date(2031, 3, 1)]
    assert all(month < date(2029, 1, 1) for month in dropped)
    assert months.tend(connection, 24, NOW) == ([], [])


def test_parts_that_came_before_their_month_move_into_it(connection, ask):
    BatchWriter(connection).write(
        samples.letters(samples.record(1, wall=at(2031, 2)), samples.record(2, wall=at(2040, 1))), []
    )
    assert ask(connection, "SELECT DISTINCT tableoid::regclass::text FROM parts") == [("parts_rest",)]
    months.tend(connection, 240, NOW)
    found = ask(connection, "SELECT number, tableoid::regclass::text FROM parts ORDER BY 1")
    assert found == [(1, "parts_2031_02"), (2, "parts_rest")]
    written = BatchWriter(connection).write(samples.letters(samples.record(1, wall=at(2031, 2))), [])
    assert written.repeated == 1  # still the same key


def test_old_months_are_dropped_with_their_parts(connection, ask):
    months.tend(connection, 24, NOW)
    BatchWriter(connection).write(
        samples.letters(samples.record(1, wall=at(2030, 12)), samples.record(2, wall=at(2031, 1))), []
    )
    _, dropped = months.tend(connection, 0, NOW)
    assert date(2030, 12, 1) in dropped
    assert ask(connection, "SELECT number FROM parts") == [(2,)]
