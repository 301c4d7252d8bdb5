"""Tests of ocr_app.readers.team.settings."""

import pytest

from ocr_app.core.errors import UsageError
from ocr_app.readers.team import settings
from ocr_app.readers.team.arbiter import FEATURES, FEATURES_OF_OTHER


def test_the_default_team_is_one_of_the_teams():
    assert settings.team(None).name == settings.default() in settings.names()


def test_fast_has_one_member_and_every_member_has_a_record():
    assert len(settings.team("fast").members) == 1
    for name in settings.names():
        for member in settings.team(name).members:
            assert settings.member_record(member).reader in ("codes", "ppocr")


def both(name):
    return settings.team(name), settings.team_without_recipe(name)


def test_detectors_belong_to_members_and_under_a_recipe_our_own_looks_first():
    for name in settings.names():
        assert all(set(team.looking()) <= set(team.members) for team in both(name))
        assert settings.team(name).detectors[0] == "codes"


def test_networks_are_the_recognisers_of_all_members_and_the_detectors_that_look():
    roles = {name: [each.role for each in settings.networks(name)] for name in settings.names()}
    assert roles["fast"] == ["codes-detector", "codes-recogniser"]
    every = [f"{member}-{part}" for member in ("tiny", "codes", "small") for part in ("detector", "recogniser")]
    assert roles["balanced"] == roles["thorough"] == every


def test_thresholds_are_probabilities():
    for team in (team for name in settings.names() for team in both(name)):
        values = (team.sure, team.hopeless, team.doubtful, team.upside_down, team.shown, team.good)
        assert all(0 <= value <= 1 for value in values)


def test_an_unknown_team_is_refused_with_the_known_ones():
    with pytest.raises(UsageError) as caught:
        settings.team("huge")
    assert "balanced" in caught.value.expected


def test_every_member_has_a_weight_per_feature():
    data = settings.catalogue()
    count = len(FEATURES) + len(FEATURES_OF_OTHER) * (len(data["members"]) - 1)
    assert {name: len(row) for name, row in data["arbiter"]["weights"].items()} == dict.fromkeys(data["members"], count)
