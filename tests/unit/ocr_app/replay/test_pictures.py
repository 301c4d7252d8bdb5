"""Which pictures are read, and what was said about each."""

import json
import os

import pytest

from ocr_app.core.errors import ResultError, UsageError
from ocr_app.line.journal import database, rows
from ocr_app.line.journal.history import HistoryQuery
from ocr_app.line.journal.rows import PartRow
from ocr_app.replay import pictures
from ocr_app.replay.comparing import JudgedPicture
from ocr_app.replay.pictures import FolderPictures, JournalPictures, ReplayPicture, from_json, results_of


def row(number, verdict, picture="", **more):
    fields = dict(text="A", reasons=("x",), recipe="r", **more)
    return PartRow(
        number, "b-{}".format(number), "b", "0", "frame", "n", "", 1.0, 1.0, 1.5, 100.0 + number, number != 4, verdict,
        picture=picture, **fields
    )  # fmt: skip


@pytest.fixture
def journal(tmp_path):
    """Parts 1 to 5: a pass without a picture, two rejects, one by a clock that was wrong, one under way."""
    opened = database.open_database(str(tmp_path))
    for part in (
        row(1, "pass"),
        row(2, "fail", "p/2.jpg"),
        row(3, "pass", "p/3.jpg"),
        row(4, "hold", "p/4.jpg"),
        row(5, None),
    ):
        marks = ", ".join("?" * len(PartRow._fields))
        opened.sure.execute("INSERT INTO parts ({}) VALUES ({})".format(rows.COLUMNS, marks), rows.to_columns(part))
    for first, expected in ((1, {"lot": "7"}), (4, {"lot": "8"})):
        record = json.dumps({"expected": expected, "regions": [[1, 2, 3, 4]]})
        opened.sure.execute(
            "INSERT INTO changes (first_part, wall, user, kind, begins_batch, record) VALUES (?, 1, '', 'batch', 1, ?)",
            (first, record),
        )
    yield str(tmp_path)
    opened.sure.close()
    opened.fast.close()


def test_parts_with_a_picture_are_read_as_the_line_was_told_then(journal):
    found = JournalPictures(journal, HistoryQuery(), False)
    two, three, four = list(found)
    assert two == ReplayPicture(
        0, "b-2", os.path.join(journal, "p/2.jpg"), 102.0, True, {"lot": "7"}, [[1, 2, 3, 4]],
        JudgedPicture("fail", "A", ("x",)),
    )  # fmt: skip
    assert [three.place, three.before.verdict, three.expected] == [1, "pass", {"lot": "7"}]
    assert [four.expected, four.trusted] == [{"lot": "8"}, False]
    assert (found.parts, found.without_picture) == (4, 1), "the one under way is not counted"


def test_a_journal_may_be_read_again_instead_of_believed(journal):
    assert [each.before for each in JournalPictures(journal, HistoryQuery(verdicts=("hold",)), True)] == [None]


def test_a_journal_without_a_table_of_changes_is_read_by_the_settings(journal, tmp_path):
    opened = database.open_database(journal)
    opened.sure.execute("DROP TABLE changes")
    opened.sure.close()
    opened.fast.close()
    first = next(iter(JournalPictures(journal, HistoryQuery(), False)))
    assert (first.expected, first.regions) == (None, None)


def test_a_folder_without_a_journal_is_refused(tmp_path):
    assert not pictures.is_journal(str(tmp_path))
    with pytest.raises(UsageError, match="no journal"):
        JournalPictures(str(tmp_path), HistoryQuery(), False)


def test_a_picture_survives_its_line_whatever_its_name_is():
    one = ReplayPicture(3, os.fsdecode(b"a\xff\n.jpg"), "/p", 1.5, True, None, [[0, 0, 1, 1]], JudgedPicture("pass"))
    assert from_json(one.to_json()) == one and "\n" not in one.to_json()


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "pictures" / "deep").mkdir(parents=True)
    for name in ("b.jpg", "a.jpg", "deep/b.jpg"):
        (tmp_path / "pictures" / name).write_bytes(b"")
    return str(tmp_path / "pictures")


def test_a_folder_is_read_in_the_order_of_its_paths(folder):
    found = list(FolderPictures(folder, None, False))
    assert [(each.place, each.name) for each in found] == [(0, "a.jpg"), (1, "b.jpg"), (2, "deep/b.jpg")]
    assert [each.trusted for each in found] == [False] * 3 and found[0].moment is None and found[0].before is None


def test_the_time_of_a_picture_may_be_that_of_its_file(folder):
    os.utime(os.path.join(folder, "a.jpg"), (5, 7))
    first = next(iter(FolderPictures(folder, None, True)))
    assert (first.moment, first.trusted) == (7.0, True)


def results(path, *images):
    lines = [{"image": image, "verdict": verdict, "text": "T", "reasons": []} for image, verdict in images]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return str(path)


def test_results_are_found_by_path_or_by_a_name_that_is_unique(folder, tmp_path):
    found = results_of(
        results(tmp_path / "r", ("/old/a.jpg", "pass"), (folder + "/b.jpg", "fail"), ("deep/b.jpg", "hold"))
    )
    assert [each.before.verdict for each in FolderPictures(folder, found, False)] == ["pass", "fail", "hold"]


def test_a_picture_without_a_result_is_named(folder, tmp_path):
    found = results_of(results(tmp_path / "r", ("/old/a.jpg", "pass")))
    with pytest.raises(UsageError, match=r"say nothing about b\.jpg"):
        list(FolderPictures(folder, found, False))


def test_two_results_of_one_name_answer_for_neither(folder, tmp_path):
    found = results_of(results(tmp_path / "r", ("/old/a.jpg", "pass"), ("/older/a.jpg", "fail")))
    with pytest.raises(UsageError, match=r"a\.jpg"):
        list(FolderPictures(folder, found, False))


@pytest.mark.parametrize(
    "text, words",
    [
        ("{", "line 1 is no result"),
        ('{"image": "a"}', "verdict"),
        ('{"image": "a", "verdict": "read", "text": "", "reasons": []}', "the verdict 'read'"),
        ('{"image": "a", "verdict": "pass", "text": "", "reasons": []}\n' * 2, "line 2: a second result of a"),
    ],
)
def test_results_that_are_none_are_named_with_their_line(tmp_path, text, words):
    (tmp_path / "r").write_text(text)
    with pytest.raises(ResultError, match=words):
        results_of(str(tmp_path / "r"))
    with pytest.raises(ResultError, match="cannot be read"):
        results_of(str(tmp_path / "absent"))
