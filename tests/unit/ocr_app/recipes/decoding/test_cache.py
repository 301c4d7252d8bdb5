"""Places are known again by their arrays, and nothing is found out twice."""

from posteriors import CHARACTERS, frame_of, line_of, quad_at

from ocr_app.recipes import DecodingCache, decode, loads
from ocr_app.recipes.decoding import fitting

RECIPE = loads("name: x\nyears: 2020-2030\nlines: [[{date: DD.MM.YYYY, as: day}]]")


def test_a_place_keeps_its_number():
    cache, (first, second) = DecodingCache(), frame_of("ONE", "TWO")
    assert [cache.number_of(each) for each in (first, second, first._replace(sure=False))] == [0, 1, 0]
    assert cache.number_of(first._replace(log_probs=first.log_probs.copy())) == 2
    assert cache.number_of(first._replace(quad=quad_at(5, 5))) == 3


def test_what_was_found_is_not_searched_for_again():
    cache, calls = DecodingCache(), []
    for _ in range(2):
        assert cache.once("kind", (1, 2), lambda: calls.append(1)) is None
    cache.once("other kind", (1, 2), lambda: calls.append(2))
    assert calls == [1, 2]


def test_a_frame_that_is_decoded_again_costs_only_what_is_new(monkeypatch):
    calls, search = [], fitting.pass_tokens
    monkeypatch.setattr(fitting, "pass_tokens", lambda *arguments: calls.append(1) or search(*arguments))
    overruled = line_of("3I.12.2024", {1: {"1": -5.0}})
    below = line_of("O2.O3.2O25", {k: {"0": -3.5} for k in (0, 3, 7)}, quad=quad_at(0, 60))
    cache = DecodingCache()
    first = decode([overruled], RECIPE, cache)
    again = decode([overruled], RECIPE, cache)
    assert again.lines[0].chars == first.lines[0].chars and again.text == "31.12.2024" and len(calls) == 1
    assert decode([below], RECIPE, cache).text == "02.03.2025" and len(calls) == 2
    both = decode([overruled, below], RECIPE, cache)
    assert len(calls) == 2 and both.text == decode([overruled, below], RECIPE).text


def test_a_place_that_moved_in_the_order_is_reported_where_it_is():
    clear, other = line_of("31.12.2024", quad=quad_at(0, 60)), line_of("SALT", characters=CHARACTERS)
    cache = DecodingCache()
    assert decode([clear], RECIPE, cache).lines[0].sources == (0,)
    assert decode([other, clear], RECIPE, cache).lines[0].sources == (1,)
