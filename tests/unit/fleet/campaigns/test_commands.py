"""The command: what the playbook is told, and how it ends."""

import json

import pytest

from fleet.campaigns import commands
from fleet.campaigns.request import CampaignRequest
from fleet.core.errors import BoardBenchmarkError
from tests.unit.fleet.campaigns import made

ASKED = CampaignRequest(
    "nanos", "inventory.ini", kinds=("runs",), readers=("codes",), engines=("onnxruntime",), at_once=1
)
RUN = {made.RUN: made.run()}


def playing(told, code=0, **boards):
    """A playbook that brings these boards: host -> arguments of made.write_board, or None."""

    def play(name, settings, hosts):
        campaign = json.loads(settings.read_text())["benchmark_campaign"]
        told.append((name, hosts.limit, hosts.inventory, json.loads(settings.read_text())))
        for host, given in boards.items():
            made.write_board(commands.Path(campaign["records"]), host.replace("_", "-"), **given)
        return code

    return play


def run(tmp_path, play, asked=ASKED, **more):
    said = []
    commands.main(asked, out=tmp_path, say=said.append, play=play, **more)
    return "\n".join(said)


def test_the_playbook_gets_campaign_and_hosts_and_the_report_is_written(tmp_path):
    told = []
    said = run(tmp_path, playing(told, nano_1={"records": RUN}, nano_2={"records": RUN}))
    ((name, limit, inventory, settings),) = told
    assert (name, limit, inventory, settings["benchmark_at_once"]) == ("benchmark", "nanos", "inventory.ini", 1)
    assert [part["name"] for part in settings["benchmark_campaign"]["parts"]] == [made.RUN]
    assert "nothing is to be said about 2 of 2 boards" in said and "jetson-nano/report.md" in said


def test_a_board_that_lacks_a_part_is_an_error_after_the_report(tmp_path):
    play = playing([], code=2, nano_1={"records": RUN}, nano_2={"records": {}})
    with pytest.raises(BoardBenchmarkError, match="not everything was measured on nano-2"):
        run(tmp_path, play)
    assert json.loads(next(tmp_path.glob("*/report.json")).read_text())["complete"] is False


def test_no_board_at_all_is_an_error(tmp_path):
    with pytest.raises(BoardBenchmarkError, match="no board was chosen"):
        run(tmp_path, playing([], code=4))


def test_a_playbook_that_failed_is_an_error_even_if_earlier_records_are_complete(tmp_path):
    run(tmp_path, playing([], nano_1={"records": RUN}))
    with pytest.raises(BoardBenchmarkError, match="the playbook ended with 4"):
        run(tmp_path, playing([], code=4))


def test_report_measures_nothing(tmp_path):
    run(tmp_path, playing([], nano_1={"records": RUN}))
    told = []
    run(tmp_path, playing(told), report_only=True)
    assert told == []
    with pytest.raises(BoardBenchmarkError, match="no campaign other"):
        run(tmp_path, playing(told), CampaignRequest(name="other"), report_only=True)


def test_publish_copies_the_campaign(tmp_path):
    run(tmp_path / "out", playing([], nano_1={"records": RUN}), publish="boards", results=tmp_path / "results")
    assert (tmp_path / "results" / "boards" / "jetson-nano" / "report.md").is_file()
