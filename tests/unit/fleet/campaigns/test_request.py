"""What is asked for becomes parts: one command of the application each."""

import pytest

from fleet.campaigns.request import CampaignRequest, settings
from fleet.core.errors import BoardBenchmarkError
from ocr_app.cli.main import parser


def named(**asked):
    return {part["name"]: " ".join(part["command"]) for part in CampaignRequest(**asked).parts()}


def test_by_default_everything_is_measured_with_tensorrt():
    parts = named()
    assert list(parts) == [
        "run__codes__tensorrt__fp32", "run__codes-fast__tensorrt__fp32", "modules", "cnn", "speed__fp32"
    ]  # fmt: skip
    assert parts["run__codes__tensorrt__fp32"] == (
        "benchmark /opt/nano-ocr/app/data/nano-codes-100 --reader codes --engine tensorrt --precision fp32 "
        "--threads 2 --warm-up 30"
    )
    assert "--engine tensorrt-fp32" in parts["modules"] and "--network codes-detector" in parts["modules"]


@pytest.mark.parametrize("part", CampaignRequest(engines=("tensorrt", "none", "cuda"), images=5).parts(), ids=str)
def test_the_application_takes_every_command(part):
    arguments = parser().parse_args([*part["command"], "--out", "record.json"])
    assert arguments.out == "record.json"


def test_each_reader_with_each_engine_and_precision():
    parts = named(readers=("codes",), engines=("tensorrt", "none"), precisions=("fp32", "fp16"), kinds=("runs",))
    assert list(parts) == ["run__codes__tensorrt__fp32", "run__codes__tensorrt__fp16", "run__codes__none__fp32"]


def test_cuda_is_the_own_networks_on_the_gpu():
    parts = named(readers=("easyocr",), engines=("cuda",), kinds=("runs", "modules", "speed"))
    assert "--engine none --device cuda" in parts["run__easyocr__cuda__fp32"]
    assert "--device cuda" in parts["modules__cuda"] and "--engine original" in parts["modules__cuda"]
    assert "speed__fp32" not in parts  # recognisers alone are measured on the processor or with engines


def test_numbers_reach_the_commands():
    parts = named(engines=("onnxruntime",), images=7, warm_up=1, rounds=2, threads=4, dataset="/mnt/own")
    run = parts["run__codes__onnxruntime__fp32"]
    assert "benchmark /mnt/own " in run and "--limit 7" in run and "--warm-up 1" in run and "--threads 4" in run
    assert "--rounds 2" in parts["speed__fp32"] and "--limit 7" in parts["speed__fp32"]


def test_the_command_can_be_given_again():
    asked = CampaignRequest("line_a", "build/own.ini", ("codes",), images=5, name="x", again=True, note="n")
    assert asked.command() == "./inv benchmark --limit line_a --readers codes --images 5"


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"readers": ("no-such",)}, "no-such"),
        ({"engines": ("cudnn",)}, "unknown engines: cudnn"),
        ({"precisions": ("int8",)}, "unknown precisions: int8"),
        ({"kinds": ("fast",)}, "unknown parts: fast"),
        ({"readers": ("codes", "codes")}, "parts named twice"),
        ({"engines": ("cuda",), "kinds": ("speed",)}, "nothing to measure"),
        ({"readers": ("tesseract",), "kinds": ("modules",)}, "no networks of tesseract are exported"),
    ],
)
def test_what_does_not_exist_is_refused(asked, words):
    with pytest.raises(BoardBenchmarkError, match=words):
        CampaignRequest(**asked).parts()


def test_a_disturbed_measurement_has_the_higher_threshold():
    limits = settings()["thresholds"]
    assert 1.0 < limits["slower"] < limits["slower_if_disturbed"]
    assert 1.0 < limits["changed"] < limits["changed_if_disturbed"]
