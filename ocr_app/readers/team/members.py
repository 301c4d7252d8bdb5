"""The members of a team: a recogniser each, and a detector where the team looks through it."""

from typing import Callable, Dict, List, NamedTuple, Optional, Sequence, Tuple, Union

import numpy as np

from ocr_app.core.types import Image, Quad
from ocr_app.imaging.geometry import grow, sides
from ocr_app.networks.contract import Opener
from ocr_app.readers import catalogues
from ocr_app.readers.codes import reader as codes
from ocr_app.readers.codes.detector import CodeDetector, FoundLine
from ocr_app.readers.codes.recogniser import CodeRecogniser
from ocr_app.readers.contract import ReaderOptions
from ocr_app.readers.ppocr import reader as ppocr
from ocr_app.readers.ppocr.detector import PpocrDetector
from ocr_app.readers.ppocr.recogniser import PpocrRecogniser
from ocr_app.readers.team.settings import MemberRecord, member_record

ANY_TEXT = 0.4  # how likely text is code that only such a detector has found
_LARGEST_SCALE = 3.0  # how many times a small frame is enlarged at most by a second detector

NetworkHolder = Union[CodeDetector, CodeRecogniser, PpocrDetector, PpocrRecogniser]
"""What runs a network: the attribute ``network``, which an engine can replace."""

Recogniser = Callable[[Sequence[Image]], List[np.ndarray]]
"""Line crops in, log-probabilities ``(T, C)`` in the same order out."""


class SeenPlace(NamedTuple):
    """A place that a detector found: its quad, as large as recognisers want it, and the detector's score, 0..1.

    ``sure``: whether the detector is sure; a doubtful place counts only if it reads like a code. ``code``: how likely
    the detector takes it for code, 0..1; ``ANY_TEXT`` from a detector that does not tell codes from other text.
    """

    quad: Quad
    score: float
    sure: bool = True
    code: float = 1.0


Detector = Callable[[Image, float, int], List[SeenPlace]]
"""A frame, the scale of the network's input times its usual one, and how many places of any text are of use, in;
places, the surest first, out. A detector that tells codes from other text goes by its own numbers of lines."""


class Member(NamedTuple):
    """One independently trained network that reads lines; ``detect`` is None where the team does not look through it.

    ``colour``: whether it uses colours. ``holders``: by role ("detector", "recogniser"), what runs the network of that
    role.
    """

    name: str
    characters: Tuple[str, ...]
    recognise: Recogniser
    detect: Optional[Detector]
    colour: bool
    holders: Dict[str, NetworkHolder]


def open_member(name: str, looks: bool, options: ReaderOptions, open_network: Opener) -> Member:
    """Opens the networks of a member; ``looks``: its detector too. Raises ModelError and what a network raises."""
    record = member_record(name)
    opener = _open_codes if record.reader == "codes" else _open_ppocr
    return opener(record, looks, options, open_network)


def _open_codes(record: MemberRecord, looks: bool, options: ReaderOptions, open_network: Opener) -> Member:
    model = catalogues.record("codes", record.model)
    detector = codes.open_detector(model, options, open_network) if looks else None
    recogniser = codes.open_recogniser(model, options, open_network)
    if detector is None:
        return Member(record.name, recogniser.characters, recogniser, None, False, {"recogniser": recogniser})
    settings = codes.settings_from(model)

    def detect(image: Image, scale: float, _most: int) -> List[SeenPlace]:
        return chosen_lines(detector(image, scale), settings)

    holders: Dict[str, NetworkHolder] = {"detector": detector, "recogniser": recogniser}
    return Member(record.name, recogniser.characters, recogniser, detect, False, holders)


def chosen_lines(found: Sequence[FoundLine], settings: codes.CodesSettings) -> List[SeenPlace]:
    """The lines that are read: the sure ones and the best of the doubtful ones, with their margins."""
    sure = [line for line in found if line.score >= settings.sure_place][: settings.most_lines]
    doubtful = [line for line in found if line.score < settings.sure_place][: settings.doubtful_lines]
    return [
        SeenPlace(
            grow(line.quad, settings.margin * sides(line.quad)[1]),
            line.score,
            line.score >= settings.sure_place,
            line.code,
        )
        for line in sure + doubtful
    ]


def _open_ppocr(record: MemberRecord, looks: bool, options: ReaderOptions, open_network: Opener) -> Member:
    model = catalogues.record("ppocr", record.model)
    recogniser = ppocr.open_recogniser(model, options, open_network)
    holders: Dict[str, NetworkHolder] = {"recogniser": recogniser}
    if not looks:
        return Member(record.name, recogniser.characters, recogniser, None, True, holders)
    detector = ppocr.open_detector(model, options, open_network)
    holders["detector"] = detector
    side = int(model["detector"]["side"])

    def detect(image: Image, scale: float, most: int) -> List[SeenPlace]:
        found = detector(image, int(side * scale), _LARGEST_SCALE if scale > 1 else 1.0)
        best = sorted(found, key=lambda line: -line.score)[:most]
        return [SeenPlace(line.quad, line.score, code=ANY_TEXT) for line in best]

    return Member(record.name, recogniser.characters, recogniser, detect, True, holders)
