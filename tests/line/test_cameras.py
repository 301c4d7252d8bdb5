"""Cameras that are real processes: GStreamer's RTSP server, Aravis's fake GigE camera, pipelines; and their ends.

USB and CSI need a device: their pipelines are checked as text by the unit tests, and only a board can prove them.
"""

import ctypes
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import absent
from tests.line.conftest import until
from tests.line.test_mqtt import checked

PROGRAMS = Path(__file__).parent / "cameras"
BALL = "videotestsrc is-live=true pattern=ball ! video/x-raw,format=I420,width=320,height=240,framerate=10/1"
H264 = BALL + " ! x264enc tune=zerolatency key-int-max=10 ! rtph264pay name=pay0 pt=96"
JPEG = BALL + " ! jpegenc ! rtpjpegpay name=pay0"
CAMERA = {"open_s": 30.0, "timeout_s": 2.0}
PACKAGES = {
    "libgstapp-1.0.so.0": "gstreamer1.0-plugins-good gstreamer1.0-plugins-ugly gstreamer1.0-libav",
    "libgstrtspserver-1.0.so.0": "libgstrtspserver-1.0-0",
    "libaravis-0.8.so.0": "libaravis-0.8-0",
}


def library(name):
    try:
        ctypes.CDLL(name)
    except OSError:
        absent(name, "apt-get install " + PACKAGES[name])


@pytest.fixture(autouse=True)
def gstreamer(line):
    library("libgstapp-1.0.so.0")
    line.set(source={"retry_s": 0.2, "retry_most_s": 0.5}, parts={"policy": "latest"}, camera=dict(CAMERA))
    for key in ("path", "rate_hz", "repeat"):
        line.settings["source"].pop(key)


class CameraProgram:
    """A camera as a process, which can be unplugged."""

    def __init__(self, name, *arguments):
        self.command = [sys.executable, str(PROGRAMS / name), *arguments]
        self.plug()

    def plug(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE)
        assert self.process.stdout.readline() == b"serving\n"
        return self

    def unplug(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


@pytest.fixture
def plugged():
    found = []

    def plug(*arguments):
        found.append(CameraProgram(*arguments))
        return found[-1]

    yield plug
    for program in found:
        if program.process.poll() is None:
            program.unplug()


@pytest.fixture
def port():
    library("libgstrtspserver-1.0.so.0")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return str(free.getsockname()[1])


@pytest.fixture
def without_raw_sockets(tmp_path, monkeypatch):
    """As the service's own user has none: Aravis takes raw packets where it may, and a sandbox's loopback has none."""
    if os.getuid() == 0 and "LINE_PYTHON" not in os.environ:
        program = tmp_path / "python"
        program.write_text(f'#!/bin/sh\nexec setpriv --bounding-set=-net_raw {sys.executable} "$@"\n')
        program.chmod(0o755)
        monkeypatch.setenv("LINE_PYTHON", str(program))


def children(served, what="ocr_app.line.sources.gstreamer"):
    """Processes below the service with ``what`` in their command line, as (pid, command line)."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if what in command and parent == served.process.pid:
            found.append((int(folder.name), command))
    return found


def passes_again(line, served):
    before = line.count("pass")
    until(lambda: line.count("pass") > before + 3, "passes again", 60)
    until(lambda: "camera_lost" not in served.health()["degraded"], "a camera again")


def test_an_rtsp_server_that_is_killed_is_a_lost_camera_and_is_found_again(line, plugged, port):
    server = plugged("rtsp_server.py", port, H264)
    line.set(source={"kind": "rtsp"}, camera={"url": f"rtsp://127.0.0.1:{port}/line"})
    code, rows = checked(line)
    assert rows["source"]["state"] == "warning" and "without a user" in rows["source"]["found"] and code == 0
    served = line.start()
    until(lambda: line.count("pass") > 5, "passes", 60)
    server.unplug()
    served.degraded_by("camera_lost")
    time.sleep(1.0)  # parts that were under way
    before = line.count()
    time.sleep(1.0)
    assert line.count() == before, "a part came from a camera that is not there"
    server.plug()
    passes_again(line, served)
    assert served.end() == 0
    ages = [age for (age,) in line.rows("SELECT decided - captured FROM parts")]
    assert all(0.0 < age < 10.0 for age in ages)
    gaps = line.rows("SELECT a.captured - b.captured FROM parts a JOIN parts b ON a.number = b.number + 1")
    assert all(gap > 0.0 for (gap,) in gaps) and max(gaps)[0] > 1.0


def test_a_password_opens_the_stream_and_is_in_no_list_of_processes(line, plugged, port):
    plugged("rtsp_server.py", port, JPEG, "anna", "geheim")
    secret = line.folder / "secret"
    secret.write_text("wrong\n")
    secret.chmod(0o600)
    line.set(source={"kind": "rtsp"}, camera={"url": f"rtsp://127.0.0.1:{port}/line", "user": "anna"})
    line.set(camera={"password_file": "secret"})
    code, rows = checked(line)
    assert code == 14 and "Unauthorized" in rows["source"]["found"]
    secret.write_text("geheim\n")
    code, rows = checked(line)
    assert code == 0 and rows["source"]["found"].startswith("rtsp: 320x240, JPEG after")
    served = line.start()
    until(lambda: line.count("pass") > 3, "passes", 60)
    ((_, command),) = children(served)
    assert "geheim" not in command and "geheim" not in served.said() and served.end() == 0


def test_a_gige_camera_has_its_settings_and_is_found_again(line, plugged, without_raw_sockets):
    library("libaravis-0.8.so.0")
    if shutil.which("arv-tool-0.8") is None:
        absent("arv-tool-0.8", "apt-get install aravis-tools-cli")
    camera = plugged("gige_camera.py", "LINE")
    line.set(source={"kind": "gige"}, journal={"pictures": "all"})
    line.set(camera={"device": "Aravis-Fake-LINE", "region": [16, 32, 200, 100], "exposure_us": 2500.0})
    line.set(camera={"controls": "GainRaw=2"})
    served = line.start()
    until(lambda: line.count("pass") > 5, "passes", 60)
    names = ["OffsetX", "OffsetY", "Width", "Height", "ExposureTimeAbs", "GainRaw"]
    command = ["arv-tool-0.8", "-n", "Aravis-Fake-LINE", "control", *names]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    assert [int(text.split()[2]) for text in said.splitlines()] == [16, 32, 200, 100, 2500, 2]
    camera.unplug()
    served.degraded_by("camera_lost")
    camera.plug()
    passes_again(line, served)
    assert served.end() == 0


def test_a_camera_process_that_dies_or_hangs_is_replaced_and_none_outlives_the_service(line):
    # the health is looked at once a second, and a camera that is back before that was never lost for it
    line.set(source={"kind": "pipeline", "retry_s": 2.5, "retry_most_s": 2.5}, camera={"pipeline": BALL})
    served = line.start()
    for number in (signal.SIGKILL, signal.SIGSTOP):
        until(lambda: line.count("pass") > 3, "passes", 60)
        ((pid, _),) = children(served)
        os.kill(pid, number)
        served.degraded_by("camera_lost")
        passes_again(line, served)
        assert pid not in [other for other, _ in children(served)]
    ((pid, _),) = children(served)
    served.process.kill()
    served.process.wait()
    until(lambda: not Path(f"/proc/{pid}/cmdline").exists() or not Path(f"/proc/{pid}/cmdline").read_bytes(), "its end")


def test_a_frozen_picture_is_a_lost_camera_and_makes_no_parts(line):
    line.set(source={"kind": "pipeline"}, camera={"pipeline": BALL.replace("ball", "checkers-8"), "frozen_s": 1.5})
    served = line.start()
    served.degraded_by("camera_lost")
    time.sleep(1.0)  # parts that were under way
    before = line.count()
    assert before > 0
    time.sleep(3.0)  # it is opened again meanwhile, and shows the same
    assert line.count() == before and "camera_lost" in served.health()["degraded"]
    assert "the same picture for 1.5 s" in served.said() and served.end() == 0


def test_what_is_no_picture_is_a_fail_with_its_reason(line):
    line.set(source={"kind": "pipeline"})
    line.set(camera={"pipeline": "videotestsrc is-live=true ! video/x-raw,framerate=5/1", "format": "jpeg"})
    served = line.start()
    until(lambda: line.count() > 2, "verdicts", 60)
    assert served.end() == 0
    assert {(verdict, json.loads(reasons)[0]) for _, _, verdict, reasons, _ in line.rows()[:3]} == {
        ("fail", "not-an-image")
    }


def test_frames_that_come_too_fast_are_dropped_and_counted(line):
    line.set(source={"kind": "pipeline"}, parts={"queue": 1}, camera={"pipeline": BALL.replace("10/1", "100/1")})
    served = line.start()
    until(lambda: line.count("pass") > 5, "passes", 60)

    def dropped():
        return float(served.ask("GET", "/metrics")[1].partition('nano_ocr_frames_total{fate="dropped"} ')[2].split()[0])

    until(lambda: dropped() > 20, "frames that were dropped")
    assert served.end() == 0


@pytest.mark.parametrize(
    "kind,camera,found",
    [
        ("pipeline", {"pipeline": "nosuchsource"}, 'no element "nosuchsource"; install the plugin'),
        ("usb", {"device": "/dev/video99"}, "/dev/video99"),
        ("gige", {"device": "none"}, 'Could not find camera "none"'),
        ("rtsp", {"url": "rtsp://127.0.0.1:9/none", "user": "anna"}, "Could not open resource"),
    ],
)
def test_the_check_says_why_a_camera_does_not_answer(line, kind, camera, found):
    if kind == "gige":
        library("libaravis-0.8.so.0")
    line.set(source={"kind": kind}, camera=camera)
    code, rows = checked(line)
    assert code == 14 and found in rows["source"]["found"], rows["source"]


def test_the_check_names_the_package_of_an_element_that_is_missing(line):
    """Elements of NVIDIA's are missing on every other computer."""
    line.set(source={"kind": "csi"})
    code, rows = checked(line)
    if code == 0:
        absent("a computer without a camera on CSI", "run it elsewhere", allowed_in_ci=True)
    assert code == 14 and "apt-get install nvidia-l4t-gstreamer" in rows["source"]["found"]
