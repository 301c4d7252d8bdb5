"""`ocr-app selfcheck`, driven as a container does: by environment variables, with the real networks."""

import json

import pytest

from ocr_app.cli import main as cli


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    def call(*arguments, **environ):
        monkeypatch.setenv("OCR_MODELS", str(tmp_path))
        monkeypatch.setenv("OCR_ENGINES", str(tmp_path))
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        code = cli.main(["selfcheck"] + list(arguments))
        return code, capsys.readouterr().out

    return call


def test_the_cpu_image_reads_its_samples(run, code_models):
    pytest.importorskip("onnxruntime")
    code, out = run("--threads", "1", NANO_OCR_VARIANT="cpu")
    assert code == 0, out
    assert "self-check passed" in out and "sample 000.jpg        pass: PRO: 13.06.22 EXP: 13.12.23" in out


def test_the_gpu_image_on_this_computer_names_the_cpu_image(run, tmp_path):
    code, out = run("--json", OCR_IMAGE="ocr-app", OCR_L4T="32.7.1", NANO_OCR_ROOT=str(tmp_path))
    record = json.loads(out)
    assert (code, record["ok"]) == (14, False)
    assert "ocr-app-cpu" in record["rows"][-1]["next_step"]


def test_cuda_that_is_not_there_is_no_cpu_run(run, code_models):
    pytest.importorskip("onnxruntime")
    code, out = run("--device", "cuda", NANO_OCR_VARIANT="cpu")
    assert code == 14 and "FAILED  reader" in out


def test_samples_that_are_gone_fail(run, code_models, tmp_path):
    pytest.importorskip("onnxruntime")
    code, out = run("--threads", "1", OCR_SAMPLES=str(tmp_path))
    assert code == 14 and "10 of" in out
