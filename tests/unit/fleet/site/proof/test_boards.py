"""Boards of a measurement write and send as a line does."""

import random
import time

from fleet.live.broker import free_port
from fleet.site.proof.boards import BoardRhythm, JournalledBoard, invented


def test_an_invented_part_is_a_part_of_a_line():
    made = [invented("b", "0" * 12, number, random.Random(number), rejects=0.5) for number in range(1, 200)]
    assert len({row.id for row in made}) == 199
    assert {row.verdict for row in made} == {"pass", "fail", "no-read"}
    assert all(bool(row.reasons) != row.passed for row in made)


def test_what_a_board_decides_is_in_its_journal_even_without_a_broker(tmp_path):
    board = JournalledBoard(tmp_path, "line-1", free_port(), rejects=1.0)
    try:
        decided = [board.decide(), board.decide(ago_s=3600.0)]
        assert board.rows() == decided and board.last == 2
        assert 3590 < decided[0].wall - decided[1].wall < 3610
        assert board._state()["rejects"] == 2 and board._state()["number"] == 2
    finally:
        board.end()


def test_boards_keep_their_rhythm(tmp_path):
    board = JournalledBoard(tmp_path, "line-1", free_port())
    rhythm = BoardRhythm([board], 50.0).start()
    time.sleep(0.5)
    rhythm.end()
    decided = rhythm.decided
    assert 5 <= decided <= 60 and board.last == decided
    board.end()
