"""Which TensorRT is installed, and how it is used."""

import sys

import pytest

from ocr_app.core.errors import DeviceUnavailable
from ocr_app.networks.tensorrt import installed


def test_the_way_is_chosen_by_what_the_installed_version_has(every_trt):
    expected = {"8.2.1.8": "bindings", "8.5.2.2": "tensors", "10.3.0": "tensors"}
    assert installed.way(every_trt).name == expected[every_trt.__version__]


def test_every_version_of_the_stand_ins_is_one_of_a_release(every_trt):
    assert installed.is_known(every_trt.__version__)


@pytest.mark.parametrize(
    "version, known",
    [("8.2.1.8", True), ("8.2.10", False), ("8.5.2.2", True), ("8.6.1", False), ("10.16.1", True), ("11.0.0", False)],
)
def test_known_versions(version, known):
    assert installed.is_known(version) is known


def test_known_versions_in_words():
    assert "8.2.1 (JetPack 4.6.6)" in installed.known_versions() and "10.16 (JetPack 7.2)" in installed.known_versions()


def test_the_table_and_the_code_agree_on_the_way(every_trt):
    found = [row for row in installed.releases().values() if every_trt.__version__.startswith(row["tensorrt"])]
    assert [row["tensorrt_api"] for row in found] == [installed.way(every_trt).name]


def test_without_the_binding_the_reason_is_given(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorrt", None)
    with pytest.raises(DeviceUnavailable, match="TensorRT's Python binding does not import"):
        installed.module()
