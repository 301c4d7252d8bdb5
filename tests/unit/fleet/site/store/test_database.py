"""Migrations against a real PostgreSQL."""

import pytest

from fleet.core.errors import SiteError
from fleet.site.store import database


def test_migrating_twice_changes_nothing(empty_url):
    with database.connect(empty_url) as connection:
        assert database.version(connection) == 0
        assert database.migrate(connection) == [name for _, name, _ in database.files()]
        assert database.migrate(connection) == []
        database.check(connection)


def test_a_database_without_tables_is_refused_with_the_command_that_makes_them(empty_url):
    with database.connect(empty_url) as connection, pytest.raises(SiteError, match="migration 0") as refused:
        database.check(connection)
    assert "site migrate" in refused.value.next_step


def test_a_database_of_a_newer_program_is_refused(connection):
    connection.execute("INSERT INTO migrations (number, name) VALUES (999, 'later')")
    with pytest.raises(SiteError, match="999"):
        database.migrate(connection)


def test_a_migration_that_fails_leaves_nothing_behind(empty_url, tmp_path, monkeypatch):
    (tmp_path / "0001-half.sql").write_text("CREATE TABLE half (a int); SELECT wrong;")
    monkeypatch.setattr(database, "SCHEMA", tmp_path)
    with database.connect(empty_url) as connection:
        with pytest.raises(database.psycopg.Error):
            database.migrate(connection)
        assert connection.execute("SELECT to_regclass('half')").fetchone() == (None,)
        assert database.version(connection) == 0


def test_numbers_with_a_hole_are_refused(tmp_path, monkeypatch):
    (tmp_path / "0002-late.sql").write_text("")
    monkeypatch.setattr(database, "SCHEMA", tmp_path)
    with pytest.raises(SiteError, match=r"\[2\]"):
        database.files()
