"""Each library reads a drawn code with the weights of the manifest, without a network."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable

import pytest

from fleet.core.files import ROOT
from fleet.environments import model_files

RunIn = Callable[..., "subprocess.CompletedProcess[str]"]

DRAW = """
import json, cv2, numpy
image = numpy.full((240, 640, 3), 235, numpy.uint8)
cv2.putText(image, "LOT A1234 B7", (30, 90), 0, 1.6, (30, 30, 30), 3)
cv2.putText(image, "EXP 12.05.27", (30, 180), 0, 1.6, (30, 30, 30), 3)
M = MODELS
"""
TELL = "\nprint('TEXT ' + json.dumps(' '.join(text)))\n"
EASYOCR = """
import easyocr
reader = easyocr.Reader(["en"], gpu=False, model_storage_directory=M, download_enabled=False, verbose=False)
text = [line[1] for line in reader.readtext(image)]
"""
PADDLEOCR = """
from paddleocr import PaddleOCR
reader = PaddleOCR(det_model_dir=M + "/paddle-v4-det", rec_model_dir=M + "/paddle-v4-rec",
                   cls_model_dir=M + "/paddle-v2-cls", use_angle_cls=False, lang="ch", use_gpu=False, show_log=False)
text = [line[1][0] for line in reader.ocr(image, cls=False)[0]]
"""
RAPIDOCR = """
from rapidocr import RapidOCR
text = list(RapidOCR()(image).txts)
"""
RAPIDOCR_1 = """
from rapidocr_onnxruntime import RapidOCR
text = [line[1] for line in RapidOCR()(image)[0]]
"""


@pytest.fixture(scope="session")
def models() -> str:
    """The folder of the weights, fetched when need be."""
    model_files.fetch(sets=("easyocr", "paddleocr"))
    return str(ROOT / ".models")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("py36-easyocr", EASYOCR),
        ("server", EASYOCR),
        ("py37-paddle", PADDLEOCR),
        ("rapidocr", RAPIDOCR),
        ("rapidocr", RAPIDOCR_1),
    ],
    ids=["easyocr-py36", "easyocr-server", "paddleocr", "rapidocr", "rapidocr-onnxruntime"],
)
def test_it_reads(name: str, code: str, models: str, run_in: RunIn) -> None:
    done = run_in(name, "-c", DRAW.replace("MODELS", repr(models)) + code + TELL)
    told = [line for line in done.stdout.splitlines() if line.startswith("TEXT ")]
    assert told, done.stderr[-3000:]
    assert json.loads(told[0][5:]) == "LOT A1234 B7 EXP 12.05.27"
