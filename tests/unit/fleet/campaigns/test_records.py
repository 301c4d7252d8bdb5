"""Records of boards are checked by schema; a damaged one is named and loses nothing else."""

import json

import pytest

from fleet.campaigns import records
from tests.unit.fleet.campaigns import made


@pytest.mark.parametrize(
    ("record", "schema"),
    [
        (made.run(), "run"),
        (made.modules(), "modules"),
        (made.modules(error="no export"), "modules"),
        (made.cnn(), "cnn"),
        (made.speed(), "speed"),
    ],
)
def test_what_is_made_here_by_hand_fits_the_schemas(record, schema):
    assert records.mistake(record, records.SCHEMAS[schema]) == ""


def test_a_whole_board_is_read(tmp_path):
    board = made.write_board(tmp_path, "nano-1")
    assert (board.host, sorted(board.records), board.broken) == ("nano-1", sorted(made.whole()), {})
    assert board.entry(made.RUN)["status"] == "done" and board.entry("other") == {}


def test_a_record_of_another_schema_is_named_with_its_place_and_the_rest_is_kept(tmp_path):
    broken = made.run()
    broken["reader"]["threads"] = "two"
    board = made.write_board(tmp_path, "nano-1", made.whole(**{made.RUN: broken}))
    assert board.broken == {f"{made.RUN}.json": "reader/threads: 'two' is not of type 'integer'"}
    assert made.RUN not in board.records and made.MODULES in board.records


def test_a_record_that_is_not_what_the_board_measured_is_named(tmp_path):
    made.write_board(tmp_path, "nano-1")
    (tmp_path / "nano-1" / "modules.json").write_text(json.dumps(made.modules(ms=1.0)))
    board = records.read_board(tmp_path / "nano-1")
    assert board.broken == {"modules.json": "another file than the board measured: its sha256 differs"}


@pytest.mark.parametrize("text", ["", "{", '{"schema": "nano-ocr/run/1"', "\udcff"])
def test_a_file_that_was_cut_off_is_named(tmp_path, text):
    made.write_board(tmp_path, "nano-1")
    (tmp_path / "nano-1" / f"{made.RUN}.json").write_text(text, errors="surrogateescape")
    board = records.read_board(tmp_path / "nano-1")
    assert list(board.broken) == [f"{made.RUN}.json"] and "unreadable" in board.broken[f"{made.RUN}.json"]


def test_a_missing_record_is_named(tmp_path):
    made.write_board(tmp_path, "nano-1")
    (tmp_path / "nano-1" / "cnn.json").unlink()
    assert records.read_board(tmp_path / "nano-1").broken == {"cnn.json": "the file is missing"}


def test_a_damaged_board_json_leaves_a_board_without_records(tmp_path):
    made.write_board(tmp_path, "nano-1")
    (tmp_path / "nano-1" / "board.json").write_text('{"schema": "nano-ocr/board-campaign/1"}')
    board = records.read_board(tmp_path / "nano-1")
    assert board.board is None and board.records == {} and "required" in board.broken["board.json"]


def test_a_board_that_was_only_asked_is_there_and_has_nothing(tmp_path):
    made.write_board(tmp_path, "nano-1")
    (tmp_path / "nano-2").mkdir()
    (tmp_path / "nano-2" / "asked.json").write_text("{}")
    boards = records.read_boards(tmp_path)
    assert [(board.host, board.board is None, board.broken) for board in boards] == [
        ("nano-1", False, {}), ("nano-2", True, {})
    ]  # fmt: skip


def test_what_a_board_said_is_kept(tmp_path):
    made.write_board(tmp_path, "nano-1")
    assert records.read_board(tmp_path / "nano-1").said == ""
    (tmp_path / "nano-1" / "said.json").write_text('{"code": 1, "said": "the line runs"}')
    assert records.read_board(tmp_path / "nano-1").said == "the line runs"
    (tmp_path / "nano-1" / "said.json").write_text("[")
    assert records.read_board(tmp_path / "nano-1").said == ""
