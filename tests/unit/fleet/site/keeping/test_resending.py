"""When a board is asked, and when a gap is given up."""

import pytest

from fleet.site.keeping.resending import ResendPolicy
from fleet.site.settings import SiteKeeping
from fleet.site.store.chains import ChainGap

GAP = ChainGap("b", 4, 9)
ONLINE = {"b"}


@pytest.fixture
def policy():
    return ResendPolicy(SiteKeeping(grace_s=10.0, again_s=30.0, tries=3))


def asked(policy, now, gaps=(GAP,), complete=4, online=ONLINE):
    return policy.look(list(gaps), {"b": complete}, online, now).ask


def test_a_gap_has_time_to_close_by_itself(policy):
    assert asked(policy, 0) == {} == asked(policy, 9.9)
    assert asked(policy, 10) == {"b": 4}
    assert policy.asked == 1


def test_it_is_asked_for_again_ever_later_and_given_up_in_the_end(policy):
    asked(policy, 0)
    moments = [now for now in range(1, 400) if asked(policy, float(now))]
    assert moments[:3] == [10, 40, 100]
    fresh = ResendPolicy(SiteKeeping(grace_s=0.0, again_s=1.0, tries=1))
    fresh.look([GAP], {"b": 4}, ONLINE, 0.0)
    assert fresh.look([GAP], {"b": 4}, ONLINE, 1.5).given_up == [GAP]


def test_a_board_that_is_away_is_not_asked_and_nothing_is_given_up(policy):
    for now in range(0, 1000, 10):
        found = policy.look([GAP], {"b": 4}, set(), float(now))
        assert (found.ask, found.given_up) == ({}, [])
    assert asked(policy, 1000.0) == {"b": 4}


def test_a_gap_that_moves_is_being_closed_and_not_asked_for_again(policy):
    asked(policy, 0)
    assert asked(policy, 10) == {"b": 4}
    for step, now in enumerate(range(12, 100, 2)):
        assert asked(policy, float(now), [ChainGap("b", 5 + step, 900)]) == {}


def test_opened_and_closed_are_told_once(policy):
    asked(policy, 0)
    assert policy.look([GAP], {"b": 4}, ONLINE, 10.0).opened == [GAP]
    assert policy.look([GAP], {"b": 4}, ONLINE, 41.0).opened == []
    assert policy.look([], {"b": 9}, ONLINE, 42.0).closed == [GAP]
    assert policy.look([], {"b": 9}, ONLINE, 43.0).closed == []


def test_a_part_that_is_last_and_missing_is_known_by_the_state(policy):
    policy.said("b", 6)
    assert asked(policy, 0, []) == {}
    assert asked(policy, 10, []) == {"b": 4}
    assert asked(policy, 100, [], complete=6) == {}


def test_a_board_that_comes_is_asked_once_for_what_may_be_lost(policy):
    policy.arrived("b", 0.0)
    assert asked(policy, 9, []) == {}
    assert asked(policy, 10, []) == {"b": 4}
    assert asked(policy, 11, []) == {}
    policy.arrived("b", 20.0)
    policy.left("b")
    assert asked(policy, 40, []) == {}


def test_without_history_an_unknown_board_is_not_asked():
    policy = ResendPolicy(SiteKeeping(grace_s=0.0, history=False))
    policy.arrived("new", 0.0)
    policy.said("new", 7)
    assert policy.look([], {}, {"new"}, 1.0).ask == {}


def test_the_gap_of_a_board_that_goes_on_is_closed_when_the_parts_are_here(policy):
    """Some part of such a board is always on its way: that is another gap, which closes by itself."""
    asked(policy, 0)
    assert asked(policy, 10) == {"b": 4} and policy.asked == 1
    later = policy.look([ChainGap("b", 12, 14)], {"b": 12}, ONLINE, 12.0)
    assert later.closed == [GAP] and policy.asked == 0
    for step in range(20):
        found = policy.look([ChainGap("b", 13 + step, 14 + step)], {"b": 13 + step}, ONLINE, 14.0 + step)
        assert (found.ask, found.opened, found.closed) == ({}, [], [])
    assert policy.look([ChainGap("b", 32, 40)], {"b": 32}, ONLINE, 50.0).opened == [ChainGap("b", 32, 40)]
