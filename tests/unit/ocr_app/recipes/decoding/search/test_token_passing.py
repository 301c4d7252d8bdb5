"""Token passing finds the best path within its beam; see also tests/property/test_recipes_search.py."""

from posteriors import CHARACTERS, line_of

from ocr_app.recipes.automata import Nfa, StateRegistry
from ocr_app.recipes.decoding.evidence import prepare_evidence
from ocr_app.recipes.decoding.search import JunkCosts, label_automaton, pass_tokens, token_passing


def searched(posterior, *languages, **options):
    """The texts that are found, by index of the language; a language is a list of texts."""
    registry, roots = StateRegistry(), []
    for texts in languages:
        nfa = Nfa()
        start = nfa.add_state()
        roots.append(registry.register(nfa, start, nfa.add_choice(start, texts)))
    automaton = label_automaton(registry, CHARACTERS)
    found = pass_tokens(prepare_evidence(posterior), automaton, roots, options.pop("junk", None), **options)
    texts = {root: "".join(CHARACTERS[label] for label in alignment.labels) for root, alignment in found.items()}
    return [texts.get(root) for root in roots], found


def test_the_best_text_of_each_root():
    posterior = line_of("AXB", {1: {"Y": -2.0, "Z": -3.0}})
    texts, found = searched(posterior, ["AYB", "AZB"], ["AZB", "AQB"])
    assert texts == ["AYB", "AZB"]
    assert all((alignment.start, alignment.stop) == (0, 6) for alignment in found.values())


def test_what_is_outside_the_beam_is_not_found():
    posterior = line_of("AXB", {1: {"Y": -4.0}})
    assert searched(posterior, ["AXB"], ["AYB"])[0] == ["AXB", "AYB"]
    assert searched(posterior, ["AXB"], ["AYB"], beam=3.0)[0] == ["AXB", None]
    assert searched(posterior, ["AYB"], label_beam=3.0)[0] == [None]
    assert searched(line_of("SALT"), ["AYB"])[0] == [None]


def test_an_excluded_text_leaves_the_best_other_one():
    posterior = line_of("AB", {1: {"C": -1.5}, 0: {"X": -3.0}})
    own = [CHARACTERS.index(character) for character in "AB"]
    assert searched(posterior, ["AB", "AC", "XB"], excluded=own)[0] == ["AC"]
    assert searched(posterior, ["AB", "XB"], excluded=own)[0] == ["XB"]
    assert searched(posterior, ["AB"], excluded=own)[0] == [None]


def test_equal_neighbours_are_parted_by_a_blank():
    assert searched(line_of("AA"), ["A", "AA"])[0] == ["AA"]


def test_text_beside_the_code_is_junk():
    texts, found = searched(line_of("EXP 12"), ["12"], junk=JunkCosts())
    (alignment,) = found.values()
    assert texts == ["12"] and alignment.start in (7, 8) and alignment.stop == 12, "frame 7 is a blank"


def test_the_number_of_tokens_is_bounded(monkeypatch):
    monkeypatch.setattr(token_passing, "MAX_TOKENS", 1)
    assert searched(line_of("AB"), ["AB"])[0] == ["AB"], "the best one is kept"


def test_an_empty_line_has_no_paths():
    assert searched(line_of(""), ["A"])[0] == [None]
