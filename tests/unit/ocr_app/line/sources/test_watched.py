"""A folder that a camera writes to: whole frames, once each."""

import os

import pytest

from ocr_app.line.sources.contract import CameraLost
from ocr_app.line.sources.watched import WatchedSource


def made(folder, after="keep", known=lambda key: False):
    source = WatchedSource(str(folder), after, known)
    source.open()
    return source


def test_a_frame_comes_once_it_is_whole_and_leaves_when_it_is_a_part(tmp_path):
    source = made(tmp_path)
    (tmp_path / "b.png").write_bytes(b"whole")
    os.utime(str(tmp_path / "b.png"), (1, 1))
    (tmp_path / "a.png").write_bytes(b"later")
    found = [source.next(1.0), source.next(1.0)]
    assert [(frame.name, frame.data) for frame in found] == [("b.png", b"whole"), ("a.png", b"later")]
    assert source.next(0.15) is None and len(list(tmp_path.glob("*.png"))) == 2
    for frame in found:
        frame.leave()
    assert sorted(path.name for path in (tmp_path / "taken").iterdir()) == ["a.png", "b.png"]


def test_one_that_still_grows_is_waited_for(tmp_path):
    source = made(tmp_path)
    with open(str(tmp_path / "a.png"), "wb") as stream:
        for _ in range(4):
            stream.write(b"x" * 10)
            stream.flush()
            assert source.next(0.0) is None
    assert source.next(1.0).data == b"x" * 40


def test_after_a_restart_one_that_is_a_part_already_is_put_away(tmp_path):
    (tmp_path / "a.png").write_bytes(b"1")
    (tmp_path / "b.png").write_bytes(b"2")
    first = made(tmp_path, "delete")
    keys = {first.next(1.0).key}
    again = made(tmp_path, "delete", keys.__contains__)
    frame = again.next(1.0)
    assert frame.key not in keys and len(list(tmp_path.glob("*.png"))) == 1
    frame.leave()
    assert not list(tmp_path.glob("*.png"))


def test_a_new_file_under_an_old_name_is_a_new_frame(tmp_path):
    source = made(tmp_path, "delete")
    for data in (b"one", b"second"):
        (tmp_path / "frame.png").write_bytes(data)
        frame = source.next(1.0)
        assert frame.data == data
        frame.leave()


def test_one_that_goes_between_the_look_and_the_reading_is_none(tmp_path):
    source = made(tmp_path)
    (tmp_path / "a.png").write_bytes(b"1")
    source._look()
    source._look()
    (tmp_path / "a.png").unlink()
    assert source.next(0.0) is None


def test_one_that_cannot_be_read_is_a_frame_without_data_so_that_its_part_fails(tmp_path, monkeypatch):
    source = made(tmp_path)
    (tmp_path / "a.png").write_bytes(b"1")

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", refuse)
    assert source.next(1.0).data == b""


def test_a_folder_that_goes_is_a_lost_camera(tmp_path):
    source = made(tmp_path / "in")
    for path in (tmp_path / "in" / "taken", tmp_path / "in"):
        path.rmdir()
    with pytest.raises(CameraLost):
        source.next(0.0)
    with pytest.raises(CameraLost):
        WatchedSource(str(tmp_path / "none"), "delete", bool).open()
    with pytest.raises(CameraLost):
        source.check()
    assert str(tmp_path) in made(tmp_path).check()
