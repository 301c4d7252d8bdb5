"""What must hold of the metrics for any two texts."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from ocr_app.scoring.edit_distance import align, levenshtein
from ocr_app.scoring.metrics import average, cer, precision, recall, score
from ocr_app.scoring.text_forms import FORMS

TEXTS = st.text(alphabet="AB01: O", max_size=12)


def plain_distance(a, b):
    """The recursive definition, for short texts."""
    if not a or not b:
        return len(a) + len(b)
    return min(
        plain_distance(a[1:], b) + 1, plain_distance(a, b[1:]) + 1, plain_distance(a[1:], b[1:]) + (a[0] != b[0])
    )


def plain_common(a, b):
    """Strike out one character of b for each character of a."""
    rest, hits = list(b), 0
    for character in a:
        if character in rest:
            rest.remove(character)
            hits += 1
    return hits


@given(st.text(alphabet="AB:", max_size=5), st.text(alphabet="AB:", max_size=5))
def test_the_distance_is_the_recursive_definition(a, b):
    assert levenshtein(a, b) == plain_distance(a, b)


@given(TEXTS, TEXTS)
def test_the_distance_is_symmetric_and_bounded(a, b):
    assert levenshtein(a, b) == levenshtein(b, a)
    assert abs(len(a) - len(b)) <= levenshtein(a, b) <= max(len(a), len(b))
    assert (levenshtein(a, b) == 0) == (a == b)


@given(TEXTS, TEXTS, TEXTS)
def test_the_distance_obeys_the_triangle_inequality(a, b, c):
    assert levenshtein(a, c) <= levenshtein(a, b) + levenshtein(b, c)


@given(TEXTS, TEXTS)
def test_an_alignment_spells_both_texts_and_costs_the_distance(a, b):
    pairs = align(a, b)
    assert "".join(pair[0] for pair in pairs) == a and "".join(pair[1] for pair in pairs) == b
    assert sum(x != y for x, y in pairs) == levenshtein(a, b)


@given(TEXTS, TEXTS)
def test_precision_and_recall_are_the_multiset_shares(truth, read):
    common = plain_common(truth, read)
    assert precision(truth, read) == (common / len(read) if read else float(not truth))
    assert recall(truth, read) == (common / len(truth) if truth else float(not read))
    assert recall(truth, read) == precision(read, truth)
    assert 0.0 <= precision(truth, read) <= 1.0


@given(TEXTS.flatmap(lambda text: st.tuples(st.just(text), st.permutations(list(text) or [""]))))
def test_order_is_ignored_by_precision_and_recall(pair):
    truth, read = pair[0], "".join(pair[1])
    assert Counter(read) == Counter(truth)
    assert precision(truth, read) == recall(truth, read) == 1.0


@given(TEXTS, TEXTS)
def test_cer_is_zero_for_equal_texts_only(truth, read):
    assert (cer(truth, read) == 0.0) == (truth == read)
    assert cer(truth, "") == float(bool(truth))


@given(TEXTS, st.lists(TEXTS, max_size=3))
def test_a_text_read_rightly_is_right_in_every_form_but_the_lopsided_one(truth, lines):
    for name, form in FORMS.items():
        wanted, got = form.sides(truth, [truth])
        assert wanted == got or (name == "notebook" and ":" in truth)
        form.sides(truth, lines)


@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=6))
def test_averages_stay_between_the_extremes(pairs):
    scores = [score(truth, read) for truth, read in pairs]
    mean = average(scores)
    assert mean is not None and mean.images == len(pairs)
    for name in ("exact", "cer", "precision", "recall"):
        values = [getattr(one, name) for one in scores]
        assert min(values) - 1e-9 <= getattr(mean, name) <= max(values) + 1e-9
