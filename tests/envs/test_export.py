"""Networks out of their real frameworks: exported and compared in the environments that have them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from fleet.environments import model_files
from ocr_app.networks import onnx_model
from tests.envs.conftest import NETWORKS

RunIn = Callable[..., "subprocess.CompletedProcess[str]"]
SETS = ("--lines", "data/nano-codes-100", "--pages", "data/nano-codes-100", "--limit", "4", "--pages-limit", "2")


@pytest.mark.parametrize("environment", sorted(NETWORKS))
def test_the_export_reads_like_its_original(environment: str, exported: Callable[[str], Path], run_in: RunIn) -> None:
    names, folder = NETWORKS[environment], exported(environment)
    compared = run_in(environment, "-m", "ocr_app.verification.parity", *names, "--out", str(folder), *SETS)
    assert compared.returncode == 0, compared.stdout + compared.stderr[-3000:]
    for name in names:
        record = json.loads((folder / f"{name}.json").read_text())
        assert record["parity"]["passed"] and record["parity"]["calls"] > 0
        assert record["parity"]["max_error"] < 1e-3
        model = onnx_model.load(str(folder / f"{name}.onnx"))
        assert model.opset == record["opset"] == 11
        assert [value.name for value in model.inputs] == ["image"] and None in model.inputs[0].dims


def test_the_recogniser_of_easyocr_takes_any_batch_and_width(exported: Callable[[str], Path], run_in: RunIn) -> None:
    """Its LSTMs lost the states that torch had computed for one batch."""
    code = (
        "import numpy, onnxruntime; s = onnxruntime.InferenceSession('{}'); "
        "print([s.run(None, {{'image': numpy.zeros((n, 1, 64, w), 'float32')}})[0].shape "
        "for n, w in ((1, 64), (3, 200), (2, 640))])"
    ).format(exported("py36-easyocr") / "easyocr-recogniser.onnx")
    done = run_in("py36-easyocr", "-c", code)
    assert done.stdout.strip() == "[(1, 15, 97), (3, 49, 97), (2, 159, 97)]", done.stderr[-2000:]


def test_training_mode_is_left_before_the_export(tmp_path: Path, run_in: RunIn) -> None:
    """A forward pass in training mode would move the BatchNorm statistics: two exports in a row are the same file."""
    code = (
        "from ocr_app.export import network_specs, program; n = network_specs.select(['easyocr-recogniser'])[0]; "
        "print(len({{program.export(n, '{}')['sha256'] for _ in range(2)}}))"
    ).format(tmp_path)
    done = run_in("py36-easyocr", "-c", code)
    assert done.stdout.strip() == "1", done.stderr[-2000:]


@pytest.mark.parametrize(
    ("environment", "name", "shape"),
    [("py36-easyocr", "easyocr-recogniser", "1x1x64x96"), ("py37-paddle", "paddleocr-v4-detector", "1x3x64x96")],
)
def test_an_original_is_measured_in_its_own_framework(environment: str, name: str, shape: str, run_in: RunIn) -> None:
    model_files.fetch(sets=("easyocr", "paddleocr"))
    words = ["ocr_app.benchmark.modules.measure", name, "--engine", "original", "--shape", shape, "--runs", "2"]
    done = run_in(environment, "-m", *words, "--threads", "1")
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["ms"] > 0 and found["runs"] == 2 and "on cpu" in found["with"]


@pytest.mark.parametrize("environment", ["py36-easyocr", "server"])
def test_a_network_of_the_board_check_runs_on_the_cpu(environment: str, run_in: RunIn) -> None:
    words = ["ocr_app.benchmark.cnn.measure", "squeezenet1_1", "--engine", "pytorch", "--runs", "1", "--threads", "1"]
    done = run_in(environment, "-m", *words, "--device", "cpu", "--shape", "1x3x64x64")
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["fps"] > 0 and found["precision"] == "fp32" and set(found["versions"]) == {"torch", "torchvision"}


def test_tensorrt_on_a_cpu_is_refused(run_in: RunIn) -> None:
    words = ["ocr_app.benchmark.cnn.measure", "squeezenet1_1", "--engine", "tensorrt", "--device", "cpu"]
    done = run_in("py36-easyocr", "-m", *words)
    assert done.returncode == 4 and "runs on a GPU" in json.loads(done.stdout)["error"]


def test_paddle_has_what_its_own_sub_graphs_are_asked_with(run_in: RunIn) -> None:
    """No GPU is here to build them; the names are asked of the real PaddlePaddle (ocr_app/benchmark/modules_thesis)."""
    names = ("enable_use_gpu", "enable_memory_optim", "collect_shape_range_info", "enable_tensorrt_engine",
             "set_optim_cache_dir", "enable_tuned_tensorrt_dynamic_shape")  # fmt: skip
    code = (
        "import paddle.inference as own; print([name for name in {!r} if not hasattr(own.Config, name)]); "
        "own.PrecisionType.Half, own.PrecisionType.Float32; help(own.Config.enable_tensorrt_engine)"
    ).format(names)
    done = run_in("py37-paddle", "-c", code)
    assert done.returncode == 0 and done.stdout.splitlines()[0] == "[]", done.stderr[-2000:]
    for argument in ("workspace_size", "max_batch_size", "min_subgraph_size", "precision_mode", "use_static"):
        assert argument in done.stdout
