"""The exact lead of a best path over the best path of any other text.

The decoder uses token passing for this, which is faster; the property tests compare the two.
"""

import numpy as np

from ocr_app.recipes.automata.state_layout import DEAD_ROW
from ocr_app.recipes.decoding.search.alignment import NEVER, Alignment
from ocr_app.recipes.decoding.search.exact import BackwardPass, find_row


def exact_margin(backward: BackwardPass, root: int, path: Alignment) -> float:
    """The lead of a best path over the best path of any other text from the same root (both exact).

    Another text leaves this one at some character: there it takes another arc, or ends, or goes on where this one ends.
    Walking along the text, the best way in (over all alignments) meets the best way out from the backward pass.
    """
    frames = backward.sums.shape[1] - 1
    arrive = backward.before.copy()  # by frames remaining: the best score of the text so far, ending in any frame
    batch_number, number = backward.layout.positions[root]
    rival, previous, in_label = NEVER, 0, np.full(frames + 1, NEVER)
    for position in range(len(path.runs) + 1):
        label = path.runs[position].label if position < len(path.runs) else 0
        after_blank = np.full(frames + 1, NEVER)
        anyhow = np.maximum.accumulate(np.maximum(arrive, in_label)[::-1])[::-1]
        after_blank[:-1] = anyhow[1:]
        batch, own = backward.layout.batches[batch_number], -1
        arcs = backward.arcs[batch_number][number]
        for arc in range(batch.width):
            index = number * batch.width + arc
            if batch.target_rows[index] == DEAD_ROW:
                continue
            if batch.labels[index] == label:
                own = arc
                continue
            way_in = after_blank if batch.labels[index] == previous else anyhow
            rival = max(rival, float((way_in + arcs[arc]).max()))
        if batch.final[number] and position < len(path.runs):
            rival = max(rival, float((anyhow + backward.behind).max()))
        if position == len(path.runs):
            break
        way_in = after_blank if label == previous else anyhow
        sums = backward.sums[label]
        in_label = np.full(frames + 1, NEVER)
        begun = np.maximum.accumulate((way_in + sums)[::-1])[::-1]
        in_label[:-1] = begun[1:] - sums[:-1]
        arrive = np.full(frames + 1, NEVER)
        target = find_row(backward.layout, int(batch.target_rows[number * batch.width + own]))
        batch_number, number = target.batch_number, target.number
        previous = label
    return path.score - rival
