"""The plots of a report."""

from fleet.core.toml import load_toml
from fleet.measurement.matrix import MATRIX
from fleet.reports.benchmark import plots
from fleet.reports.benchmark.summary import Measured


def test_the_plots_are_drawn(document):
    names = [figure.name for figure in document.figures()]
    assert names == [
        "accuracy-latency-nano-codes-100",
        "latency",
        "by-print",
        "by-condition",
        "confusions",
        "thesis-overview",
    ]
    assert all(figure.svg.startswith("<svg") for figure in document.figures())


def test_no_two_readers_of_the_matrix_look_alike():
    cells = [Measured("r", "r", "d", "raw", {}, number) for number in range(len(load_toml(MATRIX)["readers"]))]
    looks = {(plots._colour(cell), plots._marker(cell)) for cell in cells}
    assert len(looks) == len(cells) > len(plots.COLOURS)


def test_long_names_of_columns_are_wrapped():
    assert plots._wrapped("ppocr") == "ppocr"
    assert plots._wrapped("PaddleOCR 2.7 (v4), Python 3.7") == "PaddleOCR\n2.7 (v4), Python 3.7"
    assert max(map(len, plots._wrapped("codes, ONNX Runtime engines, fp16-simulated").splitlines())) <= 20


def test_known_networks_are_drawn_for_every_board_beside_what_was_published():
    boards = {"nano-1": {"resnet18, tensorrt": 88.0}, "nano-2": {"resnet18, tensorrt": 40.0, "other": 1.0}}
    figure = plots.known_networks({"resnet18, tensorrt": 90.2, "vgg16, tensorrt": 14.0}, boards)
    assert all(text in figure.svg for text in ("resnet18, tensorrt", "nano-1", "nano-2", "published"))
    assert "vgg16" not in figure.svg


def test_without_a_measured_network_there_is_no_figure():
    assert plots.known_networks({"resnet18, tensorrt": 90.2}, {"nano-1": {}}) is None
