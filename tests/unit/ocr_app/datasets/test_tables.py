"""Label tables as Excel, Notepad and scripts write them are one table; what cannot be read names its encoding."""

import pytest

from ocr_app.core.errors import DatasetError
from ocr_app.datasets.tables import read_table, read_text

TEXT = "filename\ttext\r\ncode.jpg\tMÄRZ 12\r\n"


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode("utf-8"),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        b"\xfe\xff" + TEXT.encode("utf-16-be"),
        TEXT.replace("\t", ";").encode("utf-8-sig"),
        TEXT.replace("\t", ",").encode("utf-8"),
        ("sep=;\r\n" + TEXT.replace("\t", ";")).encode("utf-8-sig"),
        TEXT.replace("filename", " Filename ").encode("utf-8"),
        (TEXT + "\t\r\n\r\n").encode("utf-8"),
        TEXT.replace("\r\n", "\n").replace("code.jpg", '"code.jpg"').replace("\t", ",").encode("utf-8"),
    ],
)
def test_every_way_to_write_a_table_is_the_same_table(tmp_path, data):
    (tmp_path / "labels.txt").write_bytes(data)
    table = read_table(str(tmp_path / "labels.txt"))
    assert [row.cells for row in table.rows] == [{"filename": "code.jpg", "text": "MÄRZ 12"}]
    assert table.rows[0].line == 3 if data.startswith(b"\xef\xbb\xbfsep") else table.rows[0].line == 2


@pytest.mark.parametrize(
    "cell,text",
    [('a"b', 'a"b'), ('"AB"', '"AB"'), ('"a ""b"" c"', 'a "b" c'), ('"1,5"', "1,5"), ('"', '"'), ('""', '""')],
)
def test_quotes_in_a_table_with_tabs(tmp_path, cell, text):
    (tmp_path / "a.tsv").write_text("filename\ttext\nx.png\t{}\n".format(cell))
    assert read_table(str(tmp_path / "a.tsv")).rows[0].cells["text"] == text


@pytest.mark.parametrize(
    "data,words",
    [
        (TEXT.encode("cp1252"), "line 2: byte 0xC4 is not UTF-8; it looks like Windows-1252 (cp1252)"),
        (b"\xef\xbb\xbfa\tb\nc\xff\n", "line 2: byte 0xFF is not UTF-8"),
        (b"\xff\xfea", "not UTF-16"),
        (bytes(range(128, 256)), "another encoding"),
    ],
)
def test_another_encoding_is_named(tmp_path, data, words):
    (tmp_path / "a.tsv").write_bytes(data)
    with pytest.raises(DatasetError) as caught:
        read_text(str(tmp_path / "a.tsv"))
    assert words in caught.value.found and "UTF-8" in caught.value.next_step


def test_an_empty_table_has_no_rows(tmp_path):
    (tmp_path / "a.tsv").write_bytes(b"")
    assert read_table(str(tmp_path / "a.tsv")).rows == []
