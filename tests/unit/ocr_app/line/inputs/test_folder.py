"""A watched folder, with the service as a program."""

import json
import os
import shutil

import pytest


@pytest.fixture
def folders(tmp_path):
    (tmp_path / "in").mkdir()
    return tmp_path / "in", tmp_path / "out"


def watching(folders, *more):
    return ("--watch", str(folders[0]), "--results", str(folders[1]), "--listen", "none") + more


def dropped(folders, name, data):
    (folders[0] / ("." + name)).write_bytes(data)
    os.replace(str(folders[0] / ("." + name)), str(folders[0] / name))


def result(served, folders, name):
    path = folders[1] / (name + ".json")
    served.until(lambda: path.exists() and not (folders[0] / name).exists(), name)
    return json.loads(path.read_text())


def test_samples_that_are_dropped_are_read_and_put_away(serve, tools, folders, code_models):
    for name in ("000.jpg", "018.jpg"):
        shutil.copy(str(tools.SAMPLES / name), str(folders[0]))
    served = serve("--recipe", str(tools.RECIPE), *watching(folders))
    found = result(served, folders, "000.jpg")
    assert (found["verdict"], found["text"]) == ("pass", "PRO: 13.06.22 EXP: 13.12.23")
    shutil.copy(str(tools.SAMPLES / "010.jpg"), str(folders[0]))
    assert result(served, folders, "010.jpg")["text"] == "11/2024"
    assert served.end() == 0
    assert sorted(os.listdir(str(folders[1] / "read"))) == ["000.jpg", "010.jpg", "018.jpg"]
    assert os.listdir(str(folders[0])) == []


def test_more_than_the_queue_holds_waits_in_the_folder(fake, folders, picture):
    names = ["{:02d}.png".format(number) for number in range(12)]
    for name in names:
        dropped(folders, name, picture(2))
    served = fake(*watching(folders, "--queue", "1", "--after", "delete"))
    for name in names:
        assert result(served, folders, name)["text"] == "AB7"
    assert not (folders[1] / "read").exists()


def test_broken_images_and_dead_readers_are_results_too(fake, folders, picture):
    served = fake(*watching(folders))
    dropped(folders, "a.png", b"no image")
    assert result(served, folders, "a.png")["reasons"][0] == "not-an-image"
    dropped(folders, "b.png", picture(0))
    assert result(served, folders, "b.png")["error"]["code"] == "crashed"
    dropped(folders, "c.png", picture(1))
    assert result(served, folders, "c.png")["text"] == "AB7"


def test_an_image_that_grows_is_left_until_it_stands_still(fake, folders, picture):
    served = fake(*watching(folders)).ready()
    data = picture(1)
    with open(str(folders[0] / "a.png"), "wb") as stream:
        for at in range(0, len(data), 10):
            stream.write(data[at : at + 10])
            stream.flush()
            os.utime(stream.fileno(), ns=(0, at + 1))
    assert result(served, folders, "a.png")["text"] == "AB7"


def test_a_result_that_cannot_be_written_is_tried_again_and_said(fake, folders, picture):
    served = fake(*watching(folders)).ready()
    blocked = folders[1] / "a.png.json.part"
    blocked.mkdir()
    dropped(folders, "a.png", picture(1))
    served.degraded_by("output_lost")
    assert (folders[0] / "a.png").exists()
    blocked.rmdir()
    assert result(served, folders, "a.png")["text"] == "AB7"
    served.until(lambda: "output_lost" not in served.health()["degraded"], "the end of output_lost")


def test_an_image_that_waited_too_long_is_rejected(fake, folders, recipe, picture):
    for number in range(3):
        dropped(folders, "{}.png".format(number), picture(60))
    served = fake("--recipe", recipe, "--deadline-ms", "900", *watching(folders, "--queue", "1"))
    verdicts = [result(served, folders, "{}.png".format(number))["verdict"] for number in range(3)]
    assert verdicts[-1] == "fail"
    dropped(folders, "9.png", picture(1))
    assert result(served, folders, "9.png")["verdict"] == "pass"


def test_a_camera_that_is_silent_or_whose_folder_is_gone(fake, folders, picture):
    served = fake(*watching(folders, "--frame-every", "1"))
    served.degraded_by("camera_lost")
    dropped(folders, "a.png", picture(1))
    result(served, folders, "a.png")
    folders[0].rmdir()
    served.degraded_by("camera_lost")


def test_one_folder_for_both_is_refused(fake, folders):
    served = fake("--watch", str(folders[0]), "--results", str(folders[0]))
    assert served.process.wait(60) == 14 and "one folder" in served.said()
