"""A recipe learned from pictures: read them, propose a recipe, and read them back under it.

What a proposal is worth shows only when its own samples are read under it, with the same judging as later on the line.
"""

from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

from ocr_app import recipes
from ocr_app.core.errors import UsageError
from ocr_app.core.types import Image, Reading
from ocr_app.readers.contract import Reader
from ocr_app.reading.frame import ReadOptions, VerdictRequest, read_image
from ocr_app.recipes.teaching import Proposal, Questionnaire, propose

_BESIDE = {
    "unexplained-text": ("neighbours: ignore", "text stands beside the code"),
    "unexpected-text": ("junk: ignore", "other text stands on the lines of the code"),
}
"""For each reason that other text causes: the key that ignores such text, and what is asked."""


class TaughtSample(NamedTuple):
    """A picture, and what is read in it without a recipe, by the reader's own filters."""

    name: str
    image: Image
    texts: Tuple[str, ...]


class Lesson(NamedTuple):
    """A proposal, and its samples read under it; () where the reader gives texts only and cannot be asked."""

    proposal: Proposal
    readings: Tuple[Reading, ...]

    @property
    def failed(self) -> Tuple[Reading, ...]:
        """The samples that do not pass under the proposal."""
        return tuple(reading for reading in self.readings if reading.verdict != "pass")


def read_sample(reader: Reader, name: str, image: Image, layout: str) -> TaughtSample:
    """``layout``: "page", or "line" where the image is one line of text. Raises what the reader raises."""
    lines = reader.read(image) if layout == "page" else reader.read_line(image)
    return TaughtSample(name, image, tuple(line.text for line in lines if line.text.strip()))


def teach(
    reader: Reader, samples: Sequence[TaughtSample], name: str, questions: Questionnaire, layout: str = "page"
) -> Lesson:
    """The proposal for these samples, and how it reads them. Raises RecipeError when they are no codes.

    Where only text beside the code keeps samples from passing, it is asked whether that may be ignored.
    """
    options: List[str] = []
    while True:
        proposal = propose([sample.texts for sample in samples], name, questions, options)
        readings = read_back(reader, samples, recipes.loads(proposal.yaml), layout)
        option = _option_for(readings or (), questions, options)
        if option is None:
            return Lesson(proposal, readings or ())
        options.append(option)


def read_back(
    reader: Reader, samples: Sequence[TaughtSample], recipe: recipes.Recipe, layout: str
) -> Optional[Tuple[Reading, ...]]:
    """The samples, read under a recipe; None where the reader gives texts only."""
    options = ReadOptions(layout=layout, verdict_request=VerdictRequest(recipe))
    try:
        return tuple(read_image(reader, sample.image, sample.name, options) for sample in samples)
    except UsageError:
        return None


def _option_for(readings: Sequence[Reading], questions: Questionnaire, taken: Sequence[str]) -> Optional[str]:
    """The key that lets more samples pass, if whoever is asked agrees."""
    for code, (option, what) in _BESIDE.items():
        hit = [reading for reading in readings if any(reason["code"] == code for reason in _reasons(reading))]
        if not hit or option in taken:
            continue
        found = next(reason["found"] for reason in _reasons(hit[0]) if reason["code"] == code)
        text = "In {} of {} samples {}, such as '{}'".format(len(hit), len(readings), what, found)
        answers = ("it never belongs to the code: ignore it", "it may be part of the code: keep refusing")
        if questions.ask(option.split(":")[0], text, answers) == 0:
            return option
    return None


def _reasons(reading: Reading) -> List[Dict[str, str]]:
    return list(reading.code["reasons"]) if reading.code is not None else []
