"""The lattice has what a line may say besides its best path, at what it costs."""

import numpy as np
import pytest
from posteriors import CHARACTERS, line_of, quad_at

from ocr_app.core.types import LinePosterior
from ocr_app.recipes.decoding.evidence import find_best_path, prepare_evidence
from ocr_app.recipes.decoding.free_decoding.lattice import CERTAIN_LEAD, build_lattice
from ocr_app.recipes.decoding.scoring import score_substitutions
from ocr_app.recipes.decoding.search import CharacterRun


def lattice_of(posterior):
    evidence = prepare_evidence(posterior)
    path = find_best_path(evidence)
    runs = [CharacterRun(*run) for run in zip(path.labels, path.first, path.last)]
    return build_lattice(evidence, path, score_substitutions(evidence.scores, runs, 0, len(evidence.scores)))


def frames_of(text, changes):
    """One frame per character, a space is a blank; ``changes``: {(frame, character): log probability}."""
    table = np.full((len(text), len(CHARACTERS)), -16.0)
    for frame, character in enumerate(text):
        table[frame, CHARACTERS.index(character) if character != " " else 0] = -0.001
    for (frame, character), value in changes.items():
        table[frame, CHARACTERS.index(character) if character else 0] = value
    return LinePosterior(quad_at(0, 0), table, CHARACTERS)


def test_a_certain_line_has_no_lattice():
    assert lattice_of(line_of("12")) is None
    assert lattice_of(line_of("12", {0: {"7": -CERTAIN_LEAD - 0.1}})) is None


def test_substitutions_cost_how_far_they_trail():
    lattice = lattice_of(line_of("12", {0: {"7": -3.0, "": -5.0}}))
    one, seven = CHARACTERS.index("1"), CHARACTERS.index("7")
    assert [label for label, _ in lattice.substitutions[0]] == [one, seven, 0]
    assert [cost for _, cost in lattice.substitutions[0]] == pytest.approx([0.0, 3.0, 5.0], abs=0.01)
    assert [label for label, _ in lattice.substitutions[1]] == [CHARACTERS.index("2")]


def test_insertions_are_characters_in_frames_of_blanks():
    lattice = lattice_of(frames_of("1  2", {(1, "/"): -9.0, (2, "/"): -4.0}))
    assert list(lattice.insertions) == [1]
    ((label, cost, frame),) = lattice.insertions[1]
    assert CHARACTERS[label] == "/" and cost == pytest.approx(4.0, abs=0.01) and frame == 2


def test_a_neighbour_one_frame_longer_is_no_insertion():
    assert lattice_of(frames_of("1  2", {(1, "1"): -4.0})) is None
    assert lattice_of(frames_of("1   2", {(2, "1"): -4.0})).insertions[1][0][2] == 2


def test_doublings_have_a_possible_blank_inside_the_character():
    lattice = lattice_of(frames_of("111 2", {(1, ""): -4.0}))
    assert list(lattice.doublings) == [0] and lattice.doublings[0] == (pytest.approx(4.0, abs=0.01), 1)
    assert lattice_of(frames_of("11 2", {(1, ""): -4.0})) is None
