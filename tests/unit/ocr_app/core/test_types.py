"""Results and lines, and their JSON forms."""

import numpy as np

from ocr_app.core.types import (
    RESULT_SCHEMA,
    ReaderInfo,
    Reading,
    TextLine,
    join_lines,
    line_from_json,
    line_to_json,
    reading_to_json,
)

QUAD = np.array([[0.126, 1], [10, 1], [10, 5.5], [0, 5.5]], np.float32)
LINE = TextLine("LOT 7", QUAD, 0.98765)
INFO = ReaderInfo("codes:tiny", "onnxruntime 1", "cpu", "fp32")
READING = Reading("a.png", (LINE, LINE._replace(text="")), "read", ("noted",), {"total": 1.23456}, INFO)


def test_a_line_keeps_hundredths_of_pixels():
    record = line_to_json(LINE)
    assert record["quad"][0] == [0.13, 1.0] and record["confidence"] == 0.9877
    back = line_from_json(record)
    assert (back.text, back.quad.dtype, back.quad.shape) == ("LOT 7", np.float32, (4, 2))
    np.testing.assert_allclose(back.quad, QUAD, atol=0.006)


def test_texts_are_joined_and_empty_ones_left_out():
    assert READING.text == "LOT 7"
    assert join_lines([LINE, LINE], "\n") == "LOT 7\nLOT 7"


def test_a_result_has_the_fields_of_its_schema():
    record = reading_to_json(READING)
    assert record["schema"] == RESULT_SCHEMA and record["timing_ms"] == {"total": 1.235}
    assert [record[name] for name in ("reader", "engine", "device", "precision")] == list(INFO)
    assert (record["verdict"], record["reasons"], record["text"]) == ("read", ["noted"], "LOT 7")


def test_error_and_code_are_there_only_where_a_result_has_them():
    assert not {"error", "code"} & set(reading_to_json(READING))
    record = reading_to_json(READING._replace(error={"type": "ImageError"}, code={"recipe": "r"}))
    assert record["error"] == {"type": "ImageError"} and record["code"] == {"recipe": "r"}
