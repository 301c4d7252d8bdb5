"""The teachers' pass: resumable, without doubles, and read back as it was written."""

import json

import numpy as np
import pytest

from training.real import photographs, teacher
from training.real.photographs import Photograph
from training.real.teacher import TeacherLine

BOX = np.array([[10, 10], [50, 10], [50, 20], [10, 20]], np.float32)


@pytest.fixture
def three(monkeypatch):
    chosen = [Photograph("a", f"{k}.jpg", "metal", "") for k in range(3)]
    monkeypatch.setattr(photographs, "catalogue", lambda group, folder: chosen)
    monkeypatch.setattr(
        photographs, "pictures", lambda some, folder: ((p, np.zeros((8, 8, 3), np.uint8)) for p in some)
    )


class CountingTeacher:
    def __init__(self):
        self.asked = 0

    def __call__(self, image):
        self.asked += 1
        return [TeacherLine(BOX.tolist(), "A1", 0.9, "AI", 0.8)], np.full((2, 2), 9, np.uint8)


def test_a_pass_goes_on_where_it_was_stopped(three, tmp_path):
    asked = CountingTeacher()
    teacher.teach("metal", tmp_path, teacher=asked, most=2)
    assert asked.asked == 2
    teacher.teach("metal", tmp_path, teacher=asked)
    assert asked.asked == 3
    known = teacher.read(tmp_path, "metal")
    assert sorted(known) == ["0.jpg", "1.jpg", "2.jpg"]
    assert known["2.jpg"][0].small_text == "A1" and known["2.jpg"][0].corners().shape == (4, 2)
    assert teacher.map_path(tmp_path, "metal", "2.jpg").is_file()
    assert set(json.loads((tmp_path / "metal.json").read_text())["0.jpg"][0]) == set(TeacherLine.__dataclass_fields__)


def test_of_two_quads_on_one_line_the_surer_one_stays():
    kept = teacher.without_doubles([(0.5, "a", BOX), (0.9, "b", BOX + 2), (0.4, "c", BOX + 60)])
    assert [text for _, text, _ in kept] == ["b", "c"]
