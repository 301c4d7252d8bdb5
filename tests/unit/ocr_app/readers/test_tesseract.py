"""The tesseract reader: its table, its picture format, and the real program on a drawn code."""

import os
import shutil
import stat

import cv2
import numpy as np
import pytest

from ocr_app.core.errors import DeviceUnavailable, PrecisionUnavailable, ReaderFailed, ReaderUnavailable, UsageError
from ocr_app.readers import tesseract
from ocr_app.readers.contract import ReaderOptions, Timer

HEAD = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n"
TABLE = (
    HEAD
    + "1\t1\t0\t0\t0\t0\t0\t0\t640\t240\t-1\t\n"
    + "5\t1\t1\t1\t1\t1\t43\t58\t85\t32\t90\tEXP\n"
    + "5\t1\t1\t1\t1\t2\t142\t57\t252\t33\t80\t31.12.2027\n"
    + "5\t1\t1\t1\t1\t3\t400\t57\t5\t33\t95\t \n"
    + "5\t1\t2\t1\t1\t1\t43\t147\t83\t33\t-1\tLOT\n"
)


@pytest.fixture
def program():
    """The real program; its absence is a failure where everything has to be there."""
    if shutil.which("tesseract") is None:
        assert os.environ.get("CI") != "true", "tesseract has to be installed in CI"
        pytest.skip("the program tesseract is not installed")


@pytest.fixture
def code():
    image = np.full((240, 640, 3), 235, np.uint8)
    for text, y in (("EXP 31.12.2027", 90), ("LOT A4172", 180)):
        cv2.putText(image, text, (40, y), cv2.FONT_HERSHEY_SIMPLEX, 1.6, (20, 20, 20), 4, cv2.LINE_AA)
    return image


@pytest.fixture
def impostor(monkeypatch, tmp_path):
    """A program called tesseract that does what the test says."""

    def make(body):
        script = tmp_path / "tesseract"
        script.write_text("#!/bin/sh\n" + body)
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", "{}:{}".format(tmp_path, os.environ["PATH"]))

    return make


KNOWN = 'case "$1" in --version) echo "tesseract 9.9"; exit;; --list-langs) echo eng; exit;; esac\n'


def test_words_of_a_line_are_joined_with_their_box_and_mean_confidence():
    lines = tesseract.group_lines(tesseract.parse_table(TABLE))
    assert [line.text for line in lines] == ["EXP 31.12.2027", "LOT"]
    assert lines[0].quad.tolist() == [[43, 57], [394, 57], [394, 90], [43, 90]]
    assert lines[0].confidence == pytest.approx((3 * 0.9 + 10 * 0.8) / 13)
    assert lines[1].confidence == 0.0


@pytest.mark.parametrize("table", ["", "hello", HEAD + "5\t1\t1\n", HEAD + TABLE.split("\n")[2].replace("43", "x")])
def test_what_is_no_table_is_garbage(table):
    with pytest.raises(ReaderFailed) as caught:
        tesseract.parse_table(table)
    assert caught.value.code == "garbage"


def test_an_empty_table_is_no_words():
    assert tesseract.parse_table(HEAD) == []


@pytest.mark.parametrize("shape", [(4, 6), (4, 6, 3)])
def test_the_picture_is_lossless(shape):
    image = np.random.RandomState(0).randint(0, 256, shape).astype(np.uint8)
    again = cv2.imdecode(np.frombuffer(tesseract.to_pnm(image), np.uint8), cv2.IMREAD_UNCHANGED)
    assert np.array_equal(again, image)


@pytest.mark.parametrize("shape", [(20, 100, 3), (300, 90), (1, 1)])
def test_a_line_is_64_high_with_a_border_of_12(shape):
    prepared = tesseract.prepared_line(np.zeros(shape, np.uint8))
    assert prepared.shape[0] == 64 + 2 * 12
    assert prepared.shape[1] == max(1, round(shape[1] * 64.0 / shape[0])) + 2 * 12


def test_a_drawn_code_is_read(program, code):
    timer, before = Timer(), code.copy()
    lines = tesseract.open_reader(ReaderOptions()).read(code, timer)
    assert [line.text for line in lines] == ["EXP 31.12.2027", "LOT A4172"]
    assert sorted(timer.ms) == ["preprocess", "recognise"]
    rows, columns = np.nonzero(code[120:, :, 0] < 128)
    ink = [columns.min(), rows.min() + 120, columns.max() + 1, rows.max() + 121]
    assert np.abs(lines[1].quad[[0, 2]].reshape(4) - ink).max() < 4
    assert np.array_equal(code, before)


def test_a_drawn_line_is_read_as_one_line(program, code):
    lines = tesseract.open_reader(ReaderOptions(threads=1)).read_line(cv2.cvtColor(code[40:110], cv2.COLOR_BGR2GRAY))
    assert [line.text for line in lines] == ["EXP 31.12.2027"]
    assert lines[0].quad.tolist() == [[0, 0], [640, 0], [640, 70], [0, 70]]


def test_the_page_mode_is_a_choice_and_named(program, code):
    reader = tesseract.open_reader(ReaderOptions(model="psm6"))
    assert (reader.info.reader, "psm6" in reader.info.engine) == ("tesseract:psm6", True)
    assert len(reader.read(code)) == 2


def test_an_empty_image_has_no_lines(program):
    assert tesseract.open_reader(ReaderOptions()).read(np.full((60, 60), 255, np.uint8)) == []


def test_the_probe_names_the_version(program):
    probe = tesseract.probe()
    assert (probe.problem, probe.devices, probe.versions[0][0]) == (None, ("cpu",), "tesseract")


def test_a_missing_program_names_the_package(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert tesseract.probe().problem == "the program tesseract is not installed"
    with pytest.raises(ReaderUnavailable) as caught:
        tesseract.open_reader(ReaderOptions())
    assert caught.value.next_step.startswith("apt-get install tesseract-ocr")


def test_a_program_without_the_language_says_so(impostor):
    impostor("echo tesseract 9.9")
    assert tesseract.probe().problem == "tesseract has no model for eng"


def test_a_program_that_does_not_run_is_a_problem(impostor):
    impostor("exit 127")
    assert "cannot be run" in tesseract.probe().problem


@pytest.mark.parametrize(
    "options, error",
    [
        (ReaderOptions(device="cuda"), DeviceUnavailable),
        (ReaderOptions(precision="fp16"), PrecisionUnavailable),
        (ReaderOptions(model="psm99"), UsageError),
    ],
)
def test_what_cannot_be_had_is_refused(impostor, options, error):
    impostor(KNOWN)
    with pytest.raises(error):
        tesseract.open_reader(options)


def test_a_hang_is_ended_in_time(impostor, image):
    impostor(KNOWN + "exec sleep 30")
    with pytest.raises(ReaderFailed) as caught:
        tesseract.open_reader(ReaderOptions(), timeout_s=0.3).read(image)
    assert caught.value.code == "hung"


def test_a_crash_quotes_what_it_said(impostor, image):
    impostor(KNOWN + "echo leptonica is unhappy >&2; exit 1")
    with pytest.raises(ReaderFailed) as caught:
        tesseract.open_reader(ReaderOptions()).read(image)
    assert (caught.value.code, "leptonica is unhappy" in caught.value.found) == ("crashed", True)


def test_threads_are_bounded(impostor, image):
    impostor(KNOWN + 'echo "limit $OMP_THREAD_LIMIT" >&2; exit 1')
    with pytest.raises(ReaderFailed) as caught:
        tesseract.open_reader(ReaderOptions(threads=3)).read_line(image)
    assert "limit 3" in caught.value.found
