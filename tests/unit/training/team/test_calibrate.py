"""Tests of training.team.calibrate, on made-up examples."""

import itertools
import json
import shutil

import numpy as np
import pytest
from fake_team import arbiter

from ocr_app.readers.team.arbiter import FEATURES, FEATURES_OF_OTHER, Arbiter, Said
from training import cards
from training.team import calibrate
from training.team.examples import TeamExample

MEMBERS = ("first", "second", "third")
SURE, UNSURE = 0.99, 0.6


def example(truth, *read, domain="drawn"):
    """(text, probability) of each member in turn."""
    said = {
        name: Said(name, text, np.full(len(text), probability), 16.0)
        for name, (text, probability) in zip(MEMBERS, read, strict=True)
    }
    return TeamExample(said, truth, domain)


def alike(truth, text, probability=SURE, domain="drawn"):
    return example(truth, *[(text, probability)] * 3, domain=domain)


def test_an_example_teaches_a_member_once_per_set_of_others_that_may_have_been_asked():
    rows = calibrate.rows_of("first", [alike("LAT1", "LAT 1")], MEMBERS)
    assert rows.features.shape == (4, len(FEATURES) + 2 * len(FEATURES_OF_OTHER))
    agrees = [len(FEATURES), len(FEATURES) + len(FEATURES_OF_OTHER)]
    assert sorted(map(tuple, rows.features[:, agrees])) == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert list(rows.right) == [1.0] * 4


def test_each_domain_weighs_the_same_however_many_examples_it_has():
    found = [alike("A", "A", domain="few")] + [alike("A", "A", domain="many")] * 9
    rows = calibrate.rows_of("second", found, MEMBERS)
    assert rows.weights[:4].sum() == pytest.approx(rows.weights[4:].sum())
    assert rows.weights.sum() == pytest.approx(len(found))


def test_an_empty_text_teaches_nothing():
    found = [alike("A", "A"), example("B", ("-", SURE), ("B", SURE), ("B", SURE))]
    assert len(calibrate.rows_of("first", found, MEMBERS).right) == 4
    assert len(calibrate.rows_of("second", found, MEMBERS).right) == 8


def test_a_label_that_all_members_contradict_in_the_same_way_is_not_trusted():
    good, nothing = alike("LAT1", "LAT 1"), alike("LAT1", "")
    odd = example("LAT1", ("LAT7", SURE), ("LAT7", SURE), ("LAT2", SURE))
    kept = calibrate.trusted([good, alike("LAT1", "LAT 7"), odd, nothing], MEMBERS)
    assert len(kept) == 3 and all(each is own for each, own in zip(kept, (good, odd, nothing), strict=True))


def test_what_is_learnt_prefers_the_text_that_two_members_share():
    found = [alike("LAT1", "LAT1")] * 20
    found += [example("LAT1", ("LAT7", UNSURE), ("LAT1", UNSURE), ("LAT1", UNSURE))] * 20
    found += [example("LAT1", ("LAT1", UNSURE), ("LAT7", UNSURE), ("LAT1", UNSURE))] * 20
    learnt = Arbiter(calibrate.learn(found, MEMBERS), MEMBERS)
    said = example("", ("LAT5", UNSURE), ("LAT6", UNSURE), ("LAT6", UNSURE)).said
    best, probability = learnt.weigh(list(said.values()))[0]
    assert best.text == "LAT6" and probability > 0.8
    assert learnt.probability(said["first"], {"second": said["second"]}) < 0.7


def test_members_are_asked_in_their_order_until_one_is_sure_or_two_agree():
    def asked(*read):
        outcome = calibrate.staged(example("LAT1", *read), arbiter(), MEMBERS, 0.9)
        return outcome.asked, outcome.right

    assert asked(("LAT1", SURE), ("LAT7", SURE), ("LAT7", SURE)) == (1, True)
    assert asked(("LAT1", UNSURE), ("LAT1", UNSURE), ("LAT7", SURE)) == (2, True)
    assert asked(("LAT1", UNSURE), ("LAT7", UNSURE), ("LAT1", UNSURE)) == (3, True)
    assert asked(("LAT7", UNSURE), ("LAT1", UNSURE), ("LAT7", UNSURE)) == (3, False)


@pytest.fixture
def found():
    """Two domains: one that all members read, and one of which only the third reads half."""
    drawn = [alike("LAT1", "LAT 1")] * 3
    half = example("EXP2", ("EXP7", UNSURE), ("EXP7", UNSURE), ("EXP2", SURE), domain="receipts")
    return [*drawn, half, alike("EXP2", "EXP7", UNSURE, "receipts"), alike("", "SALT", domain="receipts")]


def test_tables_count_the_lines_that_are_printed(found):
    alone = calibrate.alone_table(found, MEMBERS)
    assert alone["drawn"] == {"first": 100.0, "second": 100.0, "third": 100.0, "any": 100.0, "lines": 3.0}
    assert alone["receipts"] == {"first": 0.0, "second": 0.0, "third": 50.0, "any": 50.0, "lines": 2.0}
    agreement = calibrate.agreement_table(found, MEMBERS)
    assert agreement["first and second"] == {"lines": 5, "wrong": 2}
    assert agreement["first and third"] == {"lines": 4, "wrong": 1}


def test_the_threshold_decides_how_many_lines_are_shown_to_others(found):
    rows = calibrate.threshold_table(found, arbiter(), MEMBERS)
    assert [row["sure"] for row in rows] == list(calibrate.THRESHOLDS)
    assert rows[0]["asked_second"] == 0.0 and rows[-1]["asked_second"] >= 50.0
    assert all(low["asked_second"] <= high["asked_second"] for low, high in itertools.pairwise(rows))
    assert rows[0]["right"] == 50.0


def test_the_card_is_filled_with_what_was_measured(found, tmp_path):
    shutil.copy(cards.CARDS / "team.md", tmp_path / "team.md")
    cases = calibrate.curves(found, arbiter(), MEMBERS)
    measured = {
        "examples": {"drawn": 3, "receipts": 3},
        "left_out": 7,
        "alone": calibrate.alone_table(found, MEMBERS),
        "agreement": calibrate.agreement_table(found, MEMBERS),
        "thresholds": calibrate.threshold_table(found, arbiter(), MEMBERS),
        "reliability": {name: calibrate.reliability.to_json(own) for name, own in cases.items()},
        "cases": cases,
    }
    calibrate.save(dict(measured), tmp_path)
    page = (tmp_path / "team.md").read_text()
    assert (
        "| receipts | 2 | 0.0 % | 0.0 % | 50.0 % | 50.0 % |" in page
        and "| first and second | 5 | 2 (40.00 %) |" in page
    )
    assert "| left out: all members read the same, the label says otherwise | 7 |" in page and "(team.svg)" in page
    assert "the team: error" in (tmp_path / "team.svg").read_text()
    assert "cases" not in json.loads((tmp_path / "team.json").read_text())
