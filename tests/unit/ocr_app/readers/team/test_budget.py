"""Tests of ocr_app.readers.team.budget."""

import time

from ocr_app.readers.team.budget import Budget


def test_without_a_limit_everything_is_allowed():
    budget = Budget(None)
    budget.begin()
    budget.took("look", 1e9)
    assert budget.allows("look") and budget.refused == []


def test_a_step_that_was_never_done_is_tried():
    budget = Budget(1000.0)
    budget.begin()
    assert budget.allows("look")


def test_a_step_that_would_end_too_late_is_refused_and_listed_once():
    budget = Budget(1000.0)
    budget.took("look", 5000.0)
    budget.begin()
    assert not budget.allows("look") and not budget.allows("look")
    assert budget.refused == ["look"]


def test_the_next_frame_begins_anew():
    budget = Budget(1000.0)
    budget.took("look", 5000.0)
    budget.begin()
    budget.allows("look")
    budget.begin()
    assert budget.refused == []


def test_the_expected_duration_follows_what_steps_take():
    budget = Budget(1000.0)
    budget.took("look", 5000.0)
    for _ in range(40):
        budget.took("look", 1.0)
    budget.begin()
    assert budget.allows("look")


def test_time_that_is_spent_counts():
    budget = Budget(5.0)
    budget.begin()
    time.sleep(0.01)
    assert not budget.allows("look")
