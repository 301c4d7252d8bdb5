"""Action `release_votes`: counts which hosts of a group have proved a release, from what each host registered."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase

sys.path.append(str(Path(__file__).resolve().parents[1]))
from rules import deployment

DOCUMENTATION = """
name: release_votes
short_description: name the hosts of a group that have not proved a release
description: Reads the variable release_vote, the registered answer of release_wait, of every host in the play.
options: {}
"""


class ActionModule(ActionBase):
    """Returns `unproven`. Runs on the control machine alone."""

    TRANSFERS_FILES = False
    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        del tmp
        known = task_vars or {}
        votes = {host: known["hostvars"][host].get("release_vote") or {} for host in known["ansible_play_hosts_all"]}
        return {**result, "changed": False, "unproven": deployment.unproven(votes)}
