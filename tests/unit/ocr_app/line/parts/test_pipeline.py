"""One verdict for each trigger, always, in order."""

import sqlite3
import threading
import time

from ocr_app.line.parts import part as parts
from ocr_app.line.reading.setup import LineSetup
from ocr_app.line.sources.contract import CapturedFrame


def test_a_part_is_read_written_down_and_then_handed_over(make_bench, tmp_path):
    bench = make_bench()
    seen = []

    def look(row, data):
        other = sqlite3.connect(str(tmp_path / "journal" / "journal.db"))
        seen.append((data, other.execute("SELECT verdict FROM parts WHERE number = ?", (row.number,)).fetchone()))
        other.close()

    bench.pipeline.add_output(look)
    bench.start()
    bench.begin("a.png")
    code = {"values": {"lot": "7"}, "witnesses": {"needed": 1}}
    job = bench.read(code=code)
    (row,) = bench.end()
    assert job.name == "a.png" and seen == [(b"data", ("pass",))]
    assert (row.number, row.id, row.verdict, row.text, row.values) == (1, "b-boot-1", "pass", "A1", {"lot": "7"})
    assert (row.recipe_digest, row.release, row.clock_trusted) == ("digest", "1", True)
    assert row.triggered <= row.decided and abs(row.wall - bench.wall) < 60 and row.timings["total"] == 3.0
    assert bench.metric('parts_total{verdict="pass"}') == 1 and bench.metric('part_seconds_count{stage="total"}') == 1


def test_verdicts_leave_in_the_order_of_the_triggers(make_bench):
    bench = make_bench().start()
    for name in "abc":
        bench.begin(name)
    taken = [bench.jobs.take(1.0) for _ in range(3)]
    taken[2].finish({"text": "", "verdict": "pass", "reasons": [], "timing_ms": {}})
    bench.pipeline.begin(bench.jobs.now(), None, parts.NO_FRAME)
    time.sleep(0.1)
    assert bench.decided == []
    for job in taken[:2]:
        job.finish({"text": "", "verdict": "no-read", "reasons": [], "timing_ms": {}})
    found = [(row.number, row.verdict) for row in bench.end()]
    assert found == [(1, "no-read"), (2, "no-read"), (3, "pass"), (4, "fail")]


def test_what_is_late_is_a_fail_at_its_limit_and_its_late_result_is_dropped(make_bench):
    bench = make_bench(limit_s=0.2).start()
    bench.begin()
    job = bench.jobs.take(1.0)
    bench.end()
    assert [(row.verdict, row.reasons) for row in bench.decided] == [("fail", (parts.LATE,))]
    assert not job.finish({"verdict": "pass"})
    assert "deadline_missed" in bench.status.snapshot().degraded


def test_a_failed_reading_and_one_without_a_frame_are_fails(make_bench):
    bench = make_bench().start()
    bench.begin()
    bench.read("error", ["crashed"], error={"code": "crashed"})
    bench.pipeline.begin(bench.jobs.now(), None, parts.NO_FRAME)
    bench.pipeline.begin(bench.jobs.now(), CapturedFrame(b"", "empty", bench.jobs.now()))
    found = [(row.verdict, row.reasons) for row in bench.end()]
    assert found == [("fail", ("crashed",)), ("fail", (parts.NO_FRAME,)), ("fail", (parts.NO_FRAME,))]


def test_beyond_the_capacity_a_new_part_is_refused_and_says_so(make_bench):
    bench = make_bench(capacity=2)
    for name in "abc":
        bench.begin(name)
    bench.start()
    for _ in range(2):
        bench.read()
    assert [(row.verdict, row.reasons) for row in bench.end()] == [
        ("pass", ()),
        ("pass", ()),
        ("fail", (parts.OVERRUN,)),
    ]
    assert bench.metric('triggers_total{fate="overrun"}') == 1


def test_with_latest_the_oldest_that_waits_gives_way(make_bench):
    bench = make_bench(capacity=2, latest=True)
    for name in "abc":
        bench.begin(name)
    bench.start()
    names = []
    job = bench.jobs.take(1.0)
    while job is not None:
        if not job.abandoned:
            names.append(job.name)
            job.finish({"text": "", "verdict": "pass", "reasons": [], "timing_ms": {}})
        job = bench.jobs.take(0.1)
    found = [row.reasons for row in bench.end()]
    assert found == [(parts.DROPPED,), (), ()] and names == ["b", "c"]
    assert bench.metric('frames_total{fate="dropped"}') == 1


def test_with_latest_a_flood_is_bounded(make_bench):
    bench = make_bench(capacity=2, latest=True)
    for _ in range(10):
        bench.begin()
    assert bench.pipeline.under_way == 10 and len(bench.jobs._queue.queue) == 4
    bench.pipeline.reading_is_over()
    bench.start()
    assert len(bench.end()) == 10 and not [row for row in bench.decided if row.passed]


def test_after_the_end_parts_fail_and_none_is_left_open(make_bench):
    bench = make_bench().start()
    bench.begin()
    bench.pipeline.finish()
    bench.begin()
    bench.pipeline.reading_is_over()
    assert [row.reasons for row in bench.end()] == [(parts.STOPPED,), (parts.STOPPED,)]


def test_an_output_that_fails_keeps_no_other_from_its_verdict(make_bench):
    bench = make_bench()
    bench.pipeline._outputs.insert(0, lambda row, data: 1 // 0)
    bench.start()
    bench.begin()
    bench.read()
    assert len(bench.end()) == 1 and bench.metric("output_lost_total") == 1
    assert "output_lost" in bench.status.snapshot().degraded


def test_a_frame_leaves_its_source_after_the_row_and_hears_of_its_verdict(make_bench):
    bench = make_bench().start()
    heard = []
    frame = bench.frame(
        key="k", on_part=lambda: heard.append(bench.journal.has_frame("k")), on_verdict=lambda row: heard.append(row.id)
    )
    bench.pipeline.begin(frame.captured, frame)
    bench.read()
    bench.end()
    assert heard == [True, "b-boot-1"]


def test_waiting_for_room_ends_with_the_service(make_bench):
    bench = make_bench(capacity=1)
    stop = threading.Event()
    assert bench.pipeline.wait_for_room(stop)
    bench.begin()
    threading.Timer(0.1, stop.set).start()
    assert not bench.pipeline.wait_for_room(stop)


def test_no_room_for_the_frame_of_the_reader(make_bench, monkeypatch):
    bench = make_bench().start()
    monkeypatch.setattr("tempfile.mkstemp", lambda **_: (_ for _ in ()).throw(OSError(28, "full")))
    bench.begin()
    assert [row.reasons for row in bench.end()] == [(parts.NO_ROOM,)]


def test_a_clock_that_is_set_back_or_forward_changes_no_verdict_and_no_order(make_bench):
    bench = make_bench().start()
    for wall in (2000000.0, 5.0, 3000000.0):
        bench.wall = wall
        bench.begin()
        bench.read()
    rows = bench.end()
    assert [(row.number, row.verdict) for row in rows] == [(1, "pass"), (2, "pass"), (3, "pass")]
    assert [round(row.wall / 10) * 10 for row in rows] == [2000000, 0, 3000000]
    assert all(0 <= row.decided - row.triggered < 5 for row in rows)


def begin_two(bench):
    frames = [bench.frame("a.png"), bench.frame("b.png")]
    return bench.pipeline.begin(frames[0].captured, frames[0], more=frames[1:])


def test_two_frames_of_a_part_are_one_verdict_about_the_one_that_counts(make_bench):
    bench = make_bench(agree=2).start()
    for verdicts in (("pass", "pass"), ("no-read", "pass")):
        begin_two(bench)
        for verdict in verdicts:
            bench.read(verdict, image="x", text="A1" if verdict == "pass" else "")
    first, second = bench.end()
    assert (first.verdict, first.number, second.verdict, second.number) == ("pass", 1, "fail", 2)
    assert second.reasons == ("frames-too-few",) and len(first.witnesses["frames"]) == 2


def test_a_frame_that_is_not_read_in_time_might_have_said_something_else(make_bench):
    bench = make_bench(agree=1, limit_s=0.3).start()
    begin_two(bench)
    bench.read("pass", image="a")
    (row,) = bench.end()
    assert (row.verdict, row.reasons) == ("fail", ("deadline-missed",)) and bench.metric("deadline_missed_total") == 1


def test_a_view_comes_after_the_outputs_with_what_was_read(make_bench):
    bench, seen = make_bench(), []
    bench.pipeline.add_output(lambda row, data: seen.append("output"))
    bench.pipeline.add_view(lambda row, data, result: seen.append((row.number, data, result and result["verdict"])))
    bench.start()
    bench.begin()
    bench.read()
    bench.pipeline.begin(bench.jobs.now(), None, parts.NO_FRAME)
    bench.end()
    assert seen == ["output", (1, b"data", "pass"), "output", (2, b"", None)]


def test_a_view_that_fails_keeps_no_part_from_its_verdict(make_bench):
    bench = make_bench()
    bench.pipeline.add_view(lambda row, data, result: 1 / 0)
    bench.start()
    bench.begin()
    bench.read()
    assert [row.verdict for row in bench.end()] == ["pass"]


def test_work_between_parts_is_refused_while_one_is_under_way_and_keeps_new_ones_out(make_bench):
    bench, done = make_bench(), []

    def work():
        late = threading.Thread(target=bench.begin, args=("late.png",))
        late.start()
        time.sleep(0.1)
        done.append(bench.pipeline.under_way)

    bench.start()
    assert bench.pipeline.between_parts(work) and done == [0]
    job = bench.read()
    assert job.name == "late.png"
    bench.end()
    bench.begin()
    assert not bench.pipeline.between_parts(work) and done == [0]


def test_work_between_parts_is_refused_while_a_trigger_has_no_part_yet(make_bench):
    bench, done = make_bench(), []
    bench.pipeline.pending = lambda: 1
    assert not bench.pipeline.between_parts(lambda: done.append(1)) and done == []
    bench.pipeline.pending = lambda: 0
    assert bench.pipeline.between_parts(lambda: done.append(1)) and done == [1]


def test_a_row_names_the_recipe_that_judges_it(make_bench):
    bench = make_bench().start()
    first = bench.begin()
    bench.read()
    bench.jobs.setup = LineSetup("p", "other", "another digest", "", (), {}, ())
    second = bench.begin()
    assert bench.read().setup is bench.jobs.setup
    bench.end()
    assert (first.row.recipe, first.row.recipe_digest) == ("recipe", "digest")
    assert (second.row.recipe, second.row.recipe_digest) == ("other", "another digest")
