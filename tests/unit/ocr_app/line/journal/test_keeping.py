"""Pictures are kept beside the line."""

import errno
import threading

from ocr_app.line.journal.keeping import PictureKeeper
from ocr_app.line.journal.pictures import PictureQuotas, PictureStore


def made(tmp_path, journal, status, kept="all"):
    store = PictureStore(str(tmp_path / "journal"), PictureQuotas(10**6, 10**6, 0, kept))
    return store, PictureKeeper(store, journal, status, threading.Lock())


def lost(status):
    text = status.metrics.text(status.snapshot(), 0, 1, "")
    return float(text.partition("\nnano_ocr_pictures_lost_total ")[2].split()[0])


def run(keeper):
    stop = threading.Event()
    stop.set()
    keeper.run(stop)


def test_the_row_names_its_picture(open_journal, make_row, status, tmp_path):
    journal = open_journal()
    row = journal.decide(make_row(1, "fail"))
    _, keeper = made(tmp_path, journal, status)
    keeper.keep(row, b"\xff\xd8data")
    keeper.keep(row, b"")
    run(keeper)
    assert journal.undelivered("x", 1)[0].picture == "pictures/reject/1-fail.jpg"
    assert (tmp_path / "journal" / "pictures" / "reject" / "1-fail.jpg").read_bytes() == b"\xff\xd8data"
    assert lost(status) == 0


def test_too_many_at_once_are_counted_and_hold_nothing_up(open_journal, make_row, status, tmp_path):
    _, keeper = made(tmp_path, open_journal(), status)
    for number in range(1, 21):
        keeper.keep(make_row(number, "fail"), b"data")
    assert lost(status) == 4


def test_a_full_disk_is_said_and_the_row_stays_without(open_journal, make_row, status, tmp_path):
    journal = open_journal()
    store, keeper = made(tmp_path, journal, status)

    def refuse(row, data):
        raise OSError(errno.ENOSPC, "No space left on device")

    store.put = refuse
    keeper.keep(journal.decide(make_row(1, "fail")), b"data")
    keeper._put(*keeper._queue.get())
    assert lost(status) == 1 and "disk_low" in status.snapshot().degraded
    assert journal.undelivered("x", 1)[0].picture == ""
