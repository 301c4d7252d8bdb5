"""The table of networks."""

import pytest

from ocr_app.core.errors import UsageError
from ocr_app.export import network_specs
from ocr_app.readers.codes import reader as codes
from ocr_app.readers.ppocr import reader as ppocr


def test_the_table_has_every_network_of_every_reader_on_onnx_runtime():
    known = {(network.reader, network.part, network.files) for network in network_specs.networks().values()}
    for name, catalogue in (("codes", codes.catalogue()), ("ppocr", ppocr.catalogue())):
        for model, record in catalogue["models"].items():
            for part in ("detector", "recogniser"):
                assert (name + ":" + model, part, (record[part]["file"],)) in known


def test_every_network_of_the_table_is_within_what_tensorrt_parses():
    for network in network_specs.networks().values():
        assert network.opset <= network_specs.rules()["opset_most"] <= 13  # what TensorRT 8.2.1's parser takes at most
        assert len(network.shape) == len(network.input.dims)
        fixed = [(dim, size) for dim, size in zip(network.input.dims, network.shape) if isinstance(dim, int)]
        assert all(dim == size for dim, size in fixed)
        assert (network.environment is None) == (network.way == "onnx")


def test_an_unknown_network_is_named_with_those_there_are():
    with pytest.raises(UsageError) as caught:
        network_specs.select(["codes-detektor"])
    assert "codes-detektor" in str(caught.value) and "codes-detector" in str(caught.value)
