"""What every registered reader promises, whatever is installed here."""

import inspect
import os
import re
import subprocess
import sys

import numpy as np
import pytest

from ocr_app.core.errors import (
    DeviceUnavailable,
    ModelError,
    OcrError,
    PrecisionUnavailable,
    ReaderUnavailable,
    UsageError,
)
from ocr_app.core.types import PHASES
from ocr_app.readers import registry
from ocr_app.readers.contract import Probe, Reader, ReaderOptions, Timer

NOT_HERE = (ReaderUnavailable, ModelError)
every_reader = pytest.mark.parametrize("spec", registry.READERS, ids=[spec.name for spec in registry.READERS])


def runs_here(spec):
    """Readers of other environments make the same promises there: tests/envs/test_readers_in_environments.py."""
    return not spec.environments or registry.module_of(spec).probe().problem is None


readers_here = [spec for spec in registry.READERS if runs_here(spec)]
every_reader_here = pytest.mark.parametrize("spec", readers_here, ids=[spec.name for spec in readers_here])
local_readers = [spec for spec in readers_here if spec.name != "gvision"]  # which would ask a service


def opened(spec, **options):
    """The reader; skips where its library or model is not here, with the reason."""
    try:
        return registry.module_of(spec).open_reader(ReaderOptions(**options))
    except NOT_HERE as error:
        pytest.skip(error.found)


@every_reader
def test_it_has_probe_and_open_reader(spec):
    module = registry.module_of(spec)
    assert not inspect.signature(module.probe).parameters
    assert next(iter(inspect.signature(module.open_reader).parameters)) == "options"


@every_reader
def test_its_probe_never_raises_and_a_problem_names_the_next_step(spec, monkeypatch, tmp_path):
    for setting in ({}, {"OCR_MODELS": str(tmp_path), "PATH": str(tmp_path)}):
        for name, value in setting.items():
            monkeypatch.setenv(name, value)
        probe = registry.module_of(spec).probe()
        assert isinstance(probe, Probe)
        assert all(isinstance(part, str) for pair in probe.versions for part in pair)
        assert probe.problem is None or (probe.problem and probe.next_step)
        assert probe.problem is not None or probe.devices


@every_reader_here
def test_cuda_that_is_not_here_is_an_error_never_the_cpu(spec):
    if "cuda" in registry.module_of(spec).probe().devices:
        pytest.skip("this computer has CUDA")
    with pytest.raises(OcrError) as caught:
        registry.module_of(spec).open_reader(ReaderOptions(device="cuda"))
    if isinstance(caught.value, NOT_HERE):
        pytest.skip(caught.value.found)
    assert isinstance(caught.value, DeviceUnavailable)
    assert caught.value.exit_code == 4


@every_reader_here
def test_fp16_on_the_cpu_is_an_error_never_fp32(spec):
    with pytest.raises(OcrError) as caught:
        registry.module_of(spec).open_reader(ReaderOptions(precision="fp16"))
    if isinstance(caught.value, NOT_HERE):
        pytest.skip(caught.value.found)
    assert isinstance(caught.value, PrecisionUnavailable)
    assert caught.value.exit_code == 5


@every_reader_here
def test_an_unknown_model_is_a_usage_error(spec):
    with pytest.raises(OcrError) as caught:
        registry.module_of(spec).open_reader(ReaderOptions(model="no-such-model"))
    if isinstance(caught.value, NOT_HERE):
        pytest.skip(caught.value.found)
    assert isinstance(caught.value, UsageError)


@pytest.mark.parametrize("spec", local_readers, ids=[spec.name for spec in local_readers])
def test_an_empty_image_has_no_lines_and_stays_as_it_was(spec):
    with opened(spec, threads=1) as reader:
        assert isinstance(reader, Reader)
        for shape in ((48, 160, 3), (48, 160)):
            image = np.full(shape, 255, np.uint8)
            timer = Timer()
            try:
                assert reader.read(image, timer) == []
            except OcrError as error:
                assert error.code == "lines-only"
            assert set(timer.ms) <= set(PHASES)
            assert (image == 255).all()


@pytest.mark.parametrize("spec", local_readers, ids=[spec.name for spec in local_readers])
def test_it_says_what_it_runs_on(spec):
    with opened(spec, threads=1) as reader:
        assert reader.info.reader.partition(":")[0] == spec.name
        assert re.search(r"\d", reader.info.engine)
        assert (reader.info.device, reader.info.precision) == ("cpu", "fp32")


def test_heavy_libraries_are_imported_only_by_the_reader_that_needs_them():
    code = (
        "import sys\n"
        "from ocr_app.readers import registry\n"
        "[registry.module_of(spec) for spec in registry.READERS]\n"
        "print(sorted({'torch', 'easyocr', 'paddle', 'paddleocr', 'rapidocr', 'transformers', 'onnxruntime'}"
        " & set(sys.modules)))\n"
    )
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    environ = dict(os.environ, PYTHONPATH=root)
    assert subprocess.check_output([sys.executable, "-c", code], env=environ).decode().strip() == "[]"
