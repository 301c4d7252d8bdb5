"""What the page asks, against a real PostgreSQL."""

from datetime import datetime, timedelta, timezone

from fleet.site.page import queries
from fleet.site.store import chains
from fleet.site.store.writing import BatchWriter
from tests.unit.fleet.site import samples


def fill(connection):
    BatchWriter(connection).write(samples.letters(*map(samples.record, range(1, 41))), [])
    chains.follow(connection)


def test_figures_agree_with_the_parts(connection, ask):
    fill(connection)
    (one,) = queries.figures(connection, 24, 15.0, datetime.now(timezone.utc))
    (passes,) = ask(connection, "SELECT count(*) FROM parts WHERE verdict = 'pass'")[0]
    assert (one.board, one.parts, one.passes, one.complete, one.has_gap) == ("line-1", 40, passes, 40, False)
    assert one.share == passes / 40 and one.release == "2026.11.1"
    assert sum(row[2] for row in queries.reasons(connection, 24)) == 40 - passes
    assert queries.releases(connection, 24) == [("2026.11.1", 1, 40, passes)]
    assert [row[1:] for row in queries.course(connection, 24, "line-1")] == [(40, passes)]
    rejects = queries.rejects(connection, "line-1")
    assert [row["number"] for row in rejects] == sorted((row["number"] for row in rejects), reverse=True)
    assert len(rejects) == 40 - passes
    assert queries.troubles(connection) == {"dead_letters": 0, "gaps": 0, "given_up": 0}


def test_a_board_without_a_word_is_silent(connection):
    fill(connection)
    now = datetime.now(timezone.utc)
    assert not queries.figures(connection, 24, 15.0, now)[0].is_silent
    assert queries.figures(connection, 24, 15.0, now + timedelta(hours=1))[0].is_silent


def test_a_board_differs_by_much_and_not_by_chance():
    assert queries.differing(1000, 150, 9000, 450) == "rejects 15.0 %, the others 5.0 %"
    assert queries.differing(1000, 55, 9000, 450) == ""  # half a point
    assert queries.differing(99, 60, 9000, 450) == ""  # too few parts
    assert queries.differing(120, 8, 9000, 450) == ""  # by chance
    assert queries.differing(1000, 0, 1000, 0) == ""
