"""A proposal is read back, and what keeps its own samples from passing is asked or told."""

import numpy as np
from posteriors import line_of, quad_at

from ocr_app.core.types import ReaderInfo, TextLine
from ocr_app.readers.contract import Reader
from ocr_app.reading.lessons import read_sample, teach
from ocr_app.recipes import loads
from ocr_app.recipes.teaching import Questionnaire


class TwoNetworks(Reader):
    """Reads what the grey level of an image stands for; a second network says the same."""

    info = ReaderInfo("fake", "fake 1", "cpu", "fp32")
    texts = {
        10: ("EXP 21.02.2024", "L1234"),
        20: ("EXP 23.04.2025", "L5678"),
        30: ("EXP 25.06.2026", "L9012", "E9"),
    }
    texts_only = False

    def _texts(self, image):
        return self.texts[int(image.mean())]

    def read(self, image, timer=None):
        return [TextLine(text, quad_at(0, 30 * n), 1.0) for n, text in enumerate(self._texts(image))]

    def posteriors(self, image, timer=None):
        if self.texts_only:
            raise self._texts_only()
        lines = [line_of(text, quad=quad_at(0, 30 * n)) for n, text in enumerate(self._texts(image))]
        return [line._replace(member="a", others=(line._replace(member="b"),)) for line in lines]


def lesson(reader, answers=None):
    images = [np.full((40, 200, 3), level, np.uint8) for level in sorted(reader.texts)]
    samples = [read_sample(reader, str(n), image, "page") for n, image in enumerate(images)]
    questions = Questionnaire(answers)
    return teach(reader, samples, "x", questions), questions


def test_the_samples_pass_under_their_own_proposal_once_text_beside_them_may_be_ignored():
    found, questions = lesson(TwoNetworks())
    assert [reading.verdict for reading in found.readings] == ["pass"] * 3 and found.failed == ()
    assert "neighbours: ignore" in found.proposal.yaml and loads(found.proposal.yaml).neighbours == "ignore"
    (question,) = questions.open
    assert "In 1 of 3 samples" in question.text and "'E9'" in question.text


def test_text_beside_the_code_that_must_not_be_ignored_keeps_the_sample_from_passing():
    found, questions = lesson(TwoNetworks(), {"neighbours": 2})
    assert "neighbours" not in found.proposal.yaml and questions.open == []
    assert [reading.image for reading in found.failed] == ["2"]


def test_a_reader_of_texts_cannot_be_asked_again():
    reader = TwoNetworks()
    reader.texts_only = True
    found, _ = lesson(reader)
    assert found.readings == () and loads(found.proposal.yaml).lines
