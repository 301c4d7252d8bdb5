"""File names as text."""

import json
import os

import pytest

from ocr_app.core import names


@pytest.mark.parametrize(
    "raw,text",
    [
        (b"caf\xe9.jpg", "caf\\xe9.jpg"),
        ("café.jpg".encode(), "café.jpg"),
        (b"\xff\xfe", "\\xff\\xfe"),
        (b"a.jpg", "a.jpg"),
    ],
)
def test_any_name_of_the_file_system_is_text_in_utf8(raw, text):
    found = names.shown(os.fsdecode(raw))
    assert found == text
    assert json.loads(json.dumps(found, ensure_ascii=False).encode("utf-8").decode("utf-8")) == text


def test_a_text_that_is_no_name_of_this_locale_stays_as_it_is():
    assert names.shown("日本.jpg") == "日本.jpg"


def test_a_name_that_fits_stays_and_one_that_does_not_keeps_its_ends():
    assert names.shortened("a" * 251 + ".jpg") == "a" * 251 + ".jpg"
    short = names.shortened("é" * 200 + ".jpg", 240)
    assert 235 < names.length(short) <= 240 and short.startswith("é" * 80) and short.endswith(".jpg")
    assert short != names.shortened("é" * 201 + ".jpg", 240)


def test_a_plain_name_is_taken_by_every_file_system_and_stays_one_of_its_own():
    odd = [os.fsdecode(raw) for raw in (b"caf\xe9: 1?.jpg", b"caf\xe8: 1?.jpg")]
    assert names.plain(odd[0]).startswith("caf_xe9__1_~") and names.plain(odd[0]).endswith(".jpg")
    assert names.plain(odd[0]) != names.plain(odd[1])


def test_one_more_image_of_a_name_keeps_its_suffix():
    assert names.numbered("frame.JPG", 2) == "frame~2.JPG"


def test_suffixes_are_counted_the_most_frequent_first():
    suffixes = [names.suffix_of(name) for name in ("a.TXT", "b.txt", "README", "c.pdf")]
    assert names.counted({suffix: suffixes.count(suffix) for suffix in suffixes}) == (
        "4 files: 2 .txt, 1 .pdf, 1 without suffix"
    )
