"""The trocr reader around stand-ins of its libraries; a real (tiny, random) model is tried in tests/envs."""

import math

import numpy as np
import pytest

from ocr_app.core.errors import DeviceUnavailable, ModelError, PrecisionUnavailable, ReaderFailed, UsageError
from ocr_app.readers import trocr
from ocr_app.readers.contract import ReaderOptions


class Scores:
    """A row of token probabilities, as far as the reader looks at it."""

    def __init__(self, best):
        self._best = best

    def float(self):
        return self

    def max(self):
        return math.log(self._best)


class Torch:
    __version__ = "2.0"
    threads = None

    class cuda:
        @staticmethod
        def is_available():
            return False

    class no_grad:
        def __enter__(self):
            return self

        def __exit__(self, *exc):
            return None

    def set_num_threads(self, threads):
        self.threads = threads

    def log_softmax(self, score, axis):
        return score


class Output:
    sequences = ["tokens"]
    scores = [(Scores(0.5),), (Scores(0.125),)]


class Library:
    """transformers: processor and model in one."""

    __version__ = "5.0"
    text, device, dtype = " LOT A4 ", "cpu", "float32"

    def __init__(self):
        self.TrOCRProcessor = self.VisionEncoderDecoderModel = self
        self.asked = []

    def from_pretrained(self, folder, local_files_only):
        self.asked.append((folder, local_files_only))
        return self

    def to(self, *where, **more):
        return self

    def eval(self):
        self.evaluated = True
        return self

    float = to

    @property
    def pixel_values(self):
        return self

    def __call__(self, images, return_tensors):
        self.seen = images
        return self

    def generate(self, pixels, **options):
        self.options = options
        return Output

    def batch_decode(self, sequences, skip_special_tokens):
        return [self.text]


@pytest.fixture
def library(monkeypatch, tmp_path):
    library, library.torch = Library(), Torch()
    monkeypatch.setattr(trocr, "_libraries", lambda: (library, library.torch))
    (tmp_path / "small").mkdir()
    (tmp_path / "small" / "config.json").write_text("{}")
    monkeypatch.setenv("OCR_TROCR_MODEL", str(tmp_path / "small"))
    return library


def test_the_model_comes_from_the_folder_and_never_from_the_network(library, tmp_path):
    info = trocr.open_reader(ReaderOptions(threads=3)).info
    assert library.asked == [(str(tmp_path / "small"), True)] * 2
    assert (library.evaluated, library.torch.threads) == (True, 3)
    assert info.engine == "transformers 5.0, torch 2.0, small"


def test_a_line_is_read_greedily_with_the_mean_of_its_token_probabilities(library, image):
    lines = trocr.open_reader(ReaderOptions()).read_line(image)
    assert [line.text for line in lines] == ["LOT A4"]
    assert lines[0].confidence == pytest.approx(0.25)
    assert lines[0].quad.tolist() == [[0, 0], [8, 0], [8, 4], [0, 4]]
    assert (library.options["num_beams"], library.options["do_sample"]) == (1, False)
    assert np.array_equal(library.seen, image[:, :, ::-1])


def test_nothing_read_is_no_line(library, image):
    library.text = " "
    assert trocr.open_reader(ReaderOptions()).read_line(image[:, :, 0]) == []


def test_a_whole_image_is_refused_in_words(library, image):
    with pytest.raises(ReaderFailed) as caught:
        trocr.open_reader(ReaderOptions()).read(image)
    assert caught.value.code == "lines-only"
    assert "single lines" in caught.value.found


@pytest.mark.parametrize("folder", ["", "/nowhere/at/all"])
def test_without_a_model_it_names_the_guide(library, monkeypatch, folder):
    monkeypatch.setenv("OCR_TROCR_MODEL", folder)
    assert trocr.probe().next_step == "docs/how-to/trocr.md"
    with pytest.raises(ModelError):
        trocr.open_reader(ReaderOptions())


@pytest.mark.parametrize(
    "options, error",
    [
        (ReaderOptions(device="cuda"), DeviceUnavailable),
        (ReaderOptions(device="tpu"), DeviceUnavailable),
        (ReaderOptions(precision="fp16"), PrecisionUnavailable),
        (ReaderOptions(model="large"), UsageError),
    ],
)
def test_what_cannot_be_had_is_refused(library, options, error):
    with pytest.raises(error):
        trocr.open_reader(options)


def test_the_probe_names_the_model(library):
    assert trocr.probe().models == ("small",)
    assert trocr.probe().precisions == ("fp32",)
