"""What is printed reaches every terminal: no character of a name or a text ends the program."""

import io
import json
import sys

import pytest

from ocr_app.core import console


@pytest.mark.parametrize("encoding", ["ascii", "utf-8", "cp1252"])
def test_json_is_valid_in_every_encoding(monkeypatch, encoding):
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding))
    console.print_json({"text": "MÄRZ 日本"})
    assert json.loads(raw.getvalue().decode(encoding)) == {"text": "MÄRZ 日本"}


def test_a_table_escapes_what_the_encoding_lacks(monkeypatch):
    out, error = io.BytesIO(), io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(out, "ascii"))
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(error, "utf-8"))
    console.make_tolerant()
    print("MÄRZ")
    print("caf\udce9", file=sys.stderr)
    sys.stdout.flush(), sys.stderr.flush()
    assert (out.getvalue(), error.getvalue()) == (b"M\\xc4RZ\n", b"caf\\udce9\n")
