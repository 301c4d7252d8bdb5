"""The challenge set: what makes it complete, and the comparison, which is that of the gate."""

import json

import pytest

from ocr_app.core.errors import ServiceError
from ocr_app.line import challenge


@pytest.mark.parametrize("text", ["{", "[]", '[{"image": "a.png"}]', "7"])
def test_a_malformed_challenge_set_is_refused(tmp_path, text):
    (tmp_path / "expected.json").write_text(text)
    with pytest.raises(ServiceError):
        challenge.load(str(tmp_path))


def test_a_challenge_set_names_images_that_are_there(tmp_path):
    entries = [{"image": "a.png", "verdict": "pass", "text": "x"}]
    (tmp_path / "expected.json").write_text(json.dumps(entries))
    (tmp_path / "b.png").write_bytes(b"")
    with pytest.raises(ServiceError, match=r"a\.png"):
        challenge.load(str(tmp_path))
    (tmp_path / "a.png").write_bytes(b"")
    assert [path.rsplit("/", 1)[1] for path in challenge.load(str(tmp_path)).images] == ["a.png"]


def test_the_comparison_is_that_of_the_gate():
    gate = pytest.importorskip("node_agent.release.gate")
    from node_agent.errors import ProbeFailed
    from node_agent.host import ChallengeAnswer

    wanted = [{"image": "a.png", "verdict": "pass", "text": "x"}, {"image": "b.png", "verdict": "fail", "text": "y"}]
    for first, second in (("x", "y"), ("x", "z"), ("", "y")):
        pairs = (("/c/a.png", "pass", first), ("b.png", "fail", second))
        lines = [{"image": image, "verdict": verdict, "text": text} for image, verdict, text in pairs]
        for count in (1, 2):
            answers = [
                ChallengeAnswer(line["image"].split("/")[-1], line["verdict"], line["text"], 1.0)
                for line in lines[:count]
            ]
            try:
                gate.compare(answers, wanted)
                passed = True
            except ProbeFailed:
                passed = False
            assert passed == (not challenge.differences(lines[:count], wanted))
