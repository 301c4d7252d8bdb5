"""The search for the fewest nodes that must stay in float32 for every text to stay what it is.

Every set of nodes is tried by reading: first the items that changed before, then, when those hold, all of them. First
stay the nodes where overflow begins; when that is not enough, those that add most error, twice as many each time; what
holds is then thinned out in ever smaller parts (Zeller and Hildebrandt 2002, "Simplifying and isolating
failure-inducing input"). Nothing is taken to be monotonic: what is handed back was read in full and held.
"""

from typing import Any, Callable, Dict, FrozenSet, List, NamedTuple, Optional, Sequence, Tuple

from ocr_app.engines.calibration import Judge
from ocr_app.engines.gate_network import ARITHMETICS, LayerError, Recording, Rounded, layer_errors
from ocr_app.networks.base import Arrays
from ocr_app.networks.onnx import OnnxNetwork
from ocr_app.networks.onnx_file import Model

Kept = FrozenSet[str]
HARDEST = 4
"""Items of each arithmetic that a set is tried on before all are read."""
_ROUNDS = 12  # of looking where overflow begins; each finds all beginnings there are, so chains alone need several


class Outcome(NamedTuple):
    """``kept``: the set that holds, None for none; ``complete``: it cannot be thinned, and nothing was cut short."""

    kept: Optional[Kept]
    complete: bool
    trials: int


class Spent(Exception):
    """The search has made as many trials as it may."""


class Search:
    """One network, its judge, and the texts that must not change."""

    def __init__(
        self, judge: Judge, model: Model, reference: Sequence[str], most: int, tell: Callable[[str], Any]
    ) -> None:
        self._judge, self._model, self._reference, self._most, self._tell = judge, model, reference, most, tell
        self._hard: Dict[str, List[int]] = {arithmetic: [] for arithmetic in ARITHMETICS}
        self._known: Dict[Kept, bool] = {}
        self.best: Optional[Kept] = None
        self.trials = 0

    def changed(self, kept: Kept, arithmetic: str, indices: Optional[Sequence[int]] = None) -> List[Tuple[int, str]]:
        """Items that read otherwise with these nodes kept, with what they read."""
        network = Rounded(self._model, self._judge.subject.name, kept, arithmetic)
        asked = list(range(len(self._reference))) if indices is None else list(indices)
        texts = self._judge.texts(network, asked)
        return [(index, text) for index, text in zip(asked, texts) if text != self._reference[index]]

    def note(self, arithmetic: str, indices: Sequence[int]) -> None:
        """Items that changed: tried first from now on, the newest before all others."""
        fresh = [index for index in indices if index not in self._hard[arithmetic]]
        self._hard[arithmetic] = (fresh[:HARDEST] + self._hard[arithmetic])[: 3 * HARDEST]

    def holds(self, kept: Kept) -> bool:
        """Whether no text changes in any arithmetic. Raises Spent."""
        if kept not in self._known:
            if self.trials >= self._most:
                raise Spent()
            self.trials += 1
            self._known[kept] = self._hard_hold(kept) and self._all_hold(kept)
            if self._known[kept] and (self.best is None or len(kept) < len(self.best)):
                self.best = kept
            self._tell("{} nodes in FP32: {}".format(len(kept), "holds" if self._known[kept] else "changes texts"))
        return self._known[kept]

    def _hard_hold(self, kept: Kept) -> bool:
        return not any(own and self.changed(kept, arithmetic, own) for arithmetic, own in self._hard.items())

    def _all_hold(self, kept: Kept) -> bool:
        for arithmetic in ARITHMETICS:
            found = self.changed(kept, arithmetic)
            if found:
                self.note(arithmetic, [index for index, _ in found])
                return False
        return True

    def inputs(self, index: int) -> List[Arrays]:
        """What the reader gives the network for one item."""
        recording = Recording(OnnxNetwork(self._judge.subject.path, "cpu", 1, "fp32"))
        self._judge.texts(recording, [index])
        return recording.given[:1]

    def layers(self, kept: Kept, arithmetic: str) -> List[LayerError]:
        """Errors of the layers on the hardest item of an arithmetic, item 0 where none changed."""
        index = (self._hard[arithmetic] or [0])[0]
        return layer_errors(self._model, self._judge.subject.name, self.inputs(index), kept, arithmetic)

    def overflowing(self, kept: Kept) -> Kept:
        """``kept`` and the nodes where overflow begins, until it begins nowhere."""
        for _ in range(_ROUNDS):
            found = {layer.output for each in ARITHMETICS for layer in self.layers(kept, each) if layer.origin}
            if not found:
                break
            kept = kept | found
        return kept


def find(search: Search) -> Outcome:
    """The fewest nodes found whose float32 keeps every text. Nodes are named by their first outputs."""
    complete = True
    try:
        enough = _enough(search)
        if enough is not None:
            _thin(search, enough)
    except Spent:
        complete = False
    return Outcome(search.best, complete, search.trials)


def _enough(search: Search) -> Optional[Kept]:
    """A set that holds: overflow's beginnings, then more and more of the nodes that add error; None when none does."""
    begun = search.overflowing(frozenset())
    if search.holds(begun):
        return begun
    ranked = _ranking(search, begun)
    size = 1
    while not search.holds(begun | frozenset(ranked[:size])):
        if size >= len(ranked):
            return None
        size *= 2
    low, high = size // 2, min(size, len(ranked))
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if search.holds(begun | frozenset(ranked[:middle])) else (middle, high)
    return begun | frozenset(ranked[:high])


def _ranking(search: Search, kept: Kept) -> List[str]:
    """All other nodes, those that add most error first: the larger of what they add in either arithmetic."""
    growth: Dict[str, float] = {}
    for arithmetic in ARITHMETICS:
        for layer in search.layers(kept, arithmetic):
            growth[layer.output] = max(layer.growth, growth.get(layer.output, layer.growth))
    return sorted(set(growth) - kept, key=lambda output: -growth[output])


def _thin(search: Search, kept: Kept) -> None:
    """Tries ever smaller parts, until no node can be left out alone."""
    part = max(1, len(kept) // 2)
    while kept:
        smaller = _without_a_part(search, kept, part)
        if smaller is not None:
            kept, part = smaller, max(1, min(part, len(smaller) // 2))
        elif part == 1:
            return
        else:
            part //= 2


def _without_a_part(search: Search, kept: Kept, part: int) -> Optional[Kept]:
    ordered = sorted(kept)
    for first in range(0, len(ordered), part):
        smaller = kept - frozenset(ordered[first : first + part])
        if search.holds(smaller):
            return smaller
    return None
