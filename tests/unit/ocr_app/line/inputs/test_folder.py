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
    left = [folders[0] / name, folders[0] / (".reading~" + name)]
    served.until(lambda: path.exists() and not any(each.exists() for each in left), name)
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
    assert os.listdir(str(folders[0])) == [".reading~a.png"]
    dropped(folders, "b.png", picture(1))
    assert result(served, folders, "b.png")["text"] == "AB7"  # it does not wait for the one before
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


def test_a_name_that_is_used_again_while_its_image_is_read_gives_two_results(fake, folders, picture):
    served = fake(*watching(folders)).ready()
    first, second = picture(80), picture(1)
    dropped(folders, "frame.png", first)
    served.until((folders[0] / ".reading~frame.png").exists, "the first one to be read")
    dropped(folders, "frame.png", second)
    assert result(served, folders, "frame.png")["image"] == "frame.png"
    assert result(served, folders, "frame~2.png")["image"] == "frame~2.png"
    kept = [(folders[1] / "read" / name).read_bytes() for name in ("frame.png", "frame~2.png")]
    assert kept == [first, second]


def test_names_that_are_no_text_or_too_long_hold_up_nothing(fake, folders, picture):
    with open(os.fsencode(str(folders[0])) + b"/caf\xe9.png", "wb") as stream:
        stream.write(picture(1))
    (folders[0] / ("n" * 246 + ".png")).write_bytes(picture(1))
    served = fake(*watching(folders)).ready()
    dropped(folders, "z.png", picture(1))
    assert result(served, folders, "z.png")["text"] == "AB7"
    served.until(lambda: os.listdir(str(folders[0])) == [], "an empty folder")
    found = sorted(path for path in folders[1].iterdir() if path.suffix == ".json")
    images = [json.loads(path.read_text(encoding="utf-8"))["image"] for path in found]
    assert "caf\\xe9.png" in images and os.fsdecode(b"caf\xe9.png.json") in [path.name for path in found]
    assert [image[:9] for image in images if len(image) > 200] == ["nnnnnnnnn"]
    assert len(os.listdir(str(folders[1] / "read"))) == 3


def test_links_to_nothing_and_loops_get_a_result(fake, folders, picture):
    (folders[0] / "gone.png").symlink_to(folders[0] / "nothing.png")
    (folders[0] / "loop.png").symlink_to("loop.png")
    (folders[0].parent / "store.png").write_bytes(picture(1))
    (folders[0] / "link.png").symlink_to("../store.png")
    served = fake(*watching(folders)).ready()
    for name in ("gone.png", "loop.png"):
        assert result(served, folders, name)["reasons"][0] == "missing"
    assert result(served, folders, "link.png")["text"] == "AB7"
    assert (folders[1] / "read" / "link.png").read_bytes() == picture(1)


def test_an_image_that_was_taken_before_a_power_cut_is_read_and_a_stop_gives_it_back(fake, folders, picture):
    (folders[0] / ".reading~a.png").write_bytes(picture(1))
    served = fake(*watching(folders))
    assert result(served, folders, "a.png")["text"] == "AB7"
    dropped(folders, "b.png", picture(254))
    served.until((folders[0] / ".reading~b.png").exists, "b.png to be read")
    assert served.end() == 0
    assert (folders[0] / "b.png").exists() or (folders[1] / "b.png.json").exists()


def test_files_that_are_no_images_are_named_once(fake, folders, picture):
    for name in ("a.raw", "b.raw", "notes"):
        (folders[0] / name).write_bytes(b"x")
    (folders[0] / "folder.png").mkdir()
    served = fake(*watching(folders)).ready()
    dropped(folders, "c.png", picture(1))
    result(served, folders, "c.png")
    assert served.said().count("files are not read") == 2
    assert "suffix=.raw count=2" in served.said()


def test_one_folder_for_both_is_refused(fake, folders):
    served = fake("--watch", str(folders[0]), "--results", str(folders[0]))
    assert served.process.wait(60) == 14 and "one folder" in served.said()
