"""The exact search equals enumeration, token passing equals the exact search, and forward scores are sums."""

import itertools
import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr_app.core.types import LinePosterior
from ocr_app.recipes.automata import Nfa, StateRegistry
from ocr_app.recipes.automata.state_layout import lay_out
from ocr_app.recipes.decoding.evidence import find_best_path, prepare_evidence
from ocr_app.recipes.decoding.scoring import forward_score
from ocr_app.recipes.decoding.search import JunkCosts, label_automaton, pass_tokens, run_backward, trace_best_path
from ocr_app.recipes.decoding.search.alignment import NEVER
from ocr_app.recipes.decoding.search.exact_margin import exact_margin

CHARACTERS = ("", "A", "B", "1")
WORDS = st.lists(st.text("AB1", min_size=1, max_size=3), min_size=1, max_size=6, unique=True)


@st.composite
def posteriors(draw):
    frames = draw(st.integers(1, 5))
    numbers = draw(st.lists(st.integers(0, 60), min_size=4 * frames, max_size=4 * frames))
    table = np.array(numbers, np.float64).reshape(frames, 4) / 10.0
    table -= np.log(np.exp(table).sum(axis=1, keepdims=True))
    return LinePosterior(np.zeros((4, 2), np.float32), table, CHARACTERS)


def automaton_of(words):
    nfa, registry = Nfa(), StateRegistry()
    start = nfa.add_state()
    root = registry.register(nfa, start, nfa.add_choice(start, words))
    return registry, root


def collapse(path):
    """CTC's collapsing function (Graves et al. 2006, section 3.1)."""
    merged = [k for i, k in enumerate(path) if i == 0 or k != path[i - 1]]
    return "".join(CHARACTERS[k] for k in merged)


def enumerated(posterior):
    """For every text its best path's and its summed log probability, by going through all paths."""
    best, total = {}, {}
    for path in itertools.product(range(len(CHARACTERS)), repeat=len(posterior.log_probs)):
        score = sum(float(posterior.log_probs[t, k]) for t, k in enumerate(path))
        text = collapse(path)
        best[text] = max(best.get(text, -math.inf), score)
        total[text] = total.get(text, 0.0) + math.exp(score)
    return best, {text: math.log(value) for text, value in total.items()}


def spelt(path):
    return "".join(CHARACTERS[run.label] for run in path.runs)


@settings(max_examples=60, deadline=None)
@given(posteriors(), WORDS)
def test_the_exact_search_finds_the_best_path_of_all(posterior, words):
    registry, root = automaton_of(words)
    best, _ = enumerated(posterior)
    line = prepare_evidence(posterior)
    path = trace_best_path(run_backward(line, lay_out(registry, [root], CHARACTERS), None), root)
    possible = {word: best[word] for word in words if word in best}
    if not possible:
        assert path is None
        return
    assert math.isclose(path.score + line.blank.sum(), max(possible.values()), abs_tol=1e-6)
    assert math.isclose(best[spelt(path)], max(possible.values()), abs_tol=1e-6)


@settings(max_examples=60, deadline=None)
@given(posteriors(), WORDS)
def test_a_wide_beam_finds_the_same(posterior, words):
    registry, root = automaton_of(words)
    line = prepare_evidence(posterior)
    path = trace_best_path(run_backward(line, lay_out(registry, [root], CHARACTERS), None), root)
    found = pass_tokens(line, label_automaton(registry, CHARACTERS), [root], None, beam=1e6, label_beam=1e6).get(root)
    assert (path is None) == (found is None)
    if path is not None:
        assert math.isclose(path.score, found.score, abs_tol=1e-6)


@settings(max_examples=60, deadline=None)
@given(posteriors(), WORDS)
def test_what_token_passing_finds_within_its_label_beam_is_the_best(posterior, words):
    """A path that costs less than LABEL_BEAM over the best path was never near an edge of the beam."""
    registry, root = automaton_of(words)
    line = prepare_evidence(posterior)
    path = trace_best_path(run_backward(line, lay_out(registry, [root], CHARACTERS), None), root)
    found = pass_tokens(line, label_automaton(registry, CHARACTERS), [root], None, beam=3.0, label_beam=2.0).get(root)
    if found is not None and find_best_path(line).score - found.score <= 2.0:
        assert math.isclose(path.score, found.score, abs_tol=1e-6)
    if path is not None and find_best_path(line).score - path.score <= 2.0:
        assert found is not None and math.isclose(path.score, found.score, abs_tol=1e-6)


@settings(max_examples=60, deadline=None)
@given(posteriors(), WORDS)
def test_the_runner_up_is_the_best_path_of_any_other_text(posterior, words):
    registry, root = automaton_of(words)
    best, _ = enumerated(posterior)
    line = prepare_evidence(posterior)
    passed = run_backward(line, lay_out(registry, [root], CHARACTERS), None)
    path = trace_best_path(passed, root)
    if path is None:
        return
    others = [best[word] for word in words if word in best and word != spelt(path)]
    arcs = label_automaton(registry, CHARACTERS)
    own = [run.label for run in path.runs]
    rival = pass_tokens(line, arcs, [root], None, own, beam=1e6, label_beam=1e6).get(root)
    if not others:
        assert rival is None
        return
    expected = path.score + line.blank.sum() - max(others)
    assert math.isclose(exact_margin(passed, root, path), expected, abs_tol=1e-6)
    assert math.isclose(path.score - rival.score, expected, abs_tol=1e-6)


@settings(max_examples=60, deadline=None)
@given(posteriors(), st.text("AB1", max_size=4))
def test_the_score_of_a_text_is_the_sum_over_its_alignments(posterior, text):
    _, total = enumerated(posterior)
    line = prepare_evidence(posterior)
    score = forward_score(line.scores, [CHARACTERS.index(character) for character in text]) + line.blank.sum()
    assert math.isclose(score, total.get(text, -math.inf), abs_tol=1e-6)


@settings(max_examples=60, deadline=None)
@given(WORDS, st.text("AB1", max_size=4))
def test_the_minimal_automaton_accepts_the_words_and_nothing_else(words, text):
    registry, root = automaton_of(words)
    assert all(registry.accepts(root, word) for word in words)
    assert registry.accepts(root, text) == (text in words)


def score_of(path):
    return NEVER if path is None else path.score


@settings(max_examples=40, deadline=None)
@given(posteriors(), WORDS)
def test_junk_beside_the_code_never_makes_it_worse(posterior, words):
    registry, root = automaton_of(words)
    line, layout = prepare_evidence(posterior), lay_out(registry, [root], CHARACTERS)
    alone = trace_best_path(run_backward(line, layout, None), root)
    beside = trace_best_path(run_backward(line, layout, JunkCosts()), root)
    assert score_of(beside) >= score_of(alone)
