"""What an operator asks of a deployment."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class DeployRequest:
    """How to deploy. ``batch`` lists the hosts per batch, as numbers or percentages. Times are in seconds.

    ``replay``: report.json of a replay against the release, None without; ``rules``: what a deployment demands, None
    for fleet/rollout/rules.toml.
    """

    inventory: str = ""
    limit: str = ""
    canary: str = "canary"
    together: str = ""
    batch: tuple[str, ...] = ("10%", "25%")
    max_failures: int = 0
    wait_for_line_s: float = 0.0
    downgrade: str = ""
    again: str = ""
    reach_s: float = 60.0
    lost_s: float = 600.0
    more: tuple[str, ...] = field(default=())
    replay: Path | None = None
    rules: Path | None = None
