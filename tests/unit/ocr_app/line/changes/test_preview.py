"""What another setup would make of the last pictures."""

import os
import threading

import pytest

from ocr_app.line.changes.preview import MOST, MOST_BYTES, PreviewRow, RecentFrames, SetupPreview, counted
from ocr_app.line.journal.rows import PartRow
from ocr_app.line.reading.jobs import JobQueue


def row(number, verdict="pass", reasons=(), picture=""):
    return PartRow(
        number, str(number), "b", "0", "frame", "", "", 1.0, 1.0, 1.5, 9.0, True, verdict, "A", tuple(reasons),
        picture=picture,
    )  # fmt: skip


@pytest.fixture
def bench(desk):
    """(frames, preview, jobs, parts under way)"""
    desk.start()
    folder, jobs, busy = str(desk.folder / "j"), JobQueue(2), []
    frames = RecentFrames(desk.opened[-1], folder)
    return frames, SetupPreview(frames, jobs, lambda: len(busy), folder), jobs, busy


@pytest.fixture
def reader(bench):
    """Reads what is offered, as pass for even bytes."""
    stop = threading.Event()

    def read():
        while not stop.is_set():
            job = bench[2].take(0.02)
            if job is not None:
                with open(job.path, "rb") as stream:
                    verdict = "pass" if stream.read()[0] % 2 == 0 else "error"
                name = job.setup.product if job.setup else "none"
                lines = [{"text": "L" + name}, {"text": " "}]
                job.finish({"verdict": verdict, "text": name, "reasons": ["x"], "lines": lines})

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    yield thread
    stop.set()
    thread.join(10)


def test_the_last_frames_are_kept_within_bounds_and_none_that_broke_the_reader(bench):
    frames = bench[0]
    for number in range(1, MOST + 4):
        frames.view(row(number), b"x", None)
    frames.view(row(90, "fail", ("crashed",)), b"x", None)
    frames.view(row(91), b"", None)
    assert [frame.number for frame in frames.last()] == list(range(MOST + 3, 3, -1))
    assert frames.of(5).data == b"x" and frames.of(90) is None
    frames.view(row(100), b"y" * (MOST_BYTES - 1), None)
    assert [frame.number for frame in frames.last(2)] == [100, 15]
    frames.view(row(101), b"yy", None)
    assert [frame.number for frame in frames._kept] == [101], "the bytes are bounded too"


def test_pictures_of_the_journal_fill_up_what_is_missing(desk, bench):
    for number, reasons in ((1, ()), (2, ("hung",)), (3, ()), (4, ())):
        desk.opened[-1].decide(row(number, "fail", reasons, picture="p{}".format(number)))
        (desk.folder / "j" / "p{}".format(number)).write_bytes(b"z")
    (desk.folder / "j" / "p3").unlink()
    bench[0].view(row(4), b"x", None)
    assert [(frame.number, frame.data) for frame in bench[0].last()] == [(4, b"x"), (1, b"z")]


def test_every_picture_is_read_aside_and_no_file_is_left(desk, bench, reader):
    frames, preview, _, _ = bench
    for number in (1, 2):
        frames.view(row(number, "hold"), bytes([number]), None)
    before = sorted(os.listdir(str(desk.folder / "j")))
    found = preview.run(desk.changes.setup)
    assert found == [PreviewRow(2, "hold", "pass", "r", ("x",)), PreviewRow(1, "hold", "fail", "r", ("x",))]
    assert counted(found) == {"pass": 1, "fail": 1, "unread": 0}
    assert sorted(os.listdir(str(desk.folder / "j"))) == before


def test_while_parts_are_under_way_nothing_is_read(desk, bench, reader):
    frames, preview, _, busy = bench
    frames.view(row(1), b"\2", None)
    busy.append(1)
    (found,) = preview.run(desk.changes.setup, limit_s=0.2)
    assert found.verdict is None and counted([found]) == {"pass": 0, "fail": 0, "unread": 1}


def test_one_preview_at_a_time(desk, bench):
    with bench[1]._lock:
        assert bench[1].run(desk.changes.setup) is None


def test_texts_are_read_once_without_a_recipe_and_only_of_what_is_asked_for(bench, reader):
    frames, preview, jobs, _ = bench
    for number in (1, 2, 3):
        frames.view(row(number), b"\2", None)
    assert preview.texts([1, 3, 99]) == {1: ("Lnone",), 3: ("Lnone",)}
    jobs.offer_aside = None
    assert preview.texts([3, 1]) == {3: ("Lnone",), 1: ("Lnone",)}, "known already"
    with preview._lock:
        assert preview.texts([1]) is None
