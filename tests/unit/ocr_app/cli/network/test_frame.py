"""``ocr-app network frame``."""

import json

import pytest

from ocr_app.cli.network import frame
from ocr_app.networks.frame import FrameRates


def test_our_own_networks_alone(network):
    code, out, _ = network("frame", "--json")
    report = json.loads(out)
    assert code == 0 and report["schema"] == "nano-ocr/frame/1"
    assert [stage["name"] for stage in report["stages"]] == ["code-detector.onnx", "code-recogniser.onnx"]
    assert report["stages"][1]["shape"][0] == 3
    slow = sum(stage["frame_ms"][0] for stage in report["stages"])
    assert report["frame"]["estimate_ms"][0] == pytest.approx(slow, abs=0.002)


def test_each_member_counts_as_often_as_it_is_asked(network, tmp_path):
    words = ("--lines", "2", "--second-lines", "0.3", "--second-detector", "0.5", "--processor-ms", "8")
    code, out, _ = network("frame", *words, "--out", tmp_path / "frame.json")
    report = json.loads((tmp_path / "frame.json").read_text())
    assert code == 0 and "frames per second in FP16" in out and "A frame with 2 lines" in out
    stages = {stage["name"]: stage for stage in report["stages"]}
    assert stages["ppocr-v6-tiny-codes-rec.onnx"]["runs"] == pytest.approx(0.6)
    assert stages["ppocr-v6-tiny-codes-det.onnx"]["runs"] == 0.5
    assert stages["code-recogniser.onnx"]["shape"][0] == 2
    parts = sum(stage["frame_ms"][1] for stage in report["stages"]) + 8
    assert report["frame"]["estimate_ms"][1] == pytest.approx(parts, abs=0.003)
    assert report["frame"]["estimate_per_s"][1] == pytest.approx(1e3 / parts, abs=0.1)


@pytest.mark.parametrize("share", ["-1", "inf", "nan", "some"])
def test_a_share_that_is_not_a_number_is_refused(network, share):
    with pytest.raises(SystemExit):
        network("frame", "--second-lines", share)


def test_the_third_member_is_dearer_than_the_second():
    rates = (FrameRates(second_lines=1.0), FrameRates(third_lines=1.0))
    second, third = (frame.report_of(own, "fp16")["frame"]["estimate_ms"][0] for own in rates)
    assert third > second
