"""`ocr-app read`, driven as a program is, with a reader that needs no model."""

import json
import os

import numpy as np
import pytest
from PIL import Image as Pillow

from ocr_app.cli import main as cli
from ocr_app.core.errors import DeviceUnavailable, ReaderFailed
from ocr_app.core.types import LinePosterior, ReaderInfo, TextLine
from ocr_app.imaging.geometry import box_quad
from ocr_app.readers.contract import Reader


class WidthReader(Reader):
    """Says how wide the image is; fails where it is 13 px wide; finds nothing where it is black."""

    info = ReaderInfo("width", "test 1", "cpu", "fp32")

    def read(self, image, timer=None):
        if image.shape[1] == 13:
            raise ReaderFailed("the reader died", code="crashed")
        if not image.any():
            return []
        return [TextLine("W{}".format(image.shape[1]), box_quad(1, 1, 8, 8), 0.75)]

    def read_line(self, image, timer=None):
        return [TextLine("one line", box_quad(0, 0, 5, 5), 0.5)]


@pytest.fixture
def run(monkeypatch, capsys):
    def opened(request):
        if request.device == "cuda":
            raise DeviceUnavailable("no cuda here", "cpu")
        return WidthReader()

    monkeypatch.setattr("ocr_app.opening.library.open_reader", opened)

    def call(*arguments):
        code = cli.main(["read"] + [str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


@pytest.fixture
def images(tmp_path):
    for width in (20, 30, 13):
        Pillow.fromarray(np.full((16, width, 3), 9, np.uint8)).save(str(tmp_path / "{}.png".format(width)))
    Pillow.fromarray(np.zeros((16, 16, 3), np.uint8)).save(str(tmp_path / "black.png"))
    (tmp_path / "broken.png").write_text("no image")
    return tmp_path


def results(out):
    return [json.loads(line) for line in out.splitlines()]


def test_one_result_a_line_in_input_order(run, images):
    code, out, err = run(images / "30.png", images / "20.png", "--jsonl")
    assert code == 0 and err == ""
    assert [(r["image"], r["text"]) for r in results(out)] == [
        (str(images / "30.png"), "W30"),
        (str(images / "20.png"), "W20"),
    ]


def test_a_bad_image_is_a_result_and_the_rest_is_read(run, images):
    code, out, _ = run(images / "broken.png", images / "gone.png", images / "20.png", "--jsonl")
    assert code == 3
    assert [(r["verdict"], r["reasons"]) for r in results(out)] == [
        ("error", ["not-an-image"]),
        ("error", ["missing"]),
        ("read", []),
    ]


def test_a_failing_reader_is_a_result_and_the_rest_is_read(run, images):
    code, out, _ = run(images / "13.png", images / "20.png", "--jsonl")
    assert code == 8
    assert [r["verdict"] for r in results(out)] == ["error", "read"]
    assert results(out)[0]["error"]["code"] == "crashed"


def test_no_text_is_no_error(run, images):
    code, out, _ = run(images / "black.png", "--jsonl")
    assert code == 0
    assert (results(out)[0]["verdict"], results(out)[0]["reasons"]) == ("no-read", ["no-text-found"])


def test_a_folder_is_read_whole(run, images):
    code, out, _ = run(images, "--jsonl")
    assert code == 8
    assert [os.path.basename(r["image"]) for r in results(out)] == [
        "13.png", "20.png", "30.png", "black.png", "broken.png",
    ]  # fmt: skip


def test_layout_line_skips_detection(run, images):
    _, out, _ = run(images / "20.png", "--layout", "line", "--jsonl")
    assert results(out)[0]["text"] == "one line"


def test_regions_skip_detection(run, images):
    code, out, _ = run(images / "20.png", "--region", "0,0,10,8", "--region", "5,8,10,8", "--jsonl")
    (result,) = results(out)
    assert (code, result["text"]) == (0, "one line one line")
    assert result["lines"][1]["quad"][0] == [5, 8]
    assert run(images / "20.png", "--region", "0,0,21,8", "--jsonl")[0] == 3


RECIPE = (
    "name: a\nwitnesses: 1\ncodes: [{name: b, lines: [{name: c, fields: [{choice: [AB]}, {digits: 1, as: number}]}]}]\n"
)


def thinks_ab7(self, image, timer=None):
    signs = ("",) + tuple(" AB7")
    logs = np.full((7, len(signs)), -12.0, np.float32)
    logs[[0, 1, 2, 3, 4, 5, 6], [0, 2, 0, 3, 0, 4, 0]] = 0.0
    return [LinePosterior(box_quad(0, 0, 5, 5), logs, signs)]


def test_a_recipe_judges(run, images, tmp_path, monkeypatch):
    (tmp_path / "r.yaml").write_text(RECIPE)
    recipe = ("--recipe", tmp_path / "r.yaml")
    code, _, err = run(images / "20.png", *recipe)
    assert code == 2 and "texts only" in err
    monkeypatch.setattr(WidthReader, "posteriors", thinks_ab7)
    _, out, _ = run(images / "20.png", *recipe, "--jsonl")
    assert (results(out)[0]["verdict"], results(out)[0]["code"]["values"]) == ("pass", {"number": "7"})
    _, out, _ = run(images / "20.png", *recipe, "--expect", "number=8")
    assert out.splitlines()[1].endswith("fail: AB7")
    told = "    Number is '7', and '8' is expected. To do: check the print; if it is right, correct `expect`."
    assert out.splitlines()[2] == told
    assert run(images / "20.png", *recipe, "--fail-exit")[0] == 0
    assert run(images / "20.png", *recipe, "--fail-exit", "--expect", "number=8", "--jsonl")[0] == 15
    assert run(images / "20.png", images / "broken.png", *recipe, "--fail-exit")[0] == 3, "an error comes first"


def test_a_recipe_that_is_wrong_has_its_own_code(run, images, tmp_path):
    (tmp_path / "r.yaml").write_text("nmae: a\n")
    code, _, err = run(images / "20.png", "--recipe", tmp_path / "r.yaml")
    assert code == 11 and "r.yaml" in err


@pytest.mark.parametrize(
    "option", [("--expect", "a"), ("--expect", "a=b"), ("--trust-clock",), ("--deadline-ms", "5"), ("--fail-exit",)]
)
def test_options_of_a_recipe_want_one(run, images, option):
    try:
        assert run(images / "20.png", *option)[0] == 2
    except SystemExit as exit_error:
        assert exit_error.code == 2


def test_table_for_people(run, images, monkeypatch):
    monkeypatch.chdir(images)
    code, out, _ = run("20.png", "black.png", "broken.png")
    rows = out.splitlines()
    assert code == 3
    assert rows[0].split() == ["image", "ms", "conf", "text"]
    assert rows[1].startswith("20.png") and rows[1].endswith("0.75  W20")
    assert rows[2].endswith("- no text found -")
    assert rows[3] == "broken.png  error: broken.png is not an image"


def test_drawings_are_written(run, images, tmp_path):
    run(images / "20.png", images / "broken.png", images / "30.png", "--draw", tmp_path / "drawn")
    assert sorted(os.listdir(str(tmp_path / "drawn"))) == ["0001-20.png", "0003-30.png"]


def test_cuda_that_is_not_there_is_no_cpu_run(run, images):
    code, out, err = run(images / "20.png", "--device", "cuda")
    assert (code, out) == (4, "")
    assert err == "ocr-app read: no cuda here\n  expected: cpu\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("--reader", "magic"),
        ("--preprocess", "magic"),
        ("--layout", "tree"),
        ("--threads", "0"),
        ("--region", "1,2,3"),
        ("--region", "0,0,0,9"),
    ],
)
def test_wrong_usage_has_its_own_code(run, images, arguments):
    try:
        code = run(images / "20.png", *arguments)[0]
    except SystemExit as exit_error:
        code = exit_error.code
    assert code == 2


def test_limits_are_options(run, images):
    assert run(images / "20.png", "--max-pixels", "100", "--jsonl")[0] == 3
    assert run(images / "20.png", "--min-side", "17", "--jsonl")[0] == 3


def test_a_name_that_is_not_text_is_a_result_and_so_is_what_follows(run, images):
    os.replace(str(images / "30.png"), os.fsencode(str(images)) + b"/caf\xe9.png")
    _, out, _ = run(images, "--jsonl")
    found = {os.path.basename(result["image"]): result["verdict"] for result in results(out)}
    assert found["caf\\xe9.png"] == "read" and found["20.png"] == "read"
    assert len(found) == 5
    _, out, _ = run(images)
    assert "caf\\xe9.png" in out


def test_what_a_folder_holds_besides_images_is_said_on_standard_error(run, images):
    (images / "photo.cr2").write_bytes(b"raw")
    _, out, said = run(images, "--jsonl")
    assert len(results(out)) == 5
    assert "skipped, by their suffix: 1 file: 1 .cr2" in said
