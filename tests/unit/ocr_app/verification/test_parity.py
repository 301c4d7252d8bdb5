"""Comparing exports with their originals: an equal one passes, any other is found."""

import hashlib
import json

import cv2
import numpy as np
import pytest
from onnx import numpy_helper

from ocr_app.export import network_specs, program
from ocr_app.export.record import load_record
from ocr_app.networks import onnx_model
from ocr_app.verification import parity

TEXTS = ("LOT A1234", "EXP 12.05.27", "B7 10:42")
NAMES = ["codes-detector", "codes-recogniser"]


@pytest.fixture
def lines(tmp_path):
    """A set of three drawn lines."""
    folder = tmp_path / "lines"
    folder.mkdir()
    for number, text in enumerate(TEXTS):
        image = np.full((48, 30 * len(text), 3), 235, np.uint8)
        cv2.putText(image, text, (8, 34), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (30, 30, 30), 2)
        cv2.imwrite(str(folder / "{}.png".format(number)), image)
    rows = ["filename\ttext"] + ["{}.png\t{}".format(number, text) for number, text in enumerate(TEXTS)]
    (folder / "labels.tsv").write_text("\n".join(rows) + "\n")
    return str(folder)


@pytest.fixture
def exports(tmp_path, code_models):
    """Both networks of ours, exported."""
    folder = str(tmp_path / "exports")
    for network in network_specs.select(NAMES):
        program.export(network, folder)
    return folder


def damage(folder, name):
    """Another network under the export's name, with a record that fits: its largest weights are turned round."""
    path = "{}/{}.onnx".format(folder, name)
    model = onnx_model.load(path)
    largest = max(model.proto.graph.initializer, key=lambda tensor: tensor.ByteSize())
    largest.CopyFrom(numpy_helper.from_array(-numpy_helper.to_array(largest), largest.name))
    data = model.proto.SerializeToString()
    record = dict(load_record(folder, name), sha256=hashlib.sha256(data).hexdigest(), bytes=len(data))
    with open(path, "wb") as stream:
        stream.write(data)
    with open(path[:-5] + ".json", "w") as stream:
        json.dump(record, stream)


def test_an_export_reads_like_its_original(exports, lines, capsys):
    assert parity.main(NAMES + ["--out", exports, "--lines", lines, "--pages", lines]) == 0
    recogniser, detector = (load_record(exports, name)["parity"] for name in reversed(NAMES))
    assert recogniser["passed"] and recogniser["max_error"] == 0.0 and recogniser["calls"] > 1
    assert [(part["kind"], part["items"], part["equal"]) for part in recogniser["sets"]] == [
        ("lines", 3, 3),
        ("pages", 3, 3),
    ]
    assert [part["kind"] for part in detector["sets"]] == ["pages"]
    assert "equal texts: lines lines 3 of 3" in capsys.readouterr().out


def test_a_network_that_reads_otherwise_is_found(exports, lines, capsys):
    damage(exports, "codes-recogniser")
    assert parity.main(["codes-recogniser", "--out", exports, "--lines", lines]) == 7
    record = load_record(exports, "codes-recogniser")["parity"]
    assert not record["passed"] and record["max_error"] > 1.0
    assert record["sets"][0]["different"]
    assert "NOT EQUAL" in capsys.readouterr().out


def test_a_detector_that_finds_otherwise_is_found(exports, lines):
    damage(exports, "codes-detector")
    assert parity.main(NAMES + ["--out", exports, "--pages", lines]) == 7
    assert not load_record(exports, "codes-detector")["parity"]["passed"]


def test_an_export_that_is_missing_is_said(tmp_path, lines, capsys):
    assert parity.main(["codes-recogniser", "--out", str(tmp_path), "--lines", lines]) == 7
    assert "./inv export" in capsys.readouterr().err


def test_nothing_to_compare_on_is_wrong_usage(exports, capsys):
    assert parity.main(["codes-recogniser", "--out", exports]) == 2


def test_lost_metadata_is_found(exports, lines, capsys):
    path = exports + "/codes-recogniser.onnx"
    model = onnx_model.load(path)
    model.proto.ClearField("metadata_props")
    data = model.proto.SerializeToString()
    with open(path, "wb") as stream:
        stream.write(data)
    record = dict(load_without_check(exports), sha256=hashlib.sha256(data).hexdigest())
    with open(path[:-5] + ".json", "w") as stream:
        json.dump(record, stream)
    assert parity.main(["codes-recogniser", "--out", exports, "--lines", lines]) == 7
    assert "lacks metadata" in capsys.readouterr().err


def load_without_check(folder):
    with open(folder + "/codes-recogniser.json") as stream:
        return json.load(stream)
