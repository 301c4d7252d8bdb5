"""Laws of greedy CTC decoding."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ocr_app.networks.ctc import decode, keep_classes

CHARSET = [""] + list("ABC01 ")
PATHS = st.lists(st.integers(0, len(CHARSET) - 1), max_size=40)


def posterior(path):
    table = np.full((len(path), len(CHARSET)), 0.01, np.float32)
    table[np.arange(len(path)), path] = 0.9
    return table


def reference(path):
    """CTC's collapsing function, written the slow way (Graves et al. 2006, section 3.1)."""
    merged = [k for i, k in enumerate(path) if i == 0 or k != path[i - 1]]
    return "".join(CHARSET[k] for k in merged if k)


@given(PATHS)
def test_agrees_with_the_definition(path):
    assert decode(posterior(path), CHARSET).text == reference(path)


@given(st.text("ABC01 ", max_size=20))
def test_any_text_can_be_said(text):
    path = [step for sign in text for step in (CHARSET.index(sign), 0)]
    assert decode(posterior(path), CHARSET).text == text


@given(PATHS)
def test_steps_and_confidence_fit_the_text(path):
    decoded = decode(posterior(path), CHARSET)
    assert len(decoded.steps) == len(decoded.text)
    assert list(decoded.steps) == sorted(set(decoded.steps))
    assert 0.0 <= decoded.confidence <= 1.0
    assert (decoded.confidence == 0.0) == (decoded.text == "")


@given(PATHS, st.sets(st.sampled_from("ABC01 ")))
def test_a_cut_charset_never_says_what_was_cut(path, allowed):
    classes = keep_classes(CHARSET, "".join(allowed))
    text = decode(posterior(path)[:, classes], [CHARSET[k] for k in classes]).text
    assert set(text) <= allowed
