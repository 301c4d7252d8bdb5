"""The thesis's tables for boards."""

import pytest

from fleet.campaigns import thesis
from tests.unit.fleet.campaigns import made
from tests.unit.fleet.campaigns.test_sections import page_of, text_of


def test_readers_stand_beside_the_published_ones(tmp_path):
    slower = {"records": made.whole(**{made.RUN: made.run(ms=120.0)})}
    text = text_of(thesis.readers(page_of(tmp_path, nano_1={}, nano_2=slower)))
    assert "| EasyOCR, TensorRT FP16, published | 59.23 | 173 | - | 5.8 | - | 20.29 % | - | - |" in text
    row = "| codes, ONNX Runtime FP32 | - | 110 | 100 to 120 | 9.1 | 75.0 % | 10.0 % | 90.0 % | 80.0 % |"
    assert row in text and "4 images of nano-codes-100" in text
    assert "| nano-2 | codes, ONNX Runtime FP32 | 120 | - | 1 | 75.0 % | 10.0 % | 0 |" in text


def test_the_plots_show_published_and_measured_times_and_every_board(tmp_path):
    section = thesis.readers(page_of(tmp_path, nano_1={}, nano_2={}))
    overview, spread = section.parts[2:]
    assert (overview.name, spread.name) == ("thesis-overview", "latency")
    assert "measured here: NVIDIA Jetson Nano Developer Kit" in overview.svg
    assert "nano-1: codes" in spread.svg and "nano-2: codes" in spread.svg


def test_the_plot_of_virtual_boards_says_that_they_are_none(tmp_path):
    section = thesis.readers(page_of(tmp_path, nano_1={"virtual": "docker"}))
    assert "virtual boards on a computer, not a Nano" in section.parts[2].svg


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({}, "codes, ONNX Runtime FP32"),
        ({"engines": "tensorrt", "precision": "fp16"}, "codes, TensorRT FP16"),
        ({"engines": "none"}, "codes, CPU"),
        ({"engines": "none", "device": "cuda"}, "codes, GPU"),
    ],
)
def test_a_run_is_named_as_the_thesis_names_it(change, name):
    run = made.run()
    run["reader"].update(change)
    assert thesis.name_of(run) == name


def test_modules_are_those_of_tables_9_and_10(tmp_path):
    text = text_of(
        thesis.modules(page_of(tmp_path, nano_1={}, nano_2={"records": made.whole(modules=made.modules(30.0))}))
    )
    assert "| EasyOCR, detector, published | GPU to TensorRT | 95 | - | 2.29 |" in text
    assert "| codes-detector | onnxruntime | 25 | 20 to 30 | - |" in text


def test_known_networks_and_recognisers_have_their_tables(tmp_path):
    page = page_of(tmp_path, nano_1={})
    known = thesis.cnn(page)
    assert "| nano-1 | resnet18, tensorrt | 100 | 90 | 110% |" in text_of(known)
    assert known.parts[0].name == "known-networks" and "published" in known.parts[0].svg
    assert "| codes | 1 | 50.0 | 50.0 to 50.0 |" in text_of(thesis.speed(page))


def test_parts_that_no_board_measured_have_no_table(tmp_path):
    page = page_of(tmp_path, nano_1={"records": {made.SPEED: made.speed()}})
    assert "No run was measured." in text_of(thesis.readers(page))
    assert (thesis.modules(page).parts, thesis.cnn(page).parts, thesis.cnn(page).text) == ([], [], [])


def test_figure_7_says_why_no_board_could_be_measured(tmp_path):
    records = made.whole(**{made.CNN: made.cnn()})
    cannot = {"entries": {made.CNN: {"status": "cannot", "found": "torch is missing"}}, "records": records}
    section = thesis.cnn(page_of(tmp_path, nano_1=cannot))
    assert section.text == ["Not measured on any of these boards: torch is missing"]
