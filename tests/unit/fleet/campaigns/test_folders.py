"""Which campaign goes on, and which one was the last."""

import datetime
import json

import pytest

from fleet.campaigns import folders
from fleet.campaigns.request import CampaignRequest
from fleet.core.errors import BoardBenchmarkError

MONDAY, TUESDAY = (datetime.datetime(2026, 11, day, 12, tzinfo=datetime.timezone.utc) for day in (30, 29))
RUNS = CampaignRequest(kinds=("runs",))


def ended(campaign, complete=True, **more):
    campaign.report.write_text(json.dumps({"complete": complete, "campaign": campaign.name, **more}))


def test_a_new_campaign_has_the_date_as_its_name(tmp_path):
    campaign = folders.begin(RUNS, tmp_path, MONDAY)
    assert (campaign.name, campaign.began) == ("2026-11-30", "2026-11-30T12:00:00Z")
    assert folders.load(tmp_path / "2026-11-30").parts == RUNS.parts()


def test_another_campaign_of_the_same_name_has_another_folder_on_boards(tmp_path):
    named = CampaignRequest(kinds=("runs",), name="winter")
    first = folders.begin(named, tmp_path / "a", MONDAY).on_boards
    assert first == "winter-20261130120000" != folders.begin(named, tmp_path / "b", TUESDAY).on_boards


def test_an_unfinished_campaign_goes_on_on_another_day(tmp_path):
    first = folders.begin(RUNS, tmp_path, TUESDAY)
    assert folders.begin(RUNS, tmp_path, MONDAY).name == first.name
    ended(first, complete=False)
    assert folders.begin(RUNS, tmp_path, MONDAY).name == first.name
    ended(first)
    assert folders.begin(RUNS, tmp_path, MONDAY).name == "2026-11-30"


def test_a_complete_campaign_of_today_goes_on_so_that_boards_can_be_added(tmp_path):
    first = folders.begin(RUNS, tmp_path, MONDAY)
    ended(first)
    assert folders.begin(RUNS, tmp_path, MONDAY).name == first.name


def test_other_parts_are_another_campaign(tmp_path):
    folders.begin(RUNS, tmp_path, MONDAY)
    other = CampaignRequest(kinds=("cnn",))
    assert folders.begin(other, tmp_path, MONDAY).name == "2026-11-30-2"


def test_again_begins_a_new_campaign_and_keeps_the_old_one(tmp_path):
    folders.begin(RUNS, tmp_path, MONDAY)
    again = folders.begin(CampaignRequest(kinds=("runs",), again=True), tmp_path, MONDAY)
    assert again.name == "2026-11-30-2" and len(folders.campaigns(tmp_path)) == 2


def test_a_name_is_kept_and_its_parts_cannot_change(tmp_path):
    folders.begin(CampaignRequest(kinds=("runs",), name="winter"), tmp_path, MONDAY)
    assert folders.begin(CampaignRequest(kinds=("runs",), name="winter"), tmp_path, TUESDAY).began.startswith(
        "2026-11-30"
    )
    with pytest.raises(BoardBenchmarkError, match="winter measures something else"):
        folders.begin(CampaignRequest(kinds=("cnn",), name="winter"), tmp_path, MONDAY)


@pytest.mark.parametrize("name", ["../up", "Upper", "-dash", "a" * 70, "with space"])
def test_a_name_that_is_no_folder_is_refused(tmp_path, name):
    with pytest.raises(BoardBenchmarkError, match="invalid name"):
        folders.begin(CampaignRequest(kinds=("runs",), name=name), tmp_path, MONDAY)


@pytest.mark.parametrize("text", ["", "[]", '{"schema": "other"}'])
def test_a_folder_that_holds_no_campaign_is_refused(tmp_path, text):
    (tmp_path / "campaign.json").write_text(text)
    with pytest.raises(BoardBenchmarkError):
        folders.load(tmp_path)


def test_the_last_report_is_of_the_newest_earlier_campaign_with_a_common_part(tmp_path):
    first = folders.begin(CampaignRequest(kinds=("runs",), name="a"), tmp_path, TUESDAY)
    ended(first, began="then")
    other = folders.begin(CampaignRequest(kinds=("cnn",), name="b"), tmp_path, TUESDAY + datetime.timedelta(hours=1))
    ended(other)
    now = folders.begin(CampaignRequest(kinds=("runs",), name="c"), tmp_path, MONDAY)
    assert folders.last_report(now)["campaign"] == "a"
    assert json.loads((now.folder / "last.json").read_text())["campaign"] == "a"


def test_a_campaign_that_was_moved_keeps_its_last_report(tmp_path):
    now = folders.begin(CampaignRequest(kinds=("runs",), name="c"), tmp_path, MONDAY)
    assert folders.last_report(now) is None
    (now.folder / "last.json").write_text('{"campaign": "a"}')
    assert folders.last_report(now) == {"campaign": "a"}
