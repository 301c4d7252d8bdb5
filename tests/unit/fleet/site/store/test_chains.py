"""Boards are followed from part to part, against a real PostgreSQL."""

from fleet.site.store import chains
from fleet.site.store.chains import ChainGap
from fleet.site.store.writing import BatchWriter
from tests.unit.fleet.site import samples


def put(connection, *records):
    BatchWriter(connection).write(samples.letters(*records), [])


def test_a_board_without_a_gap_is_complete(connection):
    put(connection, *map(samples.record, range(1, 8)))
    assert chains.follow(connection) == []
    assert chains.completes(connection) == {"line-1": 7}


def test_numbers_that_no_part_has_are_no_gap(connection):
    """A service that was restarted may leave numbers out; what counts is the part before."""
    put(connection, samples.record(5, None), samples.record(1005, 5), samples.record(1006, 1005))
    assert chains.follow(connection) == []
    assert chains.completes(connection) == {"line-1": 1006}


def test_the_first_gap_is_found_and_closes_when_the_parts_come(connection):
    put(connection, *map(samples.record, (1, 2, 5, 8)), samples.record(1, board="line-2"))
    assert chains.follow(connection) == [ChainGap("line-1", 2, 4)]
    put(connection, *map(samples.record, (3, 4)))
    assert chains.follow(connection) == [ChainGap("line-1", 5, 7)]
    put(connection, *map(samples.record, (6, 7)))
    assert chains.follow(connection) == []
    assert chains.completes(connection) == {"line-1": 8, "line-2": 1}


def test_a_new_board_has_a_gap_before_its_first_part_or_begins_there(connection):
    put(connection, samples.record(40), samples.record(41))
    assert chains.follow(connection) == [ChainGap("line-1", 0, 39)]
    assert chains.follow(connection, history=False) == []
    assert chains.completes(connection) == {"line-1": 41}


def test_a_gap_that_is_given_up_is_passed(connection):
    put(connection, *map(samples.record, (1, 5)))
    (gap,) = chains.follow(connection)
    chains.give_up(connection, gap)
    assert chains.follow(connection) == []
    assert chains.completes(connection) == {"line-1": 5}


def test_each_part_is_counted_once_by_its_hour(connection, ask):
    put(connection, *map(samples.record, (1, 2, 3)))
    chains.follow(connection)
    put(connection, *map(samples.record, (2, 3, 4, 6)))  # 2 and 3 come again, 5 is missing
    for _ in range(3):
        chains.follow(connection)
    assert ask(connection, "SELECT sum(parts) FROM hours") == [(4,)]
    put(connection, samples.record(5))
    chains.follow(connection)
    counted = ask(connection, "SELECT verdict, sum(parts) FROM hours GROUP BY 1 ORDER BY 1")
    assert counted == ask(connection, "SELECT verdict, count(*) FROM parts GROUP BY 1 ORDER BY 1")


def test_a_long_way_is_followed_in_steps(connection, monkeypatch):
    monkeypatch.setattr(chains, "MOST_AHEAD", 3)
    put(connection, *map(samples.record, range(1, 9)))
    reached = []
    for _ in range(4):
        assert chains.follow(connection) == []
        reached.append(chains.completes(connection)["line-1"])
    assert reached == [3, 6, 8, 8]


def test_a_new_journal_under_an_old_name_is_followed_by_itself(connection, ask):
    put(connection, *map(samples.record, range(1, 6)))
    chains.follow(connection)
    connection.execute("UPDATE parts SET received = received - interval '1 hour'")
    put(connection, samples.record(1, boot="ba9876543210"), samples.record(2, boot="ba9876543210"))
    assert chains.follow(connection) == []
    assert chains.completes(connection) == {"line-1": 2}
    assert ask(connection, "SELECT sum(parts) FROM hours") == [(7,)]
