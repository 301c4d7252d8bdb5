"""Frames over HTTP and from a folder, a gate by the stand-in of Jetson.GPIO, presence in a replay."""

import io
import json
import os
import signal
import threading
import time
from pathlib import Path

import numpy as np
from PIL import Image as Pillow

from tests.line.conftest import until

STANDIN = Path(__file__).resolve().parents[1] / "standins" / "jetson_gpio"


def picture(level, size=(16, 16)):
    stream = io.BytesIO()
    Pillow.fromarray(np.full((*size, 3), level, np.uint8)).save(stream, "PNG")
    return stream.getvalue()


def test_each_request_is_a_part_and_is_answered_with_its_row(line):
    served = line.set(source={"kind": "http"}, parts={"queue": 4}).start()
    status, record = served.read(picture(1), "one.png")
    assert (status, record["verdict"], record["text"], record["image"]) == (200, "pass", "AB7", "one.png")
    assert (record["id"], record["values"]) == (line.rows()[0][1], {"number": "7"})
    status, record = served.read(b"no image", "two.png")
    assert (status, record["verdict"], record["reasons"][0]) == (200, "fail", "not-an-image")
    answers = []
    callers = [threading.Thread(target=lambda: answers.append(served.read(picture(30)))) for _ in range(16)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    refused = [record for status, record in answers if status == 503]
    passed = [record for status, record in answers if status == 200]
    assert len(passed) + len(refused) == 16 and refused and all("refused" in record for record in refused)
    assert len({record["id"] for record in passed}) == len(passed) == line.count() - 2
    assert served.end() == 0


def test_every_file_of_a_folder_is_one_part_over_kills(line):
    line.set(source={"kind": "folder", "path": "camera"})
    camera = line.folder / "camera"
    camera.mkdir()
    for number in range(60):
        (camera / "part").write_bytes(picture(1 + number % 4))
        (camera / "part").rename(camera / f"{number:03d}.png")
    for wanted in (10, 25, 40):
        served = line.start()
        until(lambda wanted=wanted: line.count() >= wanted, f"{wanted} parts")
        os.kill(served.process.pid, signal.SIGKILL)
        served.process.wait()
    served = line.start()
    until(lambda: not list(camera.glob("*.png")) and line.count() >= 60, "all parts")
    assert served.end() == 0
    names = [name for (name,) in line.rows("SELECT name FROM parts ORDER BY number")]
    assert sorted(names) == [f"{number:03d}.png" for number in range(60)], "a file was no part, or two"
    assert len(list((camera / "taken").iterdir())) == 60
    interrupted = [row for row in line.rows() if "interrupted" in row[3]]
    assert len(interrupted) <= 12 and line.count("pass") == 60 - len(interrupted)


def changes(path, pin):
    """(seconds, level) of each call on a pin."""
    found = []
    for text in path.read_text().splitlines():
        words = text.split()
        if words[1:3] == ["out", str(pin)]:
            found.append((float(words[0]), int(words[3])))
    return found


def test_the_gate_opens_for_passes_alone_and_closes_at_the_end(line):
    pins = line.folder / "pins"
    environ = {"FAKE_GPIO": str(pins), "PYTHONPATH": f"{STANDIN}:{Path(__file__).resolve().parents[2]}"}
    line.frames([1]).set(
        source={"rate_hz": 50},
        trigger={"kind": "gpio", "pin": 7, "debounce_ms": 0, "frame_ms": 500},
        reject={"gpio": "jetson", "pin": 11, "delay_ms": 1500, "length_ms": 400, "watchdog_pin": 13, "watchdog_ms": 50},
    )
    served = line.start(environ=environ)
    until(lambda: len(changes(pins, 13)) > 10, "the watchdog")
    for number in range(1, 4):
        with open(f"{pins}.in", "a") as stream:
            stream.write("edge\n")
        until(lambda number=number: line.count("pass") == number, "a part")
        time.sleep(0.8)  # windows of passes that follow each other closely are one
    until(lambda: [level for _, level in changes(pins, 11)] == [0, 1, 0, 1, 0, 1, 0], "three windows")
    windows = changes(pins, 11)[1:]
    triggered = [at for (at,) in line.rows("SELECT triggered FROM parts ORDER BY number")]
    for at, (opens, _), (closes, _) in zip(triggered, windows[::2], windows[1::2], strict=True):
        assert 1.49 < opens - at < 1.75 and 0.1 < closes - opens < 0.8
    before = line.count()
    line.frames([0])
    with open(f"{pins}.in", "a") as stream:
        stream.write("edge\n")
    until(lambda: line.count() == before + 1, "a part that fails")
    until(lambda: [level for _, level in changes(pins, 11)][7:] == [0], "its window")
    assert served.end() == 0
    assert [level for _, level in changes(pins, 11)][7:] == [0, 0]  # the last is that of the end
    assert pins.read_text().splitlines()[-1].endswith("cleanup") and changes(pins, 13)[-1][1] == 0


def test_without_the_library_a_line_that_needs_it_does_not_start(line):
    line.frames([1]).set(reject={"gpio": "jetson", "pin": 11})
    served = line.start(ready=False)
    assert served.process.wait(60) == 14 and "Jetson.GPIO" in served.said()


def test_a_passage_in_a_replay_is_one_part(line):
    def frame(at):
        pixels = np.full((240, 320), 40, np.uint8)
        if at is not None:
            pixels[40:200, at : at + 150] = 220
        return Pillow.fromarray(pixels)

    plan = [None, None, 20, 80, 80, 80, None, None, 60, 100, 100, None]
    for number, at in enumerate(plan):
        frame(at).save(line.folder / "in" / f"{number:03d}.png")
    line.set(source={"rate_hz": 10, "repeat": False}, trigger={"kind": "presence"})
    served = line.start()
    served.until(lambda: "the source is at its end" in served.said(), "the end")
    until(lambda: line.count() == 2, "two parts")
    text = served.ask("GET", "/metrics")[1]
    assert served.end() == 0
    assert [name for (name,) in line.rows("SELECT name FROM parts")] == ["004.png", "010.png"]
    assert 'nano_ocr_frames_total{fate="skipped"} 10.0' in text
    assert json.loads(line.rows()[0][3]) is not None


def test_a_request_is_a_trigger_whose_verdict_is_in_the_history(line):
    served = line.set(
        source={"kind": "replay", "path": "frames", "rate_hz": 20, "repeat": True}, trigger={"kind": "http"}
    )
    frames = line.folder / "frames"
    frames.mkdir(exist_ok=True)
    (frames / "one.png").write_bytes(picture(1))
    served = line.start()
    until(lambda: served.ask("GET", "/ready")[0] == 200, "readiness")
    assert line.count() == 0  # frames alone are no parts
    for number in range(1, 4):
        assert served.ask("POST", "/trigger", body=b"") == (202, {"trigger": "taken"})
        until(lambda number=number: line.count() == number, f"{number} parts")
    assert [verdict for (verdict,) in line.rows("SELECT verdict FROM parts ORDER BY number")] == ["pass"] * 3
    assert served.end() == 0
