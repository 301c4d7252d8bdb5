"""The final verdict of a result line: worse at most, never better."""

from ocr_app.line.reading import final_verdict

LINE = {"verdict": "pass", "reasons": ["exif-rotated"], "text": "A", "image": "/tmp/x"}


def test_a_late_line_fails_and_one_in_time_stays():
    assert (
        final_verdict.within_deadline(LINE, 10.0, 10.0) == LINE
        and final_verdict.within_deadline(LINE, 10.0, None) == LINE
    )
    assert final_verdict.within_deadline(LINE, 10.1, 10.0)["verdict"] == "fail"
    assert final_verdict.within_deadline(dict(LINE, verdict="error"), 99.0, 10.0)["verdict"] == "error"


def test_only_a_pass_is_held():
    assert final_verdict.hold(LINE, "why")["reasons"] == ["why", "exif-rotated"]
    for verdict in ("fail", "no-read", "hold", "error", "read"):
        assert final_verdict.hold(dict(LINE, verdict=verdict), "why")["verdict"] == verdict


def test_a_path_of_ours_is_not_shown_to_callers():
    line = dict(LINE, error={"found": "/tmp/x is not an image", "code": "a"})
    assert final_verdict.with_name(line, "/tmp/x", "b.png")["error"]["found"] == "b.png is not an image"
