"""Numbers grow for ever; names are unique."""

import re

from ocr_app.line.journal.numbers import STEP, PartNumbers, board_name, new_boot, part_id


def test_numbers_go_on_after_those_of_the_journal(tmp_path):
    numbers = PartNumbers(str(tmp_path), 41, torn=False)
    assert [numbers.take(), numbers.take(), numbers.last] == [42, 43, 43]


def test_after_a_torn_journal_they_begin_above_all_that_were_given_out(tmp_path):
    first = PartNumbers(str(tmp_path), 0, torn=True)
    given = [first.take() for _ in range(STEP + 10)]
    again = PartNumbers(str(tmp_path), 0, torn=True)
    assert again.take() > max(given)


def test_it_is_reserved_once_in_many_parts(tmp_path):
    written = []
    numbers = PartNumbers(str(tmp_path), 0, torn=False, write=lambda path, data: written.append(data))
    for _ in range(STEP + 2):
        numbers.take()
    assert written == [b"1001\n", b"2002\n"]


def test_a_full_disk_stops_no_number(tmp_path):
    tries = []

    def refuse(path, data):
        tries.append(path)
        raise OSError(28, "No space left on device")

    numbers = PartNumbers(str(tmp_path), 5, torn=False, write=refuse)
    assert [numbers.take(), numbers.take()] == [6, 7] and len(tries) == 2


def test_a_damaged_reservation_counts_as_none(tmp_path):
    for text in (b"", b"-5", b"12a", b"\xff\xfe", b"9" * 40):
        (tmp_path / "reserved").write_bytes(text)
        assert PartNumbers(str(tmp_path), 3, torn=True).take() == 4


def test_names():
    assert re.fullmatch("[0-9a-f]{12}", new_boot()) and new_boot() != new_boot()
    assert part_id("line-3", "ab12", 7) == "line-3-ab12-7" and board_name("x") == "x"
    assert re.fullmatch("[A-Za-z0-9_-]{1,40}", board_name(""))
