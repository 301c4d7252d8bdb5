"""`ocr-app readers`: what it says of a reader that can run, and of one that cannot."""

from ocr_app.cli.readers import describe
from ocr_app.readers.contract import Probe
from ocr_app.readers.registry import DEFAULT_READER, parse_name, spec


def test_reader_that_runs():
    probe = Probe((("onnxruntime", "1.2"),), ("cpu",), ("fp32",), ("v6-small", "v6-tiny"))
    assert describe(parse_name(DEFAULT_READER), probe) == [
        "yes  {:<22} {}  (default)".format(DEFAULT_READER, spec(DEFAULT_READER).summary),
        "     with onnxruntime 1.2; on cpu; in fp32",
        "     models: v6-small, v6-tiny",
    ]


def test_reader_that_does_not_says_why_and_what_next():
    probe = Probe((), (), (), (), "it is not installed", "install it")
    assert describe(parse_name("tesseract"), probe) == [
        "no   tesseract              Tesseract: the classical baseline",
        "     why: it is not installed",
        "     next: install it",
    ]
