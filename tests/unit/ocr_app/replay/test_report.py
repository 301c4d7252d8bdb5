"""The report: one for programs, one for people, and the pictures."""

import json

import cv2
import numpy as np
import pytest

from ocr_app.imaging.load import Limits
from ocr_app.replay import report
from ocr_app.replay.pictures import ReplayPicture
from ocr_app.replay.state import ReplayState

ABOUT = {
    "source": {"kind": "journal", "path": "/line"}, "against": {"name": "app 2", "digest": "d" * 64, "kind": "release"},
    "before": "journal", "settings": {},
}  # fmt: skip


@pytest.fixture
def state(tmp_path):
    """Four pictures: a new pass that is wide, a lost pass that cannot be shown, one unread, one as before."""
    cv2.imwrite(str(tmp_path / "wide.png"), np.full((40, 1200, 3), 90, np.uint8))
    (tmp_path / "none.png").write_bytes(b"")
    opened = ReplayState(str(tmp_path / "out"))

    def pictures():
        opened.note({"parts": 9, "without_picture": 5})
        return [ReplayPicture(place, "n", "/p") for place in range(4)]

    opened.begin(ABOUT, pictures)
    judged = {name: {"verdict": name, "text": "<b>", "reasons": ["unsure:lot[3]", "x:y"]} for name in ("pass", "fail")}
    for place, (path, before, after, problem) in enumerate(
        (
            ("wide.png", "fail", "pass", ""), ("none.png", "pass", "fail", ""),
            ("none.png", "pass", None, "is <no> image"), ("wide.png", "pass", "pass", ""),
        )
    ):  # fmt: skip
        opened.add(
            {
                "index": place, "name": "n{}".format(place), "path": str(tmp_path / path), "before": judged[before],
                "after": judged.get(after), "problem": problem, "attempts": 1, "ms": 1.0,
            }
        )  # fmt: skip
    yield opened
    opened.close()


RUN = {"parts": 9, "without_picture": 5, "reader": {}, "seconds": 1.0, "lost_processes": 0}


def test_the_report_is_complete_in_four_files(state, tmp_path):
    summary = report.write(state, RUN, Limits())
    assert summary.changes == 2
    record = json.loads((tmp_path / "out" / "report.json").read_text())
    assert record["schema"] == "nano-ocr/replay-report/1" and record["against"] == ABOUT["against"]
    assert record["complete"] and record["kinds"]["new-pass"] == 1 and record["without_picture"] == 5
    lines = [json.loads(line) for line in (tmp_path / "out" / "changes.jsonl").read_text().splitlines()]
    assert [line["kind"] for line in lines] == ["new-pass", "lost-pass", "unread"]
    text = (tmp_path / "out" / "changes.txt").read_text()
    assert "of 5 no picture is kept" in text and "new-pass" in text


def test_the_page_shows_the_pictures_escapes_what_is_printed_and_needs_nothing_else(state, tmp_path):
    report.write(state, RUN, Limits())
    page = (tmp_path / "out" / "report.html").read_text()
    assert page.count("<figure>") == 3 and page.count("data:image/jpeg;base64,") == 1 and "http" not in page
    assert "&lt;b&gt;" in page and "<b>" not in page and "is &lt;no&gt; image" in page
    assert 'class="wrong"' in page and 'class="rejected"' in page


def test_many_changes_are_named_and_not_all_shown(state, tmp_path):
    report.write(state, RUN, Limits(), most_cards=1)
    page = (tmp_path / "out" / "report.html").read_text()
    assert page.count("<figure>") == 1 and "2 more are in changes.jsonl" in page


def test_an_incomplete_replay_says_so_everywhere(tmp_path):
    opened = ReplayState(str(tmp_path / "out"))
    opened.begin(dict(ABOUT, before={"name": "r.yaml with ocr-app 1"}), lambda: [ReplayPicture(0, "n", "/p")])
    report.write(opened, {"reader": {}}, Limits())
    opened.close()
    assert json.loads((tmp_path / "out" / "report.json").read_text())["complete"] is False
    for name in ("report.html", "changes.txt"):
        text = (tmp_path / "out" / name).read_text()
        assert "INCOMPLETE: 0 of 1" in text and "r.yaml with ocr-app 1" in text
