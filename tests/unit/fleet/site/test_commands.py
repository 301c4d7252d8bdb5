"""The verbs."""

import json
import logging

import psycopg
import pytest

from fleet.core.errors import SiteError
from fleet.site import commands


@pytest.fixture(autouse=True)
def logs_as_before():
    """`main` configures the log of the whole process, which is pytest's here."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def written(tmp_path):
    def write(**sections):
        (tmp_path / "site.yaml").write_text(json.dumps(sections))
        return str(tmp_path / "site.yaml")

    return write


def test_migrating_says_what_it_made_and_then_nothing(empty_url, written, capsys):
    path = written(database={"url": empty_url})
    assert commands.run("migrate", path) == 0
    assert capsys.readouterr().out.startswith("0001-parts.sql\nparts_")
    assert commands.main(["migrate", "--settings", path]) == 0
    assert capsys.readouterr().out == "nothing to do\n"


def test_a_database_without_tables_is_refused(empty_url, written):
    with pytest.raises(SiteError, match="migration 0"):
        commands.run("collect", written(database={"url": empty_url}))


def test_a_database_that_is_away_is_said_with_its_address(written):
    with pytest.raises(SiteError, match=r"127\.0\.0\.1:1"):
        commands.run("migrate", written(database={"url": "postgresql://127.0.0.1:1/none"}))


def test_a_verb_that_is_not_known_names_the_others():
    with pytest.raises(SiteError, match="site dance") as refused:
        commands.run("dance", "site.yaml")
    assert "collect" in refused.value.expected


def test_name_and_address_of_a_collector_may_be_given_beside_the_file(written):
    found = commands.read(written(collect={"name": "a", "batch": 7}), name="b", metrics="127.0.0.1:1")
    assert (found.collect.name, found.collect.batch, found.collect.metrics) == ("b", 7, "127.0.0.1:1")


def test_an_error_is_a_message_and_an_exit_code(capsys, tmp_path):
    assert commands.main(["collect", "--settings", str(tmp_path / "none.yaml")]) == SiteError.exit_code
    assert "next:" in capsys.readouterr().err
    (tmp_path / "site.yaml").write_text("mqtt: {hots: a}\n")
    assert commands.main(["page", "--settings", str(tmp_path / "site.yaml")]) == 2
    assert "did you mean 'host'" in capsys.readouterr().err


def test_a_keeper_that_fails_ends_the_collector():
    import threading

    class Broken:
        def run(self, stop):
            raise psycopg.ProgrammingError("a fault of our own")

    stop = threading.Event()
    with pytest.raises(psycopg.ProgrammingError):
        commands._guarded(Broken(), stop)
    assert stop.is_set()
