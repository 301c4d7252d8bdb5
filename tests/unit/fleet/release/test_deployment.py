"""Deployments without a network: what a status means, the stop rule, the report, what nodes are sent."""

import json
import os

import pytest

from fleet.core.errors import DeployError
from fleet.release import (
    deployment as deploy,
)
from fleet.rollout.request import DeployRequest
from node_agent.release import manifest


def test_a_rollback_wants_hosts_and_a_reason(tmp_path):
    with pytest.raises(DeployError, match="--reason is missing"):
        deploy.roll_back("", DeployRequest(limit="n1"), tmp_path)
    with pytest.raises(DeployError, match="no hosts named"):
        deploy.roll_back("a reason", DeployRequest(), tmp_path)


def test_the_token_is_kept_and_is_nobody_elses(tmp_path, monkeypatch):
    monkeypatch.setattr(deploy, "cut", lambda path, found, target: target.write_text("slim"))
    bounds = manifest.GateLimits(1, 2, 3, 4, 1, 5, 0)
    found = manifest.ReleaseManifest("n" * 64, "ocr-app", "2/x", 2, 0, "", "", "", "", 0, [], [], [], bounds, [])
    folder = deploy.prepare(tmp_path / "bundle", found, DeployRequest(together="line_a"), tmp_path)
    assert folder.name == "2_x-" + "n" * 12 and os.stat(folder / "token").st_mode & 0o777 == 0o600
    first = json.loads((folder / "settings.json").read_text())
    deploy.prepare(tmp_path / "bundle", found, DeployRequest(together="line_a"), tmp_path)
    again = json.loads((folder / "settings.json").read_text())
    assert first == again and first["deploy_patience_s"] == 613
    assert (folder / "token").read_text() not in json.dumps(first)
