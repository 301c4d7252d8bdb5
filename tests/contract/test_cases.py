"""The small inputs of ../shared/cases about inputs, patterns and the service, through the real command.

Each kind has its own test that makes its input itself: imaging, datasets, recipes/language, line/inputs, preflight.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CASES = next((base / "shared" / "cases" for base in ROOT.parents if (base / "shared" / "cases").is_dir()), None)
CASES = Path(os.environ["NANO_OCR_CASES"]) if "NANO_OCR_CASES" in os.environ else CASES
pytestmark = pytest.mark.skipif(CASES is None, reason="needs ../shared/cases, which is not part of the repository")


def ocr_app(*arguments, **environ):
    command = [sys.executable, "-m", "ocr_app", *(str(argument) for argument in arguments)]
    environment = dict(os.environ, **environ)
    return subprocess.run(command, cwd=ROOT, capture_output=True, check=False, timeout=300, env=environment)


def test_a_phone_s_photograph(code_models):
    done = ocr_app("read", "--jsonl", CASES / "01-mpo" / "phone.jpg")
    result = json.loads(done.stdout.decode())
    assert result["text"].replace(" ", "") == "EXP:12.05.2026L6123456" and "primary-picture" in result["reasons"]


def test_a_tiff(code_models):
    result = json.loads(ocr_app("read", "--jsonl", CASES / "02-tiff-python36" / "grey8.tif").stdout.decode())
    assert result["verdict"] == "read" and result["text"]


def test_a_name_that_is_not_text(tmp_path, code_models):
    source = CASES / "04-name-not-utf8" / "code.jpg"
    for name in (b"caf\xe9.jpg", b"z.jpg"):
        shutil.copy(str(source), os.path.join(os.fsencode(str(tmp_path)), name).decode("utf-8", "surrogateescape"))
    done = ocr_app("read", tmp_path, "--jsonl", PYTHONIOENCODING="utf-8")
    results = [json.loads(line) for line in done.stdout.decode("utf-8").splitlines()]
    assert done.returncode == 0 and [Path(each["image"]).name for each in results] == ["caf\\xe9.jpg", "z.jpg"]
    assert results[0]["text"] == results[1]["text"] != ""


@pytest.mark.parametrize(
    "name,words", [("jj-mm-aaaa", "write DD/MM/YYYY (French"), ("yddd", "Y is a year of one digit")]
)
def test_pattern_letters(name, words):
    done = ocr_app("recipe", "check", CASES / "09-pattern-letters" / (name + ".yaml"))
    assert done.returncode == 11 and words in done.stderr.decode()


def test_label_tables(code_models):
    assert ocr_app("benchmark", CASES / "18-label-tables" / "bom", "--warm-up", "0").returncode == 0
    done = ocr_app("benchmark", CASES / "18-label-tables" / "cp1252", "--warm-up", "0")
    assert done.returncode == 9 and b"cp1252" in done.stderr


def test_an_engine_file_with_another_type():
    path = CASES / "19-engine-inputs" / "uint8-fixed-shape.onnx"
    done = ocr_app("engine", "preflight", path, "--precision", "fp32")
    assert done.returncode == 7 and b"UINT8 is not accepted" in done.stdout
