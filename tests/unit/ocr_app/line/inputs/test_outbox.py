"""Results on their way to the disk: none is lost, and none holds up the others."""

import errno
import json
import os

import pytest

from ocr_app.line.health.status import ServiceStatus
from ocr_app.line.inputs import outbox, waiting
from ocr_app.line.inputs.outbox import Outbox


@pytest.fixture
def places(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "out").mkdir()
    return tmp_path / "in", tmp_path / "out"


@pytest.fixture
def box(places):
    status, clock = ServiceStatus(), [0.0]
    made = Outbox(str(places[1]), "keep", 2, status, lambda: clock[0])
    made.status, made.clock = status, clock
    return made


def taken(places, name):
    path = places[0] / (waiting.TAKEN + name)
    path.write_bytes(name.encode())
    return waiting.observe(str(path))


def test_a_result_is_written_and_the_image_kept_beside_it(places, box):
    box.put(taken(places, "a.png"), {"text": "MÄRZ"})
    assert json.loads((places[1] / "a.png.json").read_text(encoding="utf-8")) == {"text": "MÄRZ"}
    assert (places[1] / "read" / "a.png").read_bytes() == b"a.png"
    assert os.listdir(str(places[0])) == [] and box.waiting() == {}
    assert box.in_use("a.png") and not box.in_use("b.png")


def test_one_that_fails_waits_and_the_others_do_not(places, box):
    (places[1] / "a.png.json").mkdir()
    box.put(taken(places, "a.png"), {})
    assert "output_lost" in box.status.degraded.current()
    box.put(taken(places, "b.png"), {})
    assert (places[1] / "b.png.json").is_file() and not box.full
    assert [image.name for image in box.waiting().values()] == ["a.png"]
    (places[1] / "a.png.json").rmdir()
    box.send()
    assert box.waiting()  # not before a second is over
    box.clock[0] = 2.0
    box.send()
    assert (places[1] / "a.png.json").is_file() and not box.waiting()
    assert "output_lost" not in box.status.degraded.current()


def test_a_full_disk_stops_new_readings(places, box, monkeypatch):
    def full(target, result):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Outbox, "_write_whole", staticmethod(full))
    for name in ("a.png", "b.png"):
        box.put(taken(places, name), {})
    assert box.full and {"output_lost", "disk_low"} <= set(box.status.degraded.current())
    assert len(os.listdir(str(places[0]))) == 2


def test_a_name_that_the_file_system_of_results_refuses_becomes_a_plain_one(places, box, monkeypatch):
    whole = Outbox._write_whole

    def picky(target, result):
        if "~" not in os.path.basename(target):
            raise OSError(errno.EILSEQ, "Invalid or incomplete multibyte or wide character")
        whole(target, result)

    monkeypatch.setattr(Outbox, "_write_whole", staticmethod(picky))
    box.put(taken(places, "a:b.png"), {})
    found = [name for name in os.listdir(str(places[1])) if name.endswith(".json")]
    assert len(found) == 1 and found[0].startswith("a_b~")
    assert os.listdir(str(places[1] / outbox.READ)) == [found[0][:-5]]
