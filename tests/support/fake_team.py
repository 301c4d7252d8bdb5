"""A team without networks: its frame has boxes of one grey level each, and each member knows a text per level."""

import math

import numpy as np
from posteriors import CHARACTERS, line_of

from ocr_app.imaging.geometry import box_quad
from ocr_app.readers.contract import Timer
from ocr_app.readers.team.arbiter import FEATURES, FEATURES_OF_OTHER, Arbiter
from ocr_app.readers.team.budget import Budget
from ocr_app.readers.team.frame import Frame, Team
from ocr_app.readers.team.looks import looks
from ocr_app.readers.team.members import Member, SeenPlace
from ocr_app.readers.team.settings import TeamSettings

RULES = TeamSettings(
    name="fake",
    members=("first", "second", "third"),
    detectors=("first",),
    later_detectors=(),
    detectors_first=True,
    scaled_detector="first",
    most_places=8,
    sure=0.9,
    hopeless=0.35,
    most_third=2,
    doubtful=0.5,
    upside_down=0.3,
    shown=0.4,
    first_scale=1.0,
    other_scale=1.0,
    scales=(),
    good=0.5,
    good_digits=0,
    bad_lines=1,
    bad_left=1,
)
_RIVALS = "?!<>"


def answer(text, probability=0.99):
    """Log-probabilities in which every character of the text has that probability, above 0.2."""
    ratio = math.log((1.0 - probability) / probability / len(_RIVALS))
    return line_of(text, {place: dict.fromkeys(_RIVALS, ratio) for place in range(len(text))}).log_probs


class FakeMember:
    """``texts``: (text, probability) by grey level; ``found``: boxes (x, y, width, height) by scale, None: no detector.

    ``asked`` lists the grey levels of every crop that was read, ``looked`` the scales at which the detector looked.
    """

    def __init__(self, name, texts, found=None):
        self.texts, self.found, self.asked, self.looked = texts, found, [], []
        self.member = Member(name, CHARACTERS, self.recognise, None if found is None else self.detect, False, {})

    def recognise(self, crops):
        levels = [level_of(crop) for crop in crops]
        self.asked += levels
        return [answer(*self.texts[level]) for level in levels]

    def detect(self, image, scale, most):
        self.looked.append(scale)
        return [SeenPlace(box_quad(*box), 1.0) for box in self.found.get(scale, ())[:most]]


def level_of(crop):
    """The grey level of the first quarter of a crop, where reading begins."""
    return int(np.median(crop[:, : max(1, crop.shape[1] // 4)]))


def painted(**boxes):
    """A frame of 400 x 300 px; ``g10=(x, y, width, height)`` paints that box in grey level 10."""
    image = np.zeros((300, 400), np.uint8)
    for name, (x, y, width, height) in boxes.items():
        image[y : y + height, x : x + width] = int(name[1:])
    return image


def arbiter(members=RULES.members):
    """Believes the mean probability of the characters, and more where another member agrees."""
    weights = dict.fromkeys(FEATURES, 0.0)
    weights["mean"] = 1.0
    row = [weights[name] for name in FEATURES] + [2.0, 0.0, 0.0] * (len(members) - 1)
    assert len(row) == len(FEATURES) + len(FEATURES_OF_OTHER) * (len(members) - 1)
    return Arbiter(dict.fromkeys(members, row), members)


def team(*fakes, **rules):
    """The fake members as a team with RULES, some of them changed."""
    return Team(tuple(fake.member for fake in fakes), arbiter(), RULES._replace(**rules))


UPPER, LOWER = (20, 20, 200, 20), (20, 80, 200, 20)


def frame_of(image, limit_ms=None):
    frame = Frame(image, image, Timer(), Budget(limit_ms))
    frame.budget.begin()
    return frame


def texts(found):
    return [each.best.text for each in found]


def last(chosen, frame):
    return list(looks(chosen, frame))[-1]
