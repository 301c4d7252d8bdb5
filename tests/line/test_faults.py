"""Faults with real parts: a full disk, a torn journal, a reader that dies or hangs, a camera that goes."""

import json
import os
import subprocess
import time
from pathlib import Path

import pytest

from tests.conftest import absent
from tests.line.conftest import until

CROPS = Path(__file__).resolve().parents[2] / "data" / "nano-codes-100" / "images"
PASS, DIES, HANGS = 1, 0, 255
FILL = 4096


@pytest.fixture
def small_disk(tmp_path):
    """A real file system of 4 MB, in memory; needs root."""
    folder = tmp_path / "journal"
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if done.returncode:
        absent("a mount", done.stderr.decode().strip() or "run as root", allowed_in_ci=True)
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder):
    """Everything that is free, by a program that has nothing to do with the line."""
    path = folder / "ballast"
    with open(path, "ab", buffering=0) as stream:
        try:
            while True:
                stream.write(b"x" * FILL)
        except OSError:
            pass
    return path


def seen_by_plc(line):
    """What an output gets to hear, in order, by the retained state of the metrics: passes and fails."""
    found = {}
    for text in line.served[-1].ask("GET", "/metrics")[1].splitlines():
        if text.startswith("nano_ocr_parts_total"):
            found[text.partition('"')[2].partition('"')[0]] = float(text.rsplit(" ", 1)[1])
    return found


def test_on_a_full_disk_nothing_passes_and_what_was_decided_is_written_later(line, small_disk):
    line.frames([PASS, 2]).set(source={"rate_hz": 20}, journal={"pictures": "none", "low_water_mb": 1})
    line.set(health={"disk_mb": 1})
    served = line.start()
    until(lambda: line.count("pass") > 5, "passes")
    ballast = fill(small_disk)
    served.degraded_by("journal_lost")
    served.degraded_by("disk_low")
    until(lambda: seen_by_plc(line).get("fail", 0) > 10, "parts that fail")
    passes = seen_by_plc(line)["pass"]
    time.sleep(0.5)
    assert seen_by_plc(line)["pass"] == passes, "a part passed that was not written down"
    ballast.unlink()
    until(lambda: "journal_lost" not in served.health()["degraded"], "a journal again")
    until(lambda: seen_by_plc(line)["pass"] > passes + 5, "passes again")
    assert served.end() == 0
    rows = line.rows()
    assert [number for number, *_ in rows] == list(range(1, len(rows) + 1)), "a part is missing"
    unwritten = [json.loads(reasons) for _, _, verdict, reasons, _ in rows if verdict == "fail"]
    assert len(unwritten) > 10 and all("not-journalled" in reasons for reasons in unwritten)


def test_pictures_give_way_to_the_journal(line, small_disk):
    line.frames([PASS]).set(source={"rate_hz": 30}, journal={"low_water_mb": 1}, health={"disk_mb": 1})
    pixels = os.urandom(60000)  # frames that fill four megabytes within seconds
    with open(line.folder / "in" / "0000.png", "ab") as stream:
        stream.write(pixels)
    (line.folder / "in" / "reject.png").write_bytes(b"no image" + pixels)
    served = line.start()
    until(lambda: line.count() > 150, "parts", 60)
    assert "journal_lost" not in served.health()["degraded"] and served.end() == 0
    about = os.statvfs(small_disk)
    assert about.f_bavail * about.f_frsize > 700000
    kept = line.rows("SELECT number FROM parts WHERE picture != '' ORDER BY number")
    assert kept and kept[0][0] > 10, "the oldest pictures go first, and their rows say so"
    for (number,) in kept:
        (path,) = (small_disk / "pictures").glob(f"*/{number}-*")
        assert path.stat().st_size > len(pixels)


@pytest.mark.parametrize("way", ["head", "cut"])
def test_a_torn_journal_is_put_aside_and_sequences_go_on(line, way):
    line.frames([PASS]).set(source={"rate_hz": 20})
    served = line.start()
    until(lambda: line.count() > 10, "parts")
    assert served.end() == 0
    last = line.rows()[-1][0]
    path = line.folder / "journal" / "journal.db"
    data = path.read_bytes()
    path.write_bytes(b"\0" * 64 + data[64:] if way == "head" else data[: len(data) // 3])
    served = line.start()
    served.degraded_by("journal_lost")
    until(lambda: line.count("pass") > 3, "passes")
    assert served.end() == 0
    assert (line.folder / "journal" / "journal.db.torn-1").exists() and line.rows()[0][0] > last
    served = line.start()
    assert "journal_lost" not in served.health()["degraded"] and served.end() == 0


def test_a_reader_that_dies_or_hangs_costs_its_part_alone(line):
    line.frames([PASS, DIES, PASS, HANGS, PASS, PASS]).set(
        source={"rate_hz": 5, "repeat": False}, limits={"reading_s": 1.0, "restarts": 10}, reader={"threads": 1}
    )
    served = line.start()
    until(lambda: line.count() == 6, "six verdicts", 60)
    assert served.end() == 0
    rows = [(verdict, json.loads(reasons)[0]) for _, _, verdict, reasons, _ in line.rows()]
    assert [verdict for verdict, _ in rows] == ["pass", "fail", "pass", "fail", "pass", "pass"]
    assert (rows[1][1], rows[3][1]) == ("crashed", "hung")


def test_a_hung_reader_makes_parts_fail_at_their_limit_and_in_order(line):
    line.frames([HANGS, PASS, PASS, PASS]).set(
        source={"rate_hz": 20, "repeat": False}, limits={"reading_s": 2.0}, parts={"limit_ms": 700}
    )
    served = line.start()
    until(lambda: line.count() == 4, "four verdicts", 60)
    took = line.rows("SELECT decided - triggered FROM parts ORDER BY number")
    assert served.end() == 0 and max(seconds for (seconds,) in took) < 1.5
    reasons = [json.loads(reasons)[0] for _, _, _, reasons, _ in line.rows()]
    assert reasons == ["deadline-missed"] * 4


def test_with_two_processes_verdicts_leave_in_the_order_of_their_triggers(line):
    line.frames([100, 1, 1, DIES, 100, 1, 1, HANGS, 1, 1]).set(
        source={"rate_hz": 20, "repeat": False}, limits={"reading_s": 3.0, "restarts": 10}, reader={"processes": 2}
    )
    served = line.start()
    until(lambda: line.count() == 10, "ten verdicts", 90)
    assert served.end() == 0
    wanted = ["pass"] * 3 + ["fail"] + ["pass"] * 3 + ["fail"] + ["pass"] * 2
    assert [verdict for _, verdict in line.decided()] == wanted
    decided = [moment for (moment,) in line.rows("SELECT decided FROM parts ORDER BY number")]
    assert decided == sorted(decided)


def test_a_camera_that_goes_is_said_and_is_found_again(line):
    line.frames([PASS]).set(source={"rate_hz": 20, "retry_s": 0.1, "retry_most_s": 0.2})
    served = line.start()
    until(lambda: line.count() > 3, "parts")
    (line.folder / "in").rename(line.folder / "away")
    served.degraded_by("camera_lost")
    before = line.count()
    (line.folder / "away").rename(line.folder / "in")
    until(lambda: line.count() > before + 3, "parts again")
    until(lambda: "camera_lost" not in served.health()["degraded"], "a camera again")
    assert served.end() == 0


def test_garbage_is_a_fail_with_its_reason(line):
    whole = (CROPS / "000.jpg").read_bytes()
    for name, data in (("a.png", b""), ("b.png", b"no image"), ("c.jpg", whole[: len(whole) // 2])):
        (line.folder / "in" / name).write_bytes(data)
    line.set(source={"rate_hz": 20, "repeat": False})
    served = line.start()
    until(lambda: line.count() == 3, "three verdicts")
    assert served.end() == 0
    rows = [(verdict, json.loads(reasons)[0]) for _, _, verdict, reasons, _ in line.rows()]
    assert rows == [("fail", "no-frame"), ("fail", "not-an-image"), ("fail", "truncated")]


def test_a_latest_line_drops_old_frames_and_counts_them(line):
    line.frames([8]).set(source={"rate_hz": 60}, parts={"policy": "latest", "queue": 1})
    served = line.start()
    until(lambda: line.count() > 15, "parts")
    text = served.ask("GET", "/metrics")[1]
    dropped = float(text.partition('nano_ocr_frames_total{fate="dropped"} ')[2].split()[0])
    waits = line.rows("SELECT MAX(decided - captured) FROM parts")[0][0]
    assert served.end() == 0 and dropped > 30 and waits < 1.0


def test_an_end_that_is_asked_for_leaves_no_part_open(line):
    line.frames([30]).set(source={"rate_hz": 50})
    served = line.start()
    until(lambda: line.count() > 2, "parts")
    assert served.end() == 0
    assert line.rows("SELECT COUNT(*) FROM parts WHERE verdict IS NULL OR reasons LIKE '%interrupted%'") == [(0,)]
