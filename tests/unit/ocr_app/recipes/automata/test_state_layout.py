"""The layout for the exact search has every useful state once, behind all of its targets."""

import numpy as np

from ocr_app.recipes.automata import Nfa, StateRegistry
from ocr_app.recipes.automata.state_layout import DEAD_ROW, lay_out

CHARACTERS = ("", "A", "B", "C")


def layout_of(*texts, characters=CHARACTERS):
    nfa, registry = Nfa(), StateRegistry()
    start = nfa.add_state()
    root = registry.register(nfa, start, nfa.add_choice(start, texts))
    return registry, root, lay_out(registry, [root], characters)


def test_every_state_has_its_place_above_its_targets():
    registry, root, layout = layout_of("ABC", "AC", "BBA")
    for state, (batch_number, number) in layout.positions.items():
        assert layout.batches[batch_number].states[number] == state
        for target in registry.arcs[state].values():
            assert layout.positions[target][0] < batch_number
    assert layout.positions[root][0] == len(layout.batches) - 1


def test_rows_do_not_overlap_and_none_is_the_dead_one():
    _, _, layout = layout_of("AAB", "ABB", "CA")
    next_row = DEAD_ROW + 1
    for batch in layout.batches:
        assert batch.first_row == next_row
        next_row += batch.size * (1 + (batch.width if batch.repeats else 0))
    assert layout.row_count == next_row


def test_a_label_that_leads_in_and_on_needs_a_blank_between():
    _, _, layout = layout_of("AA")
    assert [batch.repeats for batch in layout.batches] == [False, True, False]
    _, _, layout = layout_of("AB")
    assert not any(batch.repeats for batch in layout.batches)


def test_padding_leads_nowhere():
    _, _root, layout = layout_of("AB", "BC", "CAB", "ABC")
    for batch in layout.batches:
        padded = batch.target_rows == DEAD_ROW
        assert np.all(batch.labels[padded] == 0) and np.all(batch.labels[~padded] > 0)


def test_a_root_that_needs_an_unknown_character_has_no_place():
    _, root, layout = layout_of("AB", characters=("", "A"))
    assert root not in layout.positions
