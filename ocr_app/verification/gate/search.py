"""The search for the fewest nodes that must stay in float32 so that no text changes.

A set of nodes is tried by reading: first the items that changed before, then, if those stay the same, all of them. The
search starts with the nodes where overflow begins. If they are not enough, it adds a few nodes that add the largest
errors, or all nodes. A set that works is then reduced in ever smaller parts (Zeller and Hildebrandt 2002, "Simplifying
and isolating failure-inducing input"). The search does not assume that larger sets are better: the set that it returns
was read in full.
"""

from typing import Any, Callable, Dict, FrozenSet, List, NamedTuple, Optional, Sequence, Tuple

from ocr_app.networks.contract import Arrays
from ocr_app.networks.onnx_model import Model
from ocr_app.networks.onnx_runtime import OnnxNetwork
from ocr_app.verification.calibration_reader import CalibrationReader
from ocr_app.verification.gate.rounding import (
    ARITHMETICS,
    LayerError,
    Recording,
    Rounded,
    arithmetics_of,
    layer_errors,
)
from ocr_app.verification.text_comparison import same

NodeSet = FrozenSet[str]
"""Nodes, by their first outputs."""
HARDEST = 4
"""How many items of each arithmetic a set is tried on before all are read."""
_FEW = (1, 2, 4, 8)
_ROUNDS = 12  # each round finds every node where overflow begins; only chains of such nodes need several


class SearchResult(NamedTuple):
    """``kept``: the smallest set found that keeps every text, None without one; ``complete``: the search finished."""

    kept: Optional[NodeSet]
    complete: bool
    trials: int


class TrialsExhausted(Exception):
    """The search has made as many trials as it may."""


class Search:
    """One network, the reader of its calibration, and the texts ``reference`` that must not change."""

    def __init__(
        self,
        reader: CalibrationReader,
        model: Model,
        reference: Sequence[str],
        max_trials: int,
        report: Callable[[str], Any],
    ) -> None:
        self.reference = reference
        self._reader, self._model, self._max_trials, self._report = reader, model, max_trials, report
        self._hard: Dict[str, List[int]] = {arithmetic: [] for arithmetic in ARITHMETICS}
        self._order = {node.outputs[0]: position for position, node in enumerate(model.nodes)}
        self._results: Dict[NodeSet, bool] = {}
        self.arithmetics = arithmetics_of(model)
        self.best: Optional[NodeSet] = None
        self.trials = 0

    def changed(self, kept: NodeSet, arithmetic: str, indices: Optional[Sequence[int]] = None) -> List[Tuple[int, str]]:
        """Items whose text changes with these nodes in float32, with their new text."""
        network = Rounded(self._model, self._reader.subject.name, kept, arithmetic)
        chosen = list(range(len(self.reference))) if indices is None else list(indices)
        texts = self._reader.texts(network, chosen)
        return [(index, text) for index, text in zip(chosen, texts) if not same(self.reference[index], text)]

    def note(self, arithmetic: str, indices: Sequence[int]) -> None:
        """Records items that changed: they are tried first from now on, the newest before all others."""
        new = [index for index in indices if index not in self._hard[arithmetic]]
        self._hard[arithmetic] = (new[:HARDEST] + self._hard[arithmetic])[: 3 * HARDEST]

    def keeps_texts(self, kept: NodeSet) -> bool:
        """Whether every text stays the same in every arithmetic. Raises TrialsExhausted."""
        if kept not in self._results:
            if self.trials >= self._max_trials:
                raise TrialsExhausted()
            self.trials += 1
            self._results[kept] = self._hard_hold(kept) and self._all_hold(kept)
            if self._results[kept] and (self.best is None or len(kept) < len(self.best)):
                self.best = kept
            self._report(
                "{} nodes in FP32: {}".format(
                    len(kept), "texts stay the same" if self._results[kept] else "texts change"
                )
            )
        return self._results[kept]

    def _hard_hold(self, kept: NodeSet) -> bool:
        return not any(items and self.changed(kept, arithmetic, items) for arithmetic, items in self._hard.items())

    def _all_hold(self, kept: NodeSet) -> bool:
        for arithmetic in self.arithmetics:
            found = self.changed(kept, arithmetic)
            if found:
                self.note(arithmetic, [index for index, _ in found])
                return False
        return True

    def in_order(self, nodes: NodeSet) -> List[str]:
        """The nodes in the order of the file."""
        return sorted(nodes, key=lambda output: self._order[output])

    def inputs(self, index: int) -> List[Arrays]:
        """What the reader feeds the network for one item."""
        recording = Recording(OnnxNetwork(self._reader.subject.path, "cpu", 1, "fp32"))
        self._reader.texts(recording, [index])
        return recording.received[:1]

    def layers(self, kept: NodeSet, arithmetic: str) -> List[LayerError]:
        """Errors of the layers on the hardest item of an arithmetic; on item 0 where none changed."""
        index = (self._hard[arithmetic] or [0])[0]
        return layer_errors(self._model, self._reader.subject.name, self.inputs(index), kept, arithmetic)

    def overflowing(self, kept: NodeSet) -> NodeSet:
        """``kept`` and the nodes where overflow begins, repeated until there is no overflow."""
        for _ in range(_ROUNDS):
            found = {layer.output for each in self.arithmetics for layer in self.layers(kept, each) if layer.origin}
            if not found:
                break
            kept = kept | found
        return kept


def find(search: Search) -> SearchResult:
    """The smallest set of nodes found that, in float32, keeps every text."""
    complete = True
    try:
        _search(search)
    except TrialsExhausted:
        complete = False
    return SearchResult(search.best, complete, search.trials)


def _search(search: Search) -> None:
    """Leaves the smallest set that keeps every text in ``search.best``. Raises TrialsExhausted."""
    origins = search.overflowing(frozenset())
    if search.keeps_texts(origins):
        _reduced(search, origins, frozenset())
        return
    others = _enough(search, origins)
    if others is not None:
        others = _reduced(search, others, origins)
        _reduced(search, origins, others)


def _enough(search: Search, origins: NodeSet) -> Optional[NodeSet]:
    """Nodes that suffice together with ``origins``: a few that add large errors, else all; None if not even all."""
    ranked = _ranking(search, origins)
    for size in _FEW:
        if size < len(ranked) and search.keeps_texts(origins | frozenset(ranked[:size])):
            return frozenset(ranked[:size])
    return frozenset(ranked) if search.keeps_texts(origins | frozenset(ranked)) else None


def _ranking(search: Search, kept: NodeSet) -> List[str]:
    """All other nodes, those that add the largest error in either arithmetic first."""
    growth: Dict[str, float] = {}
    for arithmetic in search.arithmetics:
        for layer in search.layers(kept, arithmetic):
            growth[layer.output] = max(layer.growth, growth.get(layer.output, layer.growth))
    return sorted(set(growth) - kept, key=lambda output: -growth[output])


def _reduced(search: Search, nodes: NodeSet, fixed: NodeSet) -> NodeSet:
    """A smaller set that still works together with ``fixed``: single parts, then all but one part, ever smaller parts.

    Parts are runs of neighbours in the network, because errors that matter tend to come from one region.
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


def _smaller(search: Search, ordered: List[str], parts: int, fixed: NodeSet) -> Optional[List[str]]:
    """The first part that works alone, or the first remainder without a part that works."""
    size = -(-len(ordered) // parts)
    cuts = [(first, first + size) for first in range(0, len(ordered), size)]
    if len(ordered) == 1:
        cuts = []
    single = [ordered[first:last] for first, last in cuts]
    remainders = [ordered[:first] + ordered[last:] for first, last in cuts] if len(cuts) != 2 else []
    for candidate in [*([[]] if len(ordered) == 1 else []), *single, *remainders]:
        if search.keeps_texts(fixed | frozenset(candidate)):
            return candidate
    return None
