"""The real libraries, each in its own Python, reading a code drawn here. Slow; needs the environments and weights."""

import os
import subprocess

import cv2
import numpy as np
import pytest
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont

from ocr_app.core.errors import DeviceUnavailable, ModelError, PrecisionUnavailable, ReaderFailed
from ocr_app.opening import named as opening
from ocr_app.readers.contract import ReaderOptions, Timer
from ocr_app.readers.registry import parse_name
from ocr_app.workers import environments

pytestmark = pytest.mark.envs

READERS = (
    "easyocr@py36-easyocr",
    "easyocr:quantized@py36-easyocr",
    "easyocr@server",
    "paddleocr@py37-paddle",
    "paddleocr:v4-mkldnn@py37-paddle",
    "rapidocr@rapidocr",
    "rapidocr:v4@rapidocr",
)
TINY_TROCR = r"""
import json, os, sys
import torch
from transformers import RobertaTokenizer, TrOCRConfig, TrOCRForCausalLM, TrOCRProcessor
from transformers import ViTConfig, ViTImageProcessor, ViTModel, VisionEncoderDecoderModel

folder = sys.argv[1]
letters = ["<s>", "<pad>", "</s>", "<unk>"] + list("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789./-")
vocabulary, merges = os.path.join(folder, "vocab.json"), os.path.join(folder, "merges.txt")
with open(vocabulary, "w") as stream:
    json.dump({letter: i for i, letter in enumerate(letters)}, stream)
with open(merges, "w") as stream:
    stream.write("#version: 0.2\n")
torch.manual_seed(0)
sizes = dict(hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16)
encoder = ViTModel(ViTConfig(image_size=32, patch_size=16, **sizes))
special = dict(decoder_start_token_id=0, bos_token_id=0, pad_token_id=1, eos_token_id=2)
layers = dict(d_model=16, decoder_layers=1, decoder_attention_heads=2, decoder_ffn_dim=16, vocab_size=len(letters))
layers.update(special, max_position_embeddings=80, cross_attention_hidden_size=16)
decoder = TrOCRForCausalLM(TrOCRConfig(**layers))
model = VisionEncoderDecoderModel(encoder=encoder, decoder=decoder)
for name, value in special.items():
    setattr(model.config, name, value)
    setattr(model.generation_config, name, value)
model.save_pretrained(folder)
tokenizer = RobertaTokenizer(vocab=vocabulary, merges=merges)
TrOCRProcessor(ViTImageProcessor(size={"height": 32, "width": 32}), tokenizer).save_pretrained(folder)
"""


def opened(name, **options):
    """The reader; skips where its environment or weights are not here, but fails for that in CI."""
    parsed = parse_name(name)
    require(parsed.environment)
    try:
        return opening.open_named(parsed, ReaderOptions(**options))
    except ModelError as error:
        missing(error.found)


def require(environment):
    if not environments.exists(environment):
        missing("the environment {} is not built".format(environment))


def missing(reason):
    assert os.environ.get("CI") != "true", reason
    pytest.skip(reason)


PLACES = {"EXP 31.12.2027": (40, 40), "LOT84172": (40, 140)}  # text -> x, y of its top left corner


@pytest.fixture
def code():
    """Two lines in Pillow's embedded font: the same pixels on every machine with the locked Pillow."""
    picture = Pillow.new("RGB", (640, 240), (235, 235, 235))
    for text, place in PLACES.items():
        ImageDraw.Draw(picture).text(place, text, fill=(20, 20, 20), font=ImageFont.load_default(52))
    return np.array(picture)


def box_of(text):
    """left, top, right, bottom of a drawn line, px."""
    return ImageDraw.Draw(Pillow.new("RGB", (1, 1))).textbbox(PLACES[text], text, font=ImageFont.load_default(52))


@pytest.fixture(scope="module", params=READERS)
def named(request):
    """(name, the reader), opened once for all tests of one reader: a framework takes seconds to import."""
    with opened(request.param) as reader:
        yield parse_name(request.param), reader


def test_a_drawn_code_is_really_read(named, code):
    name, reader = named
    before, timer = code.copy(), Timer()
    lines = reader.read(code, timer)
    left, top, right, bottom = map(int, box_of("EXP 31.12.2027"))
    single = reader.read_line(code[top - 8 : bottom + 8, left - 12 : right + 12])
    assert [line.text.upper() for line in lines] == ["EXP 31.12.2027", "LOT84172"]
    assert [line.text.upper() for line in single] == ["EXP 31.12.2027"]
    assert {"detect", "recognise"} <= set(timer.ms)
    assert "[{}, Python 3.".format(name.environment) in reader.info.engine
    assert np.array_equal(code, before)


def test_boxes_hold_their_text(named, code):
    lines = named[1].read(cv2.cvtColor(code, cv2.COLOR_BGR2GRAY))
    assert len(lines) == len(PLACES)
    for line, text in zip(lines, PLACES):
        left, top, right, bottom = box_of(text)
        assert abs(line.quad[:, 0].min() - left) < 25 and abs(line.quad[:, 0].max() - right) < 25
        assert abs(line.quad[:, 1].min() - top) < 25 and abs(line.quad[:, 1].max() - bottom) < 25
        assert 0.3 < line.confidence <= 1.0


def test_emptiness_is_no_lines(named):
    assert named[1].read(np.full((120, 200, 3), 255, np.uint8)) == []
    assert named[1].read(np.full((3, 3), 255, np.uint8)) == []


@pytest.mark.parametrize(
    "name", ["easyocr@py36-easyocr", "easyocr@server", "paddleocr@py37-paddle", "rapidocr@rapidocr"]
)
@pytest.mark.parametrize(
    "options, error", [({"device": "cuda"}, DeviceUnavailable), ({"precision": "fp16"}, PrecisionUnavailable)]
)
def test_what_cannot_be_had_is_refused(name, options, error):
    parsed = parse_name(name)
    require(parsed.environment)
    probe = opening.probe_named(parsed, timeout_s=300.0)  # a busy machine takes its time to import torch
    if probe.problem:
        missing(probe.problem)
    if options.get("device") in probe.devices:
        pytest.skip("this computer has CUDA")
    with pytest.raises(error):
        opening.open_named(parsed, ReaderOptions(**options))


def test_easyocr_reads_the_same_in_both_environments(code):
    texts = []
    for name in ("easyocr@py36-easyocr", "easyocr@server"):
        with opened(name) as reader:
            texts.append([(line.text, np.round(line.quad).tolist()) for line in reader.read(code)])
    assert texts[0] == texts[1]


def test_a_tiny_trocr_reads_a_line_and_refuses_a_page(tmp_path, monkeypatch, code):
    require("server")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    subprocess.check_call([environments.python_of("server"), "-c", TINY_TROCR, str(tmp_path)])
    monkeypatch.setenv("OCR_TROCR_MODEL", str(tmp_path))
    with opened("trocr@server", threads=1) as reader:
        lines = reader.read_line(code[40:110])
        assert len(lines) <= 1 and all(0.0 < line.confidence <= 1.0 for line in lines)
        with pytest.raises(ReaderFailed) as caught:
            reader.read(code)
    assert caught.value.code == "lines-only"
