"""Names of readers: how they are written, and which there are."""

import pytest

from ocr_app.core.errors import UsageError
from ocr_app.readers import registry
from ocr_app.readers.registry import DEFAULT_READER, READERS, ReaderName, parse_name, spec


@pytest.mark.parametrize(
    "text, name",
    [
        ("codes", ReaderName("codes", None, None)),
        ("ppocr:v6-tiny", ReaderName("ppocr", "v6-tiny", None)),
        ("easyocr@server", ReaderName("easyocr", None, "server")),
        ("easyocr:quantized@py36-easyocr", ReaderName("easyocr", "quantized", "py36-easyocr")),
    ],
)
def test_a_name_is_parsed_and_written_the_same(text, name):
    assert parse_name(text) == name
    assert str(name) == text


@pytest.mark.parametrize("text", ["codes:", "codes@", "codes:@"])
def test_an_empty_model_or_environment_is_none(text):
    assert parse_name(text) == ReaderName("codes", None, None)


@pytest.mark.parametrize("text", ["", "cods", "Codes", ":v6-tiny", "@server"])
def test_an_unknown_reader_is_refused_with_those_there_are(text):
    with pytest.raises(UsageError) as caught:
        parse_name(text)
    assert caught.value.expected == ", ".join(reader.name for reader in READERS)


def test_names_are_unique_and_the_default_is_one_of_them():
    names = [reader.name for reader in READERS]
    assert len(set(names)) == len(names) and DEFAULT_READER in names


def test_the_module_is_imported_when_it_is_requested(monkeypatch):
    imported = []
    monkeypatch.setattr(registry.importlib, "import_module", lambda name: imported.append(name) or name)
    assert registry.module_of(spec("tesseract")) == "ocr_app.readers.tesseract"
    assert imported == ["ocr_app.readers.tesseract"]
