"""Laws of decoding under a recipe and without one."""

import calendar
import datetime

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr_app.core.types import LinePosterior
from ocr_app.recipes import decode, decode_free, loads
from ocr_app.recipes.decoding.evidence import find_best_path, prepare_evidence
from ocr_app.recipes.decoding.free_decoding import piece_search, prior
from ocr_app.recipes.decoding.scoring import forward_score, score_substitutions
from ocr_app.recipes.decoding.search import CharacterRun
from ocr_app.recipes.language.dates import add_period, date_ranges

CHARACTERS = ("",) + tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ./-:")
QUAD = np.array([[0, 0], [200, 0], [200, 20], [0, 20]], np.float32)
RECIPES = [
    loads("name: d\nyears: 2018-2030\nlines: [[{date: DD.MM.YYYY, as: day}]]"),
    loads("name: d\nyears: 2018-2030\nlines: [[{date: [YYMMDD, DDMMMYY, MM/YYYY], as: day}]]"),
    loads("name: d\nyears: 2019-2025\nlines: [[{lot: \"'L'YYDDD9\", as: day}]]"),
]


def one_hot(classes, sure=1.0):
    table = np.full((len(classes), len(CHARACTERS)), (1.0 - sure) / (len(CHARACTERS) - 1))
    table[np.arange(len(classes)), classes] = sure
    with np.errstate(divide="ignore"):
        return LinePosterior(QUAD, np.log(table).astype(np.float32), CHARACTERS)


@st.composite
def blurred(draw):
    """Any posterior, sharp or flat, of 12 to 24 frames."""
    seed, sharpness = draw(st.integers(0, 10**6)), draw(st.sampled_from([0.5, 2.0, 6.0]))
    frames = draw(st.integers(12, 24))
    table = np.random.RandomState(seed).randn(frames, len(CHARACTERS)) * sharpness
    table -= np.log(np.exp(table).sum(axis=1, keepdims=True))
    return LinePosterior(QUAD, table.astype(np.float32), CHARACTERS)


@settings(max_examples=40, deadline=None)
@given(blurred(), st.sampled_from(RECIPES))
def test_what_comes_out_is_allowed_by_the_recipe(posterior, recipe):
    for line in decode([posterior], recipe).lines:
        if line.text:
            assert recipe.registry.accepts(recipe.lines[0].root, line.text)
            assert len(line.chars) == len(line.text) and line.fields


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 99), st.integers(0, 19), st.integers(0, 9999))
def test_impossible_dates_never_come_out(day, month, year):
    text = "{:02d}.{:02d}.{:04d}".format(day, month, year)
    path = [k for character in text for k in (CHARACTERS.index(character), 0)]
    for line in decode([one_hot(path, 0.999)], RECIPES[0]).lines:
        if line.text:
            datetime.datetime.strptime(line.text, "%d.%m.%Y")
            assert line.text == text or line.status != "read" or line.junk != ("", "")


@settings(max_examples=40, deadline=None)
@given(blurred(), st.sampled_from(RECIPES[1:]))
def test_every_date_that_comes_out_is_a_day_of_the_calendar(posterior, recipe):
    for line in decode([posterior], recipe).lines:
        for field in line.fields:
            settings_of_field = recipe.fields[field.number].settings
            assert field.interpretations
            assert all(date_ranges(each, settings_of_field) for each in field.interpretations)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, len(CHARACTERS) - 1), max_size=30), st.sampled_from([1.0, 0.999]))
def test_free_reading_never_changes_what_is_clear(path, sure):
    line = (
        decode_free(one_hot(path, sure))
        if path
        else decode_free(LinePosterior(QUAD, np.zeros((0, len(CHARACTERS))), CHARACTERS))
    )
    merged = [k for i, k in enumerate(path) if i == 0 or k != path[i - 1]]
    assert line.text == "".join(CHARACTERS[k] for k in merged) == line.best_path


@settings(max_examples=80, deadline=None)
@given(blurred())
def test_free_reading_costs_less_likelihood_than_its_pieces_are_worth(posterior):
    evidence = prepare_evidence(posterior)
    best_path = find_best_path(evidence)
    runs = [CharacterRun(*run) for run in zip(best_path.labels, best_path.first, best_path.last)]
    substitutions = score_substitutions(evidence.scores, runs, 0, len(evidence.scores))
    found = piece_search.find_pieces(evidence, best_path, substitutions)
    line = decode_free(posterior)
    if found is None or not found.worth:
        assert len(line.text) == len(best_path.text) and not line.extra
    else:
        frames = [frame for run in found.runs for frame in (run.first, run.last)]
        assert frames == sorted(frames) and len(found.in_piece) == len(found.runs)
    lost = forward_score(evidence.scores, best_path.labels) + float(evidence.blank.sum()) - line.score
    worth = found.worth if found is not None else 0.0
    assert lost < worth + prior.PRIOR_WEIGHT * len(line.text) + 1e-9


@settings(max_examples=60, deadline=None)
@given(st.dates(datetime.date(2000, 1, 1), datetime.date(2049, 1, 1)), st.integers(0, 7), st.sampled_from("OIZSBTX"))
def test_a_date_in_which_one_digit_was_misread_by_little_is_read(day, place, character):
    text = day.strftime("%d%m%Y")
    misread = text[:place] + character + text[place + 1 :]
    path = [
        k for part in (misread[:2], "/", misread[2:4], "/", misread[4:]) for s in part for k in (CHARACTERS.index(s), 0)
    ]
    table = np.full((len(path), len(CHARACTERS)), -16.0)
    table[np.arange(len(path)), path] = -0.01
    at = 2 * (place + (place > 1) + (place > 3))
    table[at, CHARACTERS.index(text[place])] = -5.0
    assert decode_free(LinePosterior(QUAD, table, CHARACTERS)).text == day.strftime("%d/%m/%Y")


@settings(max_examples=60, deadline=None)
@given(st.dates(datetime.date(1990, 1, 1), datetime.date(2090, 1, 1)), st.integers(-60, 60))
def test_month_ends_are_clamped_rolled_or_last(day, months):
    clamped, rolled = add_period(day, months, "months"), add_period(day, months, "months", "roll")
    last = add_period(day, months, "months", "last-day")
    assert (clamped.year * 12 + clamped.month) - (day.year * 12 + day.month) == months
    assert last.day == calendar.monthrange(last.year, last.month)[1]
    assert clamped == min(last, clamped) and clamped.day == min(day.day, last.day)
    assert (rolled - clamped).days == max(0, day.day - last.day)
