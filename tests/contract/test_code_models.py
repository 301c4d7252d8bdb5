"""What the two networks in the package promise: contract, size, operators, batches, half precision, cost."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from ocr_app.benchmark import half_precision
from ocr_app.cli.network import count as count_command
from ocr_app.cli.network import frame as frame_command
from ocr_app.cli.network.models import requested_models
from ocr_app.core import model_files
from ocr_app.datasets.crops import line_crops
from ocr_app.datasets.loading import open_dataset
from ocr_app.export import network_specs
from ocr_app.networks import count, onnx_model
from ocr_app.networks.frame import FrameRates
from ocr_app.readers.codes import detector
from ocr_app.readers.codes import reader as codes
from ocr_app.readers.codes.recogniser import prepare
from ocr_app.readers.contract import ReaderOptions
from ocr_app.readers.registry import parse_name
from ocr_app.verification.preflight import rules

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("detector", "recogniser")
LARGEST = 4_500_000  # bytes
SIGNS = set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,:;/-+()*&%#'\"@|=_!?<>$")
LOWER = set("abcdefghijklmnopqrstuvwxyz")


@pytest.fixture(params=PARTS)
def part(request):
    return request.param


@pytest.fixture
def model(part, code_models):
    return onnx_model.load(model_files.packaged(code_models[part]))


@pytest.fixture
def recogniser(code_models):
    return codes.open_recogniser(code_models, ReaderOptions(threads=1))


@pytest.fixture(scope="module")
def crops():
    return line_crops(open_dataset(str(ROOT / "data" / "nano-codes-100")))


def test_the_file_is_the_one_that_is_named(part, code_models):
    path = Path(model_files.packaged(code_models[part]))
    assert hashlib.sha256(path.read_bytes()).hexdigest() == code_models[part]["sha256"]
    assert path.stat().st_size == code_models[part]["size"] < LARGEST


def test_inputs_and_outputs(part, model):
    dims = {"detector": (None, 1, None, None), "recogniser": (None, 1, 32, None)}
    assert [(value.name, value.dims) for value in model.inputs] == [("image", dims[part])]
    assert model.outputs == ({"detector": "maps", "recogniser": "logits"}[part],)


@pytest.mark.parametrize("size", [(64, 96), (480, 640), (640, 640)])
def test_the_detector_answers_maps_of_a_quarter(size, code_models):
    network = codes.open_detector(code_models, ReaderOptions(threads=1)).network
    maps = network.infer_one(np.zeros((1, 1) + size, np.float32))
    count = network_specs.networks()["codes-detector"].output.dims[1]
    assert count in (2, 3), "band, height, and codes where the network tells them from other text"
    assert maps.shape == (1, count, size[0] // 4, size[1] // 4) and np.isfinite(maps).all()


def test_the_recogniser_knows_the_characters_of_codes(recogniser):
    known = set(recogniser.characters[1:])
    assert recogniser.characters[0] == "" and known - LOWER == SIGNS
    assert not known & LOWER or known >= LOWER, "all lower-case letters or none"
    assert len(set(recogniser.characters)) == len(recogniser.characters)


def test_the_oldest_onnx_runtime_loads_it(model):
    """1.10, the newest for Python 3.6, knows intermediate representations up to 8."""
    assert 0 < model.proto.ir_version <= 8


def test_tensorrt_takes_it(model):
    assert not [own for own in rules.findings(model) if own.kind != rules.NOTE]


def test_it_is_plain_convolutions(model):
    """What Maxwell runs well: no depthwise convolution, no attention, no recurrence, no batch normalisation left."""
    assert not {"LSTM", "GRU", "RNN", "MatMul", "Softmax", "BatchNormalization", "Erf"} & {n.op for n in model.nodes}
    assert {node.attributes.get("group", 1) for node in model.nodes if node.op == "Conv"} == {1}


def test_a_line_does_not_depend_on_the_lines_beside_it(recogniser, crops):
    ordered = sorted(crops, key=lambda crop: crop.image.shape[1] / crop.image.shape[0])
    images = [ordered[k].image for k in (0, len(ordered) // 2, -1)]
    for image, answer in zip(images, recogniser(images), strict=True):
        np.testing.assert_allclose(answer, recogniser([image])[0], atol=1e-4)


def test_three_lines_of_a_frame_are_one_call(recogniser, crops):
    calls = []
    infer = recogniser.network.infer
    recogniser.network.infer = lambda arrays: calls.append(arrays["image"].shape) or infer(arrays)
    recogniser([crop.image for crop in crops[:3]])
    widest = max(prepare(crop.image).shape[1] for crop in crops[:3])
    assert [shape[:3] for shape in calls] == [(3, 1, 32)] and widest < calls[0][3] <= widest + 64


def test_half_precision_changes_no_text_of_the_bundled_set(code_models):
    report = half_precision.compare(parse_name("codes:v2"), [open_dataset(str(ROOT / "data" / "nano-codes-100"))], 1)
    assert report["crops"] > 100
    assert [entry["changes"] for entry in report["datasets"]] == [[]]


@pytest.mark.parametrize(
    ("size", "least"),
    [((480, 640), 40), ((600, 800), 30)],  # a frame is not made smaller for the detector: larger ones cost more
)
def test_the_estimate_for_a_frame_with_three_lines_holds(code_models, size, least):
    settings = detector.settings_from(code_models["detector"])
    blob, _ = detector.prepare(np.zeros(size, np.uint8), settings)
    models = [f"code-detector.onnx:{'x'.join(map(str, blob.shape))}", "code-recogniser.onnx:3x1x32x352"]
    counted = [(model, count.count(model.path, model.shape)) for model in requested_models(models)]
    report = count_command.report_of(counted, "fp16")
    assert report["frame"]["estimate_per_s"][0] >= least
    assert json.dumps(report)


def test_the_usual_frame_is_what_the_command_counts(code_models):
    assert [model.shape for model in requested_models([])] == [(1, 1, 480, 640), (3, 1, 32, 352)]
    rates = FrameRates()
    assert frame_command.report_of(rates, "fp16")["frame"]["estimate_per_s"][0] >= 40
