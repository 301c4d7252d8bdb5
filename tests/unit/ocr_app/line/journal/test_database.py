"""The file: checked at its opening, put aside where it is torn."""

import sqlite3

import pytest

from ocr_app.line.journal import database


def close(opened):
    opened.fast.close()
    opened.sure.close()


def test_a_verdict_is_flushed_to_the_disk_by_its_commit(tmp_path):
    opened = database.open_database(str(tmp_path))
    modes = [one.execute("PRAGMA synchronous").fetchone()[0] for one in (opened.sure, opened.fast)]
    assert modes == [2, 1]  # FULL, NORMAL (sqlite.org/pragma.html#pragma_synchronous)
    assert opened.sure.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    close(opened)


def damage(data, way):
    if way == "cut":
        return data[: len(data) // 2]
    if way == "head":
        return b"\0" * 100 + data[100:]
    if way == "text":
        return b"this is no database at all\n" * 50
    middle = len(data) // 2
    return data[:middle] + bytes(byte ^ 0x5A for byte in data[middle:])


@pytest.mark.parametrize("way", ["cut", "head", "text", "flipped"])
def test_a_torn_file_is_put_aside_whole_and_a_new_one_begins(tmp_path, way):
    opened = database.open_database(str(tmp_path))
    for number in range(300):
        opened.sure.execute("INSERT INTO boots VALUES (?, 1.0, ?)", (str(number), "x" * 200))
    opened.sure.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    close(opened)
    path = tmp_path / database.FILE
    torn = damage(path.read_bytes(), way)
    path.write_bytes(torn)
    again = database.open_database(str(tmp_path))
    assert again.put_aside == "journal.db.torn-1"
    assert again.sure.execute("SELECT COUNT(*) FROM boots").fetchone() == (0,)
    assert (tmp_path / again.put_aside).read_bytes()[:1000] == torn[:1000]
    close(again)


def test_a_torn_log_of_the_last_commits_loses_these_alone(tmp_path):
    """SQLite itself leaves out what is torn in the WAL; the file stays whole."""
    opened = database.open_database(str(tmp_path))
    opened.sure.execute("INSERT INTO boots VALUES ('first', 1.0, '')")
    opened.sure.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    opened.sure.execute("INSERT INTO boots VALUES ('second', 1.0, '')")
    log = (tmp_path / (database.FILE + "-wal")).read_bytes()
    main = (tmp_path / database.FILE).read_bytes()
    close(opened)
    (tmp_path / database.FILE).write_bytes(main)
    (tmp_path / (database.FILE + "-wal")).write_bytes(log[:-100])
    again = database.open_database(str(tmp_path))
    assert (again.put_aside, again.sure.execute("SELECT boot FROM boots").fetchall()) == ("", [("first",)])
    close(again)


def test_names_of_torn_files_are_never_used_twice(tmp_path):
    for number in (1, 2):
        (tmp_path / database.FILE).write_bytes(b"no database" * 100)
        opened = database.open_database(str(tmp_path))
        assert opened.put_aside == "journal.db.torn-{}".format(number)
        close(opened)


def test_a_journal_of_a_later_version_is_left_alone(tmp_path):
    opened = database.open_database(str(tmp_path))
    opened.sure.execute("PRAGMA user_version = 99")
    close(opened)
    with pytest.raises(sqlite3.OperationalError, match="version 99"):
        database.open_database(str(tmp_path))
    assert not list(tmp_path.glob("*.torn*"))


def test_a_query_changes_nothing(tmp_path):
    folder = tmp_path / "ein Ordner #1 %"
    close(database.open_database(str(folder)))
    connection = database.open_for_reading(str(folder))
    with pytest.raises(sqlite3.OperationalError):
        connection.execute("DELETE FROM parts")
    connection.close()
