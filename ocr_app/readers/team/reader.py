"""Reader `codes`: a team of networks that were trained independently of each other.

The fast member reads first. Lines that it is not sure of are shown to the next member; where two differ, to a third.
A frame that is still in doubt is looked at again: by another detector, at other scales. An arbiter chooses among the
texts of one place, and its probability is the line's confidence. docs/explanation/team.md says what each step is worth.
"""

from typing import Dict, Iterator, List, Optional, Tuple

import numpy as np

from ocr_app import recipes
from ocr_app.core.types import Image, LinePosterior, Opinion, Quad, ReaderInfo, TextLine
from ocr_app.imaging.geometry import image_quad, is_printed_downwards, rectify
from ocr_app.imaging.line_assembly import assemble
from ocr_app.imaging.preprocess import gray
from ocr_app.imaging.reading_order import reading_order
from ocr_app.networks.contract import Network, Opener
from ocr_app.networks.onnx_runtime import OnnxNetwork, version
from ocr_app.readers import catalogues
from ocr_app.readers.codes import reader as codes
from ocr_app.readers.contract import Probe, Reader, ReaderOptions, Timer, failures_of, members_of
from ocr_app.readers.team import settings as team_settings
from ocr_app.readers.team.arbiter import Arbiter, Said, comparable
from ocr_app.readers.team.budget import Budget
from ocr_app.readers.team.frame import Frame, GivenLines, Team
from ocr_app.readers.team.looks import in_doubt, looks, read_given
from ocr_app.readers.team.members import Member, NetworkHolder, SeenPlace, open_member
from ocr_app.readers.team.place import Place, WeighedPlace, posterior_of
from ocr_app.readers.team.settings import TeamSettings
from ocr_app.recipes.decoding import prepare_free_decoding

NOT_ASKED = "not-asked"


def probe() -> Probe:
    """Whether ONNX Runtime and the networks of all members are installed."""
    found = codes.probe()
    return found._replace(models=team_settings.names() + found.models)


def network_files(model: Optional[str]) -> Dict[str, str]:
    """The paths of the networks of a team, by role. Raises UsageError, ModelError."""
    if _is_alone(model):
        return codes.network_files(model)
    return {
        each.role: catalogues.path_of(catalogues.record(each.reader, each.model)[each.part])
        for each in team_settings.networks(model)
    }


def open_reader(options: ReaderOptions, open_network: Opener = OnnxNetwork) -> Reader:
    """The team, or one of our own models alone ("v2").

    Raises ReaderUnavailable, UsageError, DeviceUnavailable, PrecisionUnavailable or ModelError.
    """
    if _is_alone(options.model):
        return codes.open_reader(options, open_network)
    chosen = team_settings.team(options.model)
    catalogues.check(options)
    looking = team_settings.looking(options.model)
    members = tuple(open_member(name, name in looking, options, open_network) for name in chosen.members)
    data = team_settings.catalogue()
    arbiter = Arbiter(data["arbiter"]["weights"], tuple(data["members"]))
    engine = "onnxruntime {}, team {}".format(version(), chosen.name)
    info = ReaderInfo("codes:" + chosen.name, engine, options.device, options.precision)
    without_recipe = team_settings.team_without_recipe(options.model)
    return TeamReader(Team(members, arbiter, chosen), info, options.budget_ms, without_recipe)


def _is_alone(model: Optional[str]) -> bool:
    return model is not None and model in codes.catalogue()["models"]


class TeamReader(Reader):
    """A team. ``budget_ms``: what may be spent on one frame; None for no limit.

    ``without_recipe``: how `read` looks at frames, by default as under a recipe.
    """

    def __init__(
        self,
        team: Team,
        info: ReaderInfo,
        budget_ms: Optional[float] = None,
        without_recipe: Optional[TeamSettings] = None,
    ) -> None:
        self._team, self.info = team, info
        self._free = team._replace(settings=without_recipe or team.settings)
        self._budget = Budget(budget_ms)
        self._rules = codes.settings_from(codes.model_record(None))
        for member in team.members:
            prepare_free_decoding(member.characters)

    def networks(self) -> Dict[str, Network]:
        return {role: holder.network for role, holder in self._holders().items()}

    def replace_network(self, role: str, network: Network) -> None:
        if role not in self._holders():
            super(TeamReader, self).replace_network(role, network)
        self._holders()[role].network = network

    def _holders(self) -> Dict[str, NetworkHolder]:
        return {
            "{}-{}".format(member.name, role): holder
            for member in self._team.members
            for role, holder in member.holders.items()
        }

    def members(self) -> Tuple[str, ...]:
        return tuple(member.name for member in self._team.members)

    def characters(self) -> Tuple[str, ...]:
        return self._team.first.characters

    def looks(self, image: Image, timer: Optional[Timer] = None) -> Iterator[List[LinePosterior]]:
        for found in self._looks(self._team, image, timer or Timer()):
            yield self._posteriors_of(found)

    def posteriors(self, image: Image, timer: Optional[Timer] = None) -> List[LinePosterior]:
        return self._posteriors_of(self._last_look(self._team, image, timer or Timer()))

    def _posteriors_of(self, found: List[WeighedPlace]) -> List[LinePosterior]:
        """The posteriors of all places in reading order; those that do not count as lines are marked."""
        return [posterior_of(each, counts) for each, counts in zip(found, self._which_count(found))]

    def _which_count(self, found: List[WeighedPlace]) -> List[bool]:
        """For each place whether it counts as a line, as in the reader of our networks alone."""
        posteriors = [posterior_of(each) for each in found]
        believed = [each._replace(score=1.0) if seen.place.sure else each for each, seen in zip(posteriors, found)]
        return codes.which_count(believed, self._rules)

    def read(self, image: Image, timer: Optional[Timer] = None) -> List[TextLine]:
        timer = timer or Timer()
        found = self._last_look(self._free, image, timer)
        with timer.phase("decode"):
            counting = self._which_count(found)
            shown = [each for each, counts in zip(found, counting) if counts and self._is_shown(each)]
            return assemble([line for line in map(text_line, shown) if line.text])

    def _is_shown(self, weighed: WeighedPlace) -> bool:
        return weighed.probability >= self._free.settings.shown

    def _last_look(self, team: Team, image: Image, timer: Timer) -> List[WeighedPlace]:
        """The places after as many looks as it takes until the frame is not in doubt."""
        found: List[WeighedPlace] = []
        for number, found in enumerate(self._looks(team, image, timer)):
            if not in_doubt(team, found, again=number > 0):
                break
        return found

    def _looks(self, team: Team, image: Image, timer: Timer) -> Iterator[List[WeighedPlace]]:
        self._budget.begin()
        with failures_of("codes"):
            for found in looks(team, Frame(image, gray(image), timer, self._budget)):
                for step in self._budget.refused:
                    timer.note("{}:{}".format(NOT_ASKED, step))
                yield [found[i] for i in reading_order([each.place.quad for each in found])]

    def read_line(self, image: Image, timer: Optional[Timer] = None) -> List[TextLine]:
        return self.read_lines([image], timer)[0]

    def read_lines(self, images: List[Image], timer: Optional[Timer] = None) -> List[List[TextLine]]:
        timer = timer or Timer()
        found = self._given_lines(images, timer)
        with timer.phase("decode"):
            lines = [text_line(each) for each in found]
        return [[line] if line.text else [] for line in lines]

    def line_posteriors(self, images: List[Image], timer: Optional[Timer] = None) -> List[LinePosterior]:
        return [posterior_of(each) for each in self._given_lines(images, timer or Timer())]

    def ask(
        self, image: Image, lines: List[LinePosterior], wanted: List[int], timer: Optional[Timer] = None
    ) -> List[LinePosterior]:
        timer = timer or Timer()
        with failures_of("codes"), timer.phase("recognise"):
            for member in self._team.members:
                missing = [k for k in wanted if member.name not in members_of(lines[k])]
                if missing:
                    answers = member.recognise([rectify(image, lines[k].quad) for k in missing])
                    return _with_answers(lines, missing, member, answers)
        return lines

    def _given_lines(self, images: List[Image], timer: Timer) -> List[WeighedPlace]:
        """One place per image, which is one line of text."""
        self._budget.begin()
        seen = [SeenPlace(line_quad(image), 1.0) for image in images]
        with failures_of("codes"):
            return read_given(self._team, GivenLines(images, timer, self._budget), seen)


def _with_answers(
    lines: List[LinePosterior], asked: List[int], member: Member, answers: List[np.ndarray]
) -> List[LinePosterior]:
    result = list(lines)
    for k, answer in zip(asked, answers):
        line = lines[k]
        other = LinePosterior(line.quad, answer, member.characters, line.score, line.sure, member.name)
        result[k] = line._replace(others=line.others + (other,))
    return result


def line_quad(image: Image) -> Quad:
    """The quad of an image of one line; the reading direction of a high image is downwards."""
    quad = image_quad(image)
    return np.roll(quad, -1, axis=0) if is_printed_downwards(image) else quad


def text_line(weighed: WeighedPlace) -> TextLine:
    """The likeliest text of a place, who agreed, and what the others said."""
    best = weighed.best
    text = _text_of(weighed.place, best)
    agreed, others = [], []
    for said, probability in weighed.rated[1:]:
        if comparable(said.text) == comparable(best.text):
            agreed.append(said.member)
        else:
            others.append(Opinion(said.member, said.text.strip(), probability))
    return TextLine(text, weighed.place.quad, weighed.probability, best.member, tuple(agreed), tuple(others))


def _text_of(place: Place, said: Said) -> str:
    """The text, where close calls (O and 0 above all) are decided by what codes look like."""
    log_probs, characters = place.answers[said.member]
    return recipes.decode_free(LinePosterior(place.quad, log_probs, characters)).text.strip()
