"""EasyOCR on its own Python, reading with ONNX Runtime engines that this Python exported and built."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from fleet.core.files import ROOT
from tests.envs.conftest import NETWORKS as NETWORKS_OF

RunIn = Callable[..., "subprocess.CompletedProcess[str]"]
ENVIRONMENT = "py36-easyocr"
NETWORKS = NETWORKS_OF[ENVIRONMENT]
BENCHMARK = ("benchmark", "data/nano-codes-100", "--limit", "3", "--warm-up", "0", "--threads", "1")
COMMAND = """
import json, sys
from ocr_app.cli.main import main
code = main(sys.argv[1:])
print(json.dumps(sorted(name for name in sys.modules if name.startswith("ocr_app.verification"))))
sys.exit(code)
"""
"""Runs one command of ``ocr-app`` and prints, as its last line, which modules that compare were imported."""


@pytest.fixture(scope="module")
def engines(exported: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory, run_in: RunIn) -> dict[str, str]:
    """Where exports and engines are; those of both networks, checked by EasyOCR itself on two images."""
    folder = tmp_path_factory.mktemp("engines")
    folders = {"OCR_ENGINES": str(folder), "OCR_EXPORTS": str(exported(ENVIRONMENT))}
    build = ("engine", "build", "--target", "onnxruntime", "--reader", "easyocr", "--limit", "2", "--threads", "1")
    built = run_in(ENVIRONMENT, "-m", "ocr_app", *build, timeout=1800, **folders)
    assert built.returncode == 0, built.stdout[-3000:] + built.stderr[-3000:]
    return folders


def texts_of(path: Path) -> list[tuple[str, list[str]]]:
    """The image and its texts, of every image of a run; no image may have failed."""
    images = json.loads(path.read_text(encoding="utf-8"))["images"]
    assert [image["error"] for image in images] == [None] * len(images)
    return [(image["id"], [line["text"] for line in image["lines"]]) for image in images]


def test_easyocr_reads_the_same_with_engines_and_without_the_twin(engines: dict[str, str], run_in: RunIn) -> None:
    """In its own Python, so that the modules of the very process that reads are looked at."""
    images = sorted(map(str, (ROOT / "data/nano-codes-100").glob("**/*.jpg")))[:3]
    assert len(images) == 3
    texts = []
    for more in ((), ("--engine", "onnxruntime")):
        words = ("read", *images, "--jsonl", "--threads", "1", "--reader", "easyocr", *more)
        done = run_in(ENVIRONMENT, "-c", COMMAND, *words, timeout=900, **engines)
        assert done.returncode == 0, done.stderr[-3000:]
        *results, imported = map(json.loads, done.stdout.splitlines())
        assert "ocr_app.verification.twins" not in imported
        texts.append([[line["text"] for line in result["lines"]] for result in results])
    assert texts[0] == texts[1] and any(texts[0])


def test_a_benchmark_through_a_worker_names_the_engines_and_reads_the_same(
    engines: dict[str, str], built: Callable[[str], Path], tmp_path: Path
) -> None:
    """``easyocr@py36-easyocr``, asked for by another Python, which scores what the worker reads."""
    folder = built(ENVIRONMENT).parents[2]
    for name, more in (("plain.json", ()), ("run.json", ("--engine", "onnxruntime"))):
        words = (*BENCHMARK, "--reader", f"easyocr@{ENVIRONMENT}", *more, "--out", str(tmp_path / name))
        done = subprocess.run(
            [sys.executable, "-m", "ocr_app", *words],
            cwd=ROOT,
            env={**os.environ, **engines, "OCR_ENVS": str(folder)},
            capture_output=True,
            text=True,
            check=False,
            timeout=900,
        )
        assert done.returncode == 0, done.stderr[-3000:]
    reader = json.loads((tmp_path / "run.json").read_text())["reader"]
    assert (reader["asked"], reader["engines"]) == (f"easyocr@{ENVIRONMENT}", "onnxruntime")
    assert all(f"{name}-onnxruntime-fp32-" in reader["engine"] for name in NETWORKS)
    assert texts_of(tmp_path / "run.json") == texts_of(tmp_path / "plain.json")
