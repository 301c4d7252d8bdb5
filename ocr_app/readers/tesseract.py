"""The reader `tesseract`: the program Tesseract, one process per image, as the classical baseline."""

import os
import re
import shutil
import subprocess
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

import cv2
import numpy as np

from ocr_app.core.errors import DeviceUnavailable, PrecisionUnavailable, ReaderFailed, ReaderUnavailable, UsageError
from ocr_app.core.types import Image, ReaderInfo, TextLine
from ocr_app.imaging.geometry import box_quad, image_quad
from ocr_app.imaging.reading_order import reading_order
from ocr_app.readers.contract import Probe, Reader, ReaderOptions, Timer

PROGRAM = "tesseract"
LANGUAGE = "eng"
LINE_MODE = 7
MODELS = ("psm11", "psm3", "psm4", "psm6", "psm12")
"""Tesseract's page segmentation mode for whole images; single lines are always read with psm 7."""
LINE_HEIGHT, LINE_BORDER = 64, 12
"""Pixels: a line is scaled to this height and gets this border. Of the values that were tried, these read best."""
TIMEOUT_S = 60.0
NEXT = "apt-get install tesseract-ocr tesseract-ocr-eng"


class Word(NamedTuple):
    """One word of Tesseract's table. ``line``: numbers of page, block, paragraph and line. ``box``: x, y, w, h."""

    line: Tuple[int, ...]
    box: Tuple[int, ...]
    confidence: float
    text: str


def probe() -> Probe:
    """Whether the program and its English model are installed. Never raises."""
    try:
        version = _installed()
    except ReaderUnavailable as error:
        return Probe((), (), (), MODELS, error.found, error.next_step)
    return Probe((("tesseract", version),), ("cpu",), ("fp32",), MODELS)


def _installed() -> str:
    """The program's version. Raises ReaderUnavailable."""
    if shutil.which(PROGRAM) is None:
        raise ReaderUnavailable("the program tesseract is not installed", next_step=NEXT)
    try:
        version, languages = _first_line("--version"), _output("--list-langs").split()
    except (OSError, subprocess.SubprocessError) as error:
        raise ReaderUnavailable("the program tesseract cannot be run: {}".format(error), next_step=NEXT)
    if LANGUAGE not in languages:
        raise ReaderUnavailable("tesseract has no model for {}".format(LANGUAGE), next_step=NEXT)
    return version.split()[-1]


def _first_line(argument: str) -> str:
    return (_output(argument).splitlines() or ["tesseract ?"])[0]


def _output(argument: str) -> str:
    pipe, both = subprocess.PIPE, subprocess.STDOUT
    done = subprocess.run([PROGRAM, argument], stdout=pipe, stderr=both, timeout=TIMEOUT_S, check=True)
    return done.stdout.decode("utf-8", "replace")


def open_reader(options: ReaderOptions, timeout_s: float = TIMEOUT_S) -> "TesseractReader":
    """Raises ReaderUnavailable, UsageError, DeviceUnavailable or PrecisionUnavailable."""
    version = _installed()
    mode = options.model or MODELS[0]
    if mode not in MODELS:
        raise UsageError("unknown tesseract model: {}".format(mode), ", ".join(MODELS))
    if options.device != "cpu":
        raise DeviceUnavailable("Tesseract runs on the CPU, not on {}".format(options.device), "cpu", "--device cpu")
    if options.precision != "fp32":
        found = "Tesseract's precision cannot be chosen: {}".format(options.precision)
        raise PrecisionUnavailable(found, "fp32", "--precision fp32")
    engine = "Tesseract {}, {}, {} (lines: psm{})".format(version, LANGUAGE, mode, LINE_MODE)
    info = ReaderInfo("tesseract:" + mode, engine, options.device, options.precision)
    return TesseractReader(info, int(mode[3:]), options.threads, timeout_s)


class TesseractReader(Reader):
    """Starts the program for each image. It detects and reads in one step, so all of its time is "recognise"."""

    def __init__(self, info: ReaderInfo, mode: int, threads: int, timeout_s: float = TIMEOUT_S) -> None:
        self._mode = mode
        self._timeout_s = timeout_s
        limits = {"OMP_THREAD_LIMIT": str(threads), "OMP_NUM_THREADS": str(threads), "OMP_WAIT_POLICY": "PASSIVE"}
        self._environ: Dict[str, str] = dict(os.environ, **limits)
        self.info = info

    def read(self, image: Image, timer: Optional[Timer] = None) -> List[TextLine]:
        timer = timer or Timer()
        with timer.phase("preprocess"):
            picture = to_pnm(image)
        with timer.phase("recognise"):
            words = parse_table(self._run(picture, self._mode))
        lines = group_lines(words)
        return [lines[i] for i in reading_order([line.quad for line in lines])]

    def read_line(self, image: Image, timer: Optional[Timer] = None) -> List[TextLine]:
        timer = timer or Timer()
        with timer.phase("preprocess"):
            picture = to_pnm(prepared_line(image))
        with timer.phase("recognise"):
            words = parse_table(self._run(picture, LINE_MODE))
        return [TextLine(_text(words), image_quad(image), _confidence(words))] if words else []

    def _run(self, picture: bytes, mode: int) -> str:
        command = [PROGRAM, "stdin", "stdout", "--psm", str(mode), "-l", LANGUAGE, "-c", "tessedit_create_tsv=1"]
        pipe = subprocess.PIPE
        try:
            done = subprocess.run(
                command,
                input=picture,
                stdout=pipe,
                stderr=pipe,
                env=self._environ,
                timeout=self._timeout_s,
                check=False,
            )
        except subprocess.TimeoutExpired:
            found = "tesseract did not finish within {:g} s and was killed".format(self._timeout_s)
            raise ReaderFailed(found, next_step="a smaller image", code="hung") from None
        except OSError as error:
            raise ReaderFailed(
                "tesseract cannot be started: {}".format(error), next_step=NEXT, code="crashed"
            ) from None
        if done.returncode:
            raise _crash(done)
        return done.stdout.decode("utf-8", "replace")


def _crash(done: Any) -> ReaderFailed:
    output = done.stderr.decode("utf-8", "replace").strip()[-500:]
    return ReaderFailed("tesseract ended with status {}: {}".format(done.returncode, output), code="crashed")


def to_pnm(image: Image) -> bytes:
    """The image as a binary PGM or PPM file, which is lossless and needs no compression."""
    kind, pixels = ("P5", image) if image.ndim == 2 else ("P6", image[:, :, ::-1])
    head = "{}\n{} {}\n255\n".format(kind, image.shape[1], image.shape[0])
    return head.encode("ascii") + np.ascontiguousarray(pixels).tobytes()


def prepared_line(image: Image) -> Image:
    """The line 64 pixels high, with a border of 12 pixels that repeats its edge."""
    scale = LINE_HEIGHT / float(image.shape[0])
    width = max(1, int(round(image.shape[1] * scale)))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    resized = cv2.resize(image, (width, LINE_HEIGHT), interpolation=method)
    border = LINE_BORDER
    return np.asarray(cv2.copyMakeBorder(resized, border, border, border, border, cv2.BORDER_REPLICATE))


def parse_table(table: str) -> List[Word]:
    """The words of Tesseract's TSV output (level 5) in its order; words without text are left out.

    Raises ReaderFailed "garbage" for an invalid table.
    """
    rows = [row.split("\t", 11) for row in table.split("\n") if row.strip()]
    if not rows or rows[0][:2] != ["level", "page_num"]:
        raise ReaderFailed("tesseract printed no table: {!r}".format(table[:100]), code="garbage")
    try:
        words = [_word(row) for row in rows[1:] if row[0] == "5"]
    except (ValueError, IndexError):
        raise ReaderFailed("tesseract printed a broken table: {!r}".format(table[-100:]), code="garbage") from None
    return [word for word in words if word.text]


def _word(row: List[str]) -> Word:
    numbers = tuple(int(cell) for cell in row[1:10])
    text = re.sub(r"\s+", " ", row[11]).strip()
    return Word(numbers[:4], numbers[5:9], min(1.0, max(0.0, float(row[10]) / 100.0)), text)


def group_lines(words: List[Word]) -> List[TextLine]:
    """Joins the words of each line by spaces. Box: around all words. Confidence: mean, weighted by word length."""
    by_line: Dict[Tuple[int, ...], List[Word]] = {}
    for word in words:
        by_line.setdefault(word.line, []).append(word)
    return [TextLine(_text(group), _quad(group), _confidence(group)) for group in by_line.values()]


def _text(words: List[Word]) -> str:
    return " ".join(word.text for word in words)


def _quad(words: List[Word]) -> Any:
    boxes = np.array([word.box for word in words])
    x, y = boxes[:, 0].min(), boxes[:, 1].min()
    return box_quad(x, y, (boxes[:, 0] + boxes[:, 2]).max() - x, (boxes[:, 1] + boxes[:, 3]).max() - y)


def _confidence(words: List[Word]) -> float:
    lengths = [len(word.text) for word in words]
    return float(sum(word.confidence * n for word, n in zip(words, lengths)) / sum(lengths))
