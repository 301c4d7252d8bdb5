"""Tests of ocr_app.readers.team.reader: a team as a reader, with members that are no networks."""

from types import SimpleNamespace

import numpy as np
import pytest
from fake_team import RULES, FakeMember, painted, team
from posteriors import CHARACTERS

from ocr_app.core.errors import ReaderFailed, UsageError
from ocr_app.core.types import ReaderInfo
from ocr_app.imaging.geometry import box_quad
from ocr_app.readers.contract import ReaderOptions, Timer, members_of
from ocr_app.readers.team import reader as module
from ocr_app.readers.team.reader import TeamReader, line_quad

INFO = ReaderInfo("codes:fake", "fakes", "cpu", "fp32")
UPPER, LOWER = (20, 20, 200, 20), (20, 80, 200, 20)
IMAGE = painted(g10=UPPER, g20=LOWER)


def reader_of(*fakes, budget_ms=None, **rules):
    return TeamReader(team(*fakes, **rules), INFO, budget_ms)


@pytest.fixture
def fakes():
    """The first member is sure of the upper line alone; the others read the lower one as two different texts."""
    first = FakeMember("first", {10: ("LOT 1", 0.99), 20: ("EXP 2", 0.6)}, {1.0: [LOWER, UPPER]})
    return (
        first,
        FakeMember("second", {10: ("LOT 1", 0.9), 20: ("EXP 7", 0.6)}),
        FakeMember("third", {20: ("EXP 2", 0.6)}),
    )


def test_lines_are_in_reading_order_and_say_who_read_them(fakes):
    upper, lower = reader_of(*fakes).read(IMAGE)
    assert (upper.text, upper.member, upper.agreed, upper.others) == ("LOT 1", "first", (), ())
    assert (lower.text, lower.member, lower.agreed) == ("EXP 2", "first", ("third",))
    assert [(other.member, other.text) for other in lower.others] == [("second", "EXP 7")]
    assert lower.confidence > lower.others[0].confidence


def test_a_line_that_is_hardly_ever_right_is_not_shown(fakes):
    reader = reader_of(*fakes, shown=0.995)
    assert reader.read(IMAGE) == [] and len(reader.posteriors(IMAGE)) == 2


def test_posteriors_hold_those_of_every_member_that_was_asked(fakes):
    upper, lower = reader_of(*fakes).posteriors(IMAGE)
    assert members_of(upper) == ["first"] and sorted(members_of(lower)) == ["first", "second", "third"]
    assert lower.characters == CHARACTERS


def test_who_reads_and_which_characters_all_of_them_share(fakes):
    reader = reader_of(*fakes)
    assert reader.members() == ("first", "second", "third") and reader.characters() == CHARACTERS


def test_a_frame_is_looked_at_again_only_while_it_is_in_doubt():
    sure = FakeMember("first", {10: ("LOT 1", 0.99)}, {1.0: [UPPER]})
    doubtful = FakeMember("first", {10: ("LOT 1", 0.45)}, {1.0: [UPPER]})
    blind = FakeMember("first", {}, {})
    for fake in (sure, doubtful, blind):
        reader_of(fake, scales=(0.5, 2.0)).read(painted(g10=UPPER))
    assert [fake.looked for fake in (sure, doubtful, blind)] == [[1.0], [1.0, 0.5, 2.0], [1.0, 0.5, 2.0]]


def test_one_bad_line_beside_a_good_one_is_a_doubt_only_for_a_team_that_looks_again_for_it():
    for bad_lines, scales in ((1, [1.0, 0.5]), (2, [1.0]), (0, [1.0])):
        fake = FakeMember("first", {10: ("LAT 1", 0.99), 20: ("EXP 2", 0.45)}, {1.0: [UPPER, LOWER]})
        reader_of(fake, scales=(0.5,), bad_lines=bad_lines).read(IMAGE)
        assert fake.looked == scales


def test_a_frame_that_was_looked_at_again_is_so_until_fewer_bad_lines_are_left():
    third = (20, 140, 200, 20)
    levels = {10: ("LOT 1", 0.99), 20: ("EXP 2", 0.45), 30: ("EXP 3", 0.45)}
    for bad_left, scales in ((1, [1.0, 0.5, 2.0]), (2, [1.0, 0.5, 2.0]), (3, [1.0, 0.5])):
        fake = FakeMember("first", levels, {1.0: [UPPER, LOWER, third]})
        rules = {"scales": (0.5, 2.0), "bad_lines": 2, "bad_left": bad_left}
        reader_of(fake, **rules).read(painted(g10=UPPER, g20=LOWER, g30=third))
        assert fake.looked == scales


def test_a_good_line_may_have_to_have_digits():
    for digits, scales in ((1, [1.0]), (2, [1.0, 0.5])):
        fake = FakeMember("first", {10: ("LAT 1", 0.99)}, {1.0: [UPPER]})
        reader_of(fake, scales=(0.5,), good_digits=digits).read(painted(g10=UPPER))
        assert fake.looked == scales


def test_without_a_recipe_a_frame_may_be_looked_at_in_another_way():
    first = FakeMember("first", {10: ("LOT 1", 0.6), 20: ("EXP 2", 0.99)}, {1.0: [UPPER]})
    second = FakeMember("second", {10: ("LOT 1", 0.9), 20: ("EXP 2", 0.99)}, {1.0: [LOWER, UPPER]})
    under_recipe = team(first, second, shown=0.1)
    free = RULES._replace(detectors=("second",), most_places=1, shown=0.4)
    reader = TeamReader(under_recipe, INFO, None, free)
    assert [line.text for line in reader.read(IMAGE)] == ["EXP 2"] and first.looked == []
    assert [len(found) for found in reader.looks(IMAGE)] == [1] and first.looked == [1.0]


def test_a_recipe_stops_the_looks_itself():
    fake = FakeMember("first", {10: ("LOT 1", 0.45)}, {1.0: [UPPER]})
    looks = reader_of(fake, scales=(0.5, 2.0)).looks(painted(g10=UPPER))
    next(looks)
    assert fake.looked == [1.0]
    assert len(list(looks)) == 2


def test_what_the_budget_forbids_is_noted(fakes):
    timer = Timer()
    reader_of(*fakes, budget_ms=0.0).read(IMAGE, timer)
    assert timer.notes == ["not-asked:second-member"] and fakes[1].asked == []
    within = Timer()
    reader_of(*fakes, budget_ms=1e6).read(IMAGE, within)
    assert within.notes == [] and fakes[1].asked == [20]


def test_one_more_member_is_asked_at_a_time_about_the_wanted_lines_alone(fakes):
    reader = reader_of(*fakes, sure=0.5)
    lines = reader.posteriors(IMAGE)
    assert [members_of(line) for line in lines] == [["first"], ["first"]]
    once = reader.ask(IMAGE, lines, [1])
    assert [members_of(line) for line in once] == [["first"], ["first", "second"]]
    twice = reader.ask(IMAGE, once, [1])
    assert members_of(twice[1]) == ["first", "second", "third"]
    assert reader.ask(IMAGE, twice, [1]) == twice and fakes[1].asked == [20] and fakes[2].asked == [20]


def test_a_line_that_another_member_has_read_already_is_not_shown_to_it_again(fakes):
    reader = reader_of(*fakes, sure=0.5)
    once = reader.ask(IMAGE, reader.posteriors(IMAGE), [1])
    both = reader.ask(IMAGE, once, [0, 1])
    assert [members_of(line) for line in both] == [["first", "second"], ["first", "second"]]
    assert fakes[1].asked == [20, 10]


def test_images_of_one_line_are_read_without_a_detector(fakes):
    images = [np.full((20, 100), level, np.uint8) for level in (10, 20)]
    reader = reader_of(*fakes)
    assert [[line.text for line in lines] for lines in reader.read_lines(images)] == [["LOT 1"], ["EXP 2"]]
    assert [line.text for line in reader.read_line(images[0])] == ["LOT 1"]
    assert [line.member for line in reader.line_posteriors(images)] == ["first", "first"]
    assert fakes[0].looked == [] and reader.read_lines([]) == []


def test_an_image_without_a_text_gives_no_line():
    assert reader_of(FakeMember("first", {10: (" ", 0.99)}, {})).read_line(np.full((20, 99), 10, np.uint8)) == []


def test_a_high_image_is_a_line_printed_downwards():
    np.testing.assert_array_equal(line_quad(np.zeros((20, 100), np.uint8)), box_quad(0, 0, 100, 20))
    quad = line_quad(np.zeros((100, 20), np.uint8))
    np.testing.assert_array_equal(quad[1] - quad[0], [0, 100])


def test_a_member_that_fails_is_a_failure_of_the_reader(fakes):
    fakes[0].texts.clear()
    with pytest.raises(ReaderFailed, match="codes failed: KeyError"):
        reader_of(*fakes).read(IMAGE)


def test_networks_have_the_name_of_their_member_and_can_be_replaced(fakes):
    holder = SimpleNamespace(network="own")
    chosen = team(*fakes)
    members = (chosen.members[0]._replace(holders={"recogniser": holder}),) + chosen.members[1:]
    reader = TeamReader(chosen._replace(members=members), INFO)
    assert reader.networks() == {"first-recogniser": "own"}
    reader.replace_network("first-recogniser", "an engine")
    assert holder.network == "an engine"
    with pytest.raises(UsageError, match="no network 'recogniser'"):
        reader.replace_network("recogniser", "an engine")


def test_the_files_of_a_team_are_those_of_its_members(code_models):
    assert list(module.network_files("fast")) == ["codes-detector", "codes-recogniser"]
    balanced = module.network_files(None)
    assert {"tiny-detector", "tiny-recogniser", "small-detector", "small-recogniser"} < set(balanced)
    assert set(module.network_files("thorough")) == set(balanced)
    assert set(module.network_files("v2")) == {"detector", "recogniser"}


def test_an_unknown_team_is_refused():
    with pytest.raises(UsageError, match="unknown team: 'large'"):
        module.open_reader(ReaderOptions(model="large"))


def test_teams_and_single_models_are_the_models_of_the_reader():
    assert module.probe().models[:3] == ("fast", "balanced", "thorough") and "v2" in module.probe().models
