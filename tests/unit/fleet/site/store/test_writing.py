"""Batches against a real PostgreSQL: each part once, whatever comes again, and nothing in the way of others."""

import random
import threading

import psycopg
import pytest

from fleet.site.store import database
from fleet.site.store.writing import BatchWriter, DeadLetter, Written, blames_rows
from tests.unit.fleet.site import samples


def test_a_part_that_comes_again_is_not_stored_again(connection, ask):
    writer, rows = BatchWriter(connection), samples.letters(*map(samples.record, (1, 2, 3)))
    assert writer.write(rows, []) == Written(3, 0, 0)
    assert writer.write(rows[1:] + samples.letters(samples.record(4)), []) == Written(1, 2, 0)
    assert ask(connection, "SELECT number, previous FROM parts ORDER BY 1") == [(1, None), (2, 1), (3, 2), (4, 3)]
    assert ask(connection, "SELECT board, complete FROM boards") == [("line-1", 0)]


def test_any_order_of_deliveries_by_any_number_of_writers_gives_the_same_table(empty_url, connection, ask):
    """Two writers at the same time, each with every part, shuffled and cut into batches: no deadlock, no double."""
    records = [samples.record(number, board=f"line-{number % 5}") for number in range(1, 301)]

    def write(seed):
        chance = random.Random(seed)
        with database.connect(empty_url) as own:
            writer = BatchWriter(own)
            left = chance.sample(records, len(records))
            while left:
                size = chance.randrange(1, 60)
                writer.write(samples.letters(*left[:size]), [])
                left = left[size:]

    threads = [threading.Thread(target=write, args=(seed,)) for seed in (1, 2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    assert ask(connection, "SELECT count(*), count(DISTINCT id) FROM parts") == [(300, 300)]


def test_a_dead_letter_is_kept_once_with_its_reason(connection, ask):
    letter = DeadLetter("nano-ocr/x/part", b"\xff\0", "no JSON")
    writer = BatchWriter(connection)
    for _ in range(2):
        writer.write([], [letter])
    assert ask(connection, "SELECT topic, payload, reason FROM dead_letters") == [tuple(letter)]


def test_a_row_that_the_database_refuses_does_not_block_the_others(connection, ask):
    bad = samples.record(2)._replace(verdict="perhaps")
    written = BatchWriter(connection).write(samples.letters(samples.record(1), bad, samples.record(3)), [])
    assert written == Written(2, 0, 1)
    assert ask(connection, "SELECT number FROM parts ORDER BY 1") == [(1,), (3,)]
    (reason,) = ask(connection, "SELECT reason FROM dead_letters")[0]
    assert reason.startswith("the database refuses it:") and "verdict" in reason


def test_a_database_that_is_gone_is_not_the_fault_of_rows(connection):
    with pytest.raises(psycopg.Error) as lost:
        connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    assert not blames_rows(lost.value, connection)
    with pytest.raises(psycopg.Error):
        BatchWriter(connection).write(samples.letters(samples.record(1)), [])


def test_a_board_with_a_new_journal_is_followed_from_its_first_part(connection, ask):
    writer = BatchWriter(connection)
    writer.write(samples.letters(samples.record(1)), [])
    connection.execute("UPDATE boards SET complete = 500")
    writer.write(samples.letters(samples.record(1, boot="ba9876543210")), [])
    assert ask(connection, "SELECT complete, since > now() - interval '2 minutes' FROM boards") == [(0, True)]


def test_a_part_of_an_untrusted_clock_is_stored_too(connection, ask):
    BatchWriter(connection).write(samples.letters(samples.record(1, wall=7.25, clock_trusted=False)), [])
    assert ask(connection, "SELECT tableoid::regclass::text, extract(epoch FROM at) FROM parts") == [
        ("parts_rest", 7.25)
    ]
