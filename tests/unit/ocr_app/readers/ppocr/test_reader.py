"""The reader `ppocr` with networks whose answers are known."""

import numpy as np
import pytest

from ocr_app.core import model_files
from ocr_app.core.errors import UsageError
from ocr_app.networks.contract import Network
from ocr_app.readers import catalogues
from ocr_app.readers.contract import ReaderOptions, Timer
from ocr_app.readers.ppocr import reader as ppocr

CHARACTERS = "A\nB\n日"  # class 0 is the blank, the last one the space


class Marks(Network):
    """Marks the pixels that are bright."""

    inputs, outputs = ("image",), ("marks",)

    def infer(self, arrays):
        return {"marks": (arrays["image"][:, :1] > 0).astype(np.float32)}


class Reads(Network):
    """Reads A with ``confidence``, and sees the sun more clearly still."""

    inputs, outputs = ("image",), ("posteriors",)
    metadata = {"character": CHARACTERS}

    def __init__(self, confidence=0.9):
        self.confidence = confidence

    def infer(self, arrays):
        posteriors = np.zeros((len(arrays["image"]), 3, 5), np.float32)
        posteriors[:, :, 0] = 1.0
        rest = (1 - self.confidence) / 3
        posteriors[:, 1] = 0.5 * np.array([rest, self.confidence, rest, 1.0, rest])
        return {"posteriors": posteriors}


@pytest.fixture
def opened(monkeypatch):
    """Opens the reader; its detector and recogniser are the networks that are given."""
    monkeypatch.setattr(catalogues, "check", lambda options: None)
    monkeypatch.setattr(model_files, "locate", lambda name: name)
    monkeypatch.setattr(ppocr.onnx_runtime, "version", lambda: "1.0")

    def open_it(recogniser=None, **options):
        networks = iter([Marks(), recogniser or Reads()])
        return ppocr.open_reader(ReaderOptions(**options), lambda *arguments: next(networks))

    return open_it


def frame():
    image = np.zeros((64, 320, 3), np.uint8)
    image[20:44, 40:280] = 255
    return image


def test_a_bright_bar_is_read_and_the_sun_is_not(opened):
    timer = Timer()
    (line,) = opened().read(frame(), timer)
    assert line.text == "A" and line.confidence == pytest.approx(0.9, abs=0.01)
    assert set(timer.ms) == {"detect", "recognise"}
    left, top = line.quad.min(axis=0)
    right, bottom = line.quad.max(axis=0)
    assert left <= 40 and top <= 20 and right >= 279 and bottom >= 43


def test_an_unsure_line_of_an_image_is_dropped_and_a_given_line_is_not(opened):
    reader = opened(Reads(0.4))
    assert reader.read(frame()) == []
    (line,) = reader.read_line(frame())
    assert line.confidence < ppocr.MIN_CONFIDENCE
    np.testing.assert_array_equal(line.quad, [[0, 0], [320, 0], [320, 64], [0, 64]])


def test_a_dark_image_has_no_lines(opened):
    assert opened().read(np.zeros((64, 64), np.uint8)) == []


def test_it_says_what_it_is(opened):
    info = opened(model="v4-mobile", threads=3).info
    assert (info.reader, info.engine, info.device) == ("ppocr:v4-mobile", "onnxruntime 1.0, PP-OCR v4-mobile", "cpu")


def test_a_dictionary_is_a_file_with_one_character_per_line(monkeypatch, tmp_path):
    (tmp_path / "dict.txt").write_text(CHARACTERS + "\n", encoding="utf-8")
    monkeypatch.setattr(model_files, "locate", lambda name: str(tmp_path / name))
    expected = (["", "A", "B", "日", " "], ppocr.PRINTABLE)
    assert ppocr._charset("dict.txt", None) == ppocr._charset("metadata", Reads()) == expected


def test_a_cut_network_lists_its_characters_and_keeps_them_all():
    cut = Reads()
    cut.metadata = {"characters": '["", "A", "b", " "]'}
    assert ppocr._charset("list", cut) == (["", "A", "b", " "], "")


def test_posteriors_are_what_the_texts_are_decoded_from(opened):
    reader = opened()
    (posterior,) = reader.posteriors(frame())
    (line,) = reader.read(frame())
    assert ppocr.decoded(posterior)[::2] == line[::2] and posterior.characters == ("", "A", "B", " ")
    np.testing.assert_allclose(np.exp(posterior.log_probs).sum(axis=1), 1.0, atol=1e-5)
    (given,) = reader.line_posteriors([frame()])
    assert ppocr.decoded(given).text == "A" and reader.line_posteriors([]) == []


def test_unsure_posteriors_of_an_image_are_dropped_too(opened):
    reader = opened(Reads(0.4))
    assert reader.posteriors(frame()) == [] and len(reader.line_posteriors([frame()])) == 1


@pytest.mark.parametrize("model", ["v6-tiny-codes", "v6-small-codes"])
def test_the_cut_models_are_in_the_package(model, monkeypatch):
    pytest.importorskip("onnxruntime")
    monkeypatch.setattr(model_files, "folder", lambda: "/nowhere")
    with ppocr.open_reader(ReaderOptions(threads=1, model=model)) as reader:
        (posterior,) = reader.line_posteriors([np.full((24, 100), 255, np.uint8)])
    assert len(posterior.characters) == 96 and set(posterior.characters[1:]) == set(ppocr.PRINTABLE)
    assert posterior.log_probs.shape == (25, 96)


def test_parts_can_be_opened_alone():
    pytest.importorskip("onnxruntime")
    record = ppocr.model_record("v6-tiny-codes")
    found = ppocr.open_detector(record, ReaderOptions(threads=1))(frame(), side=320)
    assert isinstance(found, list)
    assert ppocr.open_recogniser(record, ReaderOptions(threads=1))([frame()])[0].shape == (30, 96)


def test_a_network_can_be_replaced_by_its_role(opened):
    reader, other = opened(), Reads(0.99)
    reader.replace_network("recogniser", other)
    assert reader.networks()["recogniser"] is other
    assert reader.read(frame())[0].confidence == pytest.approx(0.99, abs=0.01)
    with pytest.raises(UsageError, match="no network 'classifier'"):
        reader.replace_network("classifier", other)


def test_the_networks_of_a_model_are_two_files(monkeypatch):
    monkeypatch.setattr(model_files, "locate", lambda name: "/models/" + name)
    paths = ppocr.network_files(None)
    assert sorted(paths) == ["detector", "recogniser"] and all(path.endswith(".onnx") for path in paths.values())
    with pytest.raises(UsageError, match="unknown ppocr model"):
        ppocr.network_files("v99")


def test_missing_models_are_the_problem_of_the_probe(monkeypatch):
    pytest.importorskip("onnxruntime")
    monkeypatch.setattr(model_files, "missing", lambda names: names[:1])
    probe = ppocr.probe()
    assert probe.problem.startswith("model files missing: ") and probe.next_step == "./inv models"
