"""`./inv benchmark --limit HOSTS`: measures on boards, fetches the records, and reports."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path

from fleet.campaigns import findings, folders, report
from fleet.campaigns.folders import OUT, Campaign
from fleet.campaigns.records import read_boards
from fleet.campaigns.request import CampaignRequest
from fleet.core.errors import BoardBenchmarkError
from fleet.core.files import ROOT, write_whole
from fleet.release import deployment
from fleet.rollout.request import DeployRequest

log = logging.getLogger(__name__)

RESULTS = ROOT / "docs" / "results"
Say = Callable[[str], None]
Play = Callable[[str, Path, DeployRequest], int]


def main(
    request: CampaignRequest,
    publish: str = "",
    report_only: bool = False,
    out: Path = OUT,
    results: Path = RESULTS,
    say: Say = print,
    play: Play = deployment.play,
) -> int:
    """Measure on the chosen boards, or only report again. Returns 0.

    ``publish``: the name of a folder in docs/results/ for campaign and report. Raises BoardBenchmarkError if a board
    delivered no usable record of something that was asked for; the report is written all the same.
    """
    campaign = _existing(request, out) if report_only else folders.begin(request, out)
    say(f"campaign {campaign.name}: {len(campaign.parts)} parts on each board; {campaign.folder}")
    code = 0 if report_only else play("benchmark", _settings(campaign, request), _hosts(request))
    summary = report.write(campaign)
    pages = [str(path) for path in sorted(campaign.folder.glob("*/report.md"))]
    say("\n".join(["", *report.lines(summary), "", *pages]))
    if publish:
        report.publish(campaign, results / publish)
        say(f"published: docs/results/{publish}")
    _judge(campaign, code)
    return 0


def _existing(request: CampaignRequest, out: Path) -> Campaign:
    """The campaign of that name, or the newest one."""
    present = [campaign for campaign in folders.campaigns(out) if request.name in ("", campaign.name)]
    if not present:
        raise BoardBenchmarkError(
            f"no campaign {request.name}".rstrip(), f"a folder in {out}", "./inv benchmark --limit HOSTS"
        )
    return present[-1]


def _settings(campaign: Campaign, request: CampaignRequest) -> Path:
    """The settings of the playbook, in the folder of the campaign."""
    told = {"name": campaign.name, "folder": campaign.on_boards, "parts": campaign.parts, "again": request.again}
    told["records"] = str(campaign.boards.absolute())
    path = campaign.folder / "settings.json"
    variables = {"benchmark_campaign": told, "benchmark_at_once": request.at_once}
    write_whole(path, json.dumps(variables, indent=1) + "\n")
    return path


def _hosts(request: CampaignRequest) -> DeployRequest:
    return DeployRequest(request.inventory, request.limit)


def _judge(campaign: Campaign, code: int) -> None:
    """Raises BoardBenchmarkError unless everything that was asked for was measured."""
    boards = read_boards(campaign.boards)
    if not boards:
        raise BoardBenchmarkError(f"no board was chosen (exit code {code})", "hosts of the inventory", "--limit HOSTS")
    lacking = [own for own in findings.delivery(boards, campaign.parts) if own.what in findings.UNMEASURED]
    hosts = dict.fromkeys(own.host for own in lacking)
    if lacking:
        what = f"not everything was measured on {', '.join(hosts)}"
        raise BoardBenchmarkError(what, "every part on every board", "see the table, then give the same command again")
    if code:
        what = f"the playbook ended with {code}, so some records may be of an earlier run"
        raise BoardBenchmarkError(what, "exit code 0", "see its table above; the same command goes on from here")
