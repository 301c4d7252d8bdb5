"""Campaigns on the control machine: one folder each, with the plan, what boards brought, and the reports.

campaign.json              name, beginning, parts, what was asked for
boards/HOST/asked.json     the board was chosen, whether or not it ever answered
boards/HOST/said.json      how the benchmark ended there
boards/HOST/board.json     what happened there; PART.json: the record of each part
last.json                  the report of the campaign before, to compare with
report.json, KIND/         the report: numbers, and pages for each kind of board
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fleet.campaigns.request import CampaignRequest, Part
from fleet.core.errors import BoardBenchmarkError
from fleet.core.files import ROOT, write_whole

OUT = ROOT / "build" / "benchmarks"
SCHEMA = "nano-ocr/campaign/1"
_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,60}")


@dataclass(frozen=True)
class Campaign:
    """A folder with its campaign.json."""

    folder: Path
    content: dict[str, Any]

    @property
    def name(self) -> str:
        """The name, which is also that of the folder."""
        return str(self.content["name"])

    @property
    def began(self) -> str:
        """When it began, UTC."""
        return str(self.content["began"])

    @property
    def on_boards(self) -> str:
        """The name of its folder on boards: a later campaign of the same name never takes its records."""
        return f"{self.name}-{re.sub('[^0-9]', '', self.began)}"

    @property
    def parts(self) -> list[Part]:
        """What every board measures."""
        return list(self.content["parts"])

    @property
    def boards(self) -> Path:
        """The folder of what boards brought."""
        return self.folder / "boards"

    @property
    def report(self) -> Path:
        """The numbers of the report."""
        return self.folder / "report.json"

    def is_complete(self) -> bool:
        """Whether every board that was ever chosen has measured everything, by the last report."""
        return self.report.is_file() and bool(json.loads(self.report.read_text(encoding="utf-8"))["complete"])


def load(folder: Path) -> Campaign:
    """The campaign in a folder. Raises BoardBenchmarkError."""
    try:
        content = json.loads((folder / "campaign.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BoardBenchmarkError(f"{folder} holds no campaign: {error}", "a folder with campaign.json") from error
    if not isinstance(content, dict) or content.get("schema") != SCHEMA:
        raise BoardBenchmarkError(f"{folder / 'campaign.json'} has another schema", SCHEMA)
    return Campaign(folder, content)


def campaigns(out: Path = OUT) -> list[Campaign]:
    """All campaigns, the newest last."""
    found = [load(path.parent) for path in out.glob("*/campaign.json")]
    return sorted(found, key=lambda campaign: (campaign.began, campaign.name))


def begin(request: CampaignRequest, out: Path = OUT, now: datetime.datetime | None = None) -> Campaign:
    """The campaign that this request continues, or a new one.

    Without a name, an unfinished campaign with the same parts goes on, and so does one of today. Raises
    BoardBenchmarkError for a name that cannot be used, or whose campaign measures something else.
    """
    now = now or datetime.datetime.now(datetime.timezone.utc)
    parts = request.parts()
    present = campaigns(out)
    if request.name:
        return _named(request, parts, present, out, now)
    today = now.strftime("%Y-%m-%d")
    for campaign in reversed(present):
        same = campaign.parts == parts and not request.again
        if same and (not campaign.is_complete() or campaign.began.startswith(today)):
            return campaign
    taken = {campaign.name for campaign in present}
    free = (f"{today}-{number}" if number > 1 else today for number in range(1, len(taken) + 2))
    return _new(next(name for name in free if name not in taken), parts, request, out, now)


def _named(
    request: CampaignRequest, parts: list[Part], present: Sequence[Campaign], out: Path, now: datetime.datetime
) -> Campaign:
    if not _NAME.fullmatch(request.name):
        raise BoardBenchmarkError(f"invalid name of a campaign: {request.name!r}", "lower case, digits, . and -")
    found = next((campaign for campaign in present if campaign.name == request.name), None)
    if found is None:
        return _new(request.name, parts, request, out, now)
    if found.parts != parts:
        told = ", ".join(part["name"] for part in found.parts)
        raise BoardBenchmarkError(
            f"the campaign {found.name} measures something else", told, "give the same options, or another --campaign"
        )
    return found


def _new(name: str, parts: list[Part], request: CampaignRequest, out: Path, now: datetime.datetime) -> Campaign:
    folder = out / name
    began = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    content: dict[str, Any] = {"schema": SCHEMA, "name": name, "began": began, "command": request.command()}
    content.update(note=request.note, parts=parts)
    write_whole(folder / "campaign.json", json.dumps(content, indent=1) + "\n")
    return Campaign(folder, content)


def last_report(campaign: Campaign) -> dict[str, Any] | None:
    """The report of the newest campaign before this one that shares a part with it; None without one.

    It is copied into the campaign's folder, which is complete in itself.
    """
    kept = campaign.folder / "last.json"
    names = {part["name"] for part in campaign.parts}
    for earlier in reversed([entry for entry in campaigns(campaign.folder.parent) if entry.began < campaign.began]):
        if earlier.report.is_file() and names & {part["name"] for part in earlier.parts}:
            write_whole(kept, earlier.report.read_bytes())
            break
    return json.loads(kept.read_text(encoding="utf-8")) if kept.is_file() else None
