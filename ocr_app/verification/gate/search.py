"""The search for the fewest nodes that must stay in float32 for every text to stay what it is.

Every set of nodes is tried by reading: first the items that changed before, then, when those hold, all of them. First
stay the nodes where overflow begins; when that is not enough, a few that add most error, or all there are; what holds
is then thinned out in ever smaller parts (Zeller and Hildebrandt 2002, "Simplifying and isolating failure-inducing
input"). Nothing is taken to be monotonic: what is handed back was read in full and held.
"""

from typing import Any, Callable, Dict, FrozenSet, List, NamedTuple, Optional, Sequence, Tuple

from ocr_app.networks.contract import Arrays
from ocr_app.networks.onnx_model import Model
from ocr_app.networks.onnx_runtime import OnnxNetwork
from ocr_app.verification.calibration import Judge, same
from ocr_app.verification.gate.rounding import (
    ARITHMETICS,
    LayerError,
    Recording,
    Rounded,
    arithmetics_of,
    layer_errors,
)

Kept = FrozenSet[str]
HARDEST = 4
"""Items of each arithmetic that a set is tried on before all are read."""
_FEW = (1, 2, 4, 8)
_ROUNDS = 12  # of looking where overflow begins; each finds all beginnings there are, so chains alone need several


class SearchResult(NamedTuple):
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
        self._order = {node.outputs[0]: place for place, node in enumerate(model.nodes)}
        self._known: Dict[Kept, bool] = {}
        self.arithmetics = arithmetics_of(model)
        self.best: Optional[Kept] = None
        self.trials = 0

    def changed(self, kept: Kept, arithmetic: str, indices: Optional[Sequence[int]] = None) -> List[Tuple[int, str]]:
        """Items that read otherwise with these nodes kept, with what they read."""
        network = Rounded(self._model, self._judge.subject.name, kept, arithmetic)
        asked = list(range(len(self._reference))) if indices is None else list(indices)
        texts = self._judge.texts(network, asked)
        return [(index, text) for index, text in zip(asked, texts) if not same(self._reference[index], text)]

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
        for arithmetic in self.arithmetics:
            found = self.changed(kept, arithmetic)
            if found:
                self.note(arithmetic, [index for index, _ in found])
                return False
        return True

    def in_order(self, nodes: Kept) -> List[str]:
        """Nodes as they follow one another in the file."""
        return sorted(nodes, key=lambda output: self._order[output])

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
            found = {layer.output for each in self.arithmetics for layer in self.layers(kept, each) if layer.origin}
            if not found:
                break
            kept = kept | found
        return kept


def find(search: Search) -> SearchResult:
    """The fewest nodes found whose float32 keeps every text. Nodes are named by their first outputs."""
    complete = True
    try:
        _search(search)
    except Spent:
        complete = False
    return SearchResult(search.best, complete, search.trials)


def _search(search: Search) -> None:
    """Leaves the smallest set that holds in ``search.best``. Raises Spent."""
    begun = search.overflowing(frozenset())
    if search.holds(begun):
        _thinned(search, begun, frozenset())
        return
    rest = _enough(search, begun)
    if rest is not None:
        rest = _thinned(search, rest, begun)
        _thinned(search, begun, rest)


def _enough(search: Search, begun: Kept) -> Optional[Kept]:
    """Nodes that hold together with ``begun``: few that add much error, else all there are; None when nothing does."""
    ranked = _ranking(search, begun)
    for size in _FEW:
        if size < len(ranked) and search.holds(begun | frozenset(ranked[:size])):
            return frozenset(ranked[:size])
    return frozenset(ranked) if search.holds(begun | frozenset(ranked)) else None


def _ranking(search: Search, kept: Kept) -> List[str]:
    """All other nodes, those that add most error first: the larger of what they add in either arithmetic."""
    growth: Dict[str, float] = {}
    for arithmetic in search.arithmetics:
        for layer in search.layers(kept, arithmetic):
            growth[layer.output] = max(layer.growth, growth.get(layer.output, layer.growth))
    return sorted(set(growth) - kept, key=lambda output: -growth[output])


def _thinned(search: Search, nodes: Kept, fixed: Kept) -> Kept:
    """A smaller set that still holds with ``fixed``: parts alone, then all but a part, in ever smaller parts.

    Parts are runs of neighbours in the network, since error that matters tends to come from one place.
    """
    ordered = search.in_order(nodes)
    parts = 2
    while ordered:
        smaller = _smaller(search, ordered, parts, fixed)
        if smaller is not None:
            parts = 2 if len(smaller) <= -(-len(ordered) // parts) else max(2, parts - 1)
            ordered = smaller
        elif parts >= len(ordered):
            break
        else:
            parts = min(2 * parts, len(ordered))
    return frozenset(ordered)


def _smaller(search: Search, ordered: List[str], parts: int, fixed: Kept) -> Optional[List[str]]:
    """The first part, or the first rest without a part, that holds."""
    size = -(-len(ordered) // parts)
    cuts = [(first, first + size) for first in range(0, len(ordered), size)]
    if len(ordered) == 1:
        cuts = []
    alone = [ordered[first:last] for first, last in cuts]
    rests = [ordered[:first] + ordered[last:] for first, last in cuts] if len(cuts) != 2 else []
    for candidate in [*([[]] if len(ordered) == 1 else []), *alone, *rests]:
        if search.holds(fixed | frozenset(candidate)):
            return candidate
    return None
