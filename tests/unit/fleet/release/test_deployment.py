"""Deployments without a network: what a status means, the stop rule, the report, what nodes are sent."""

import json
import os

import pytest
from release_image import write_bundle

from fleet.core.errors import DeployError
from fleet.release import bundle
from fleet.release import deployment as deploy
from fleet.rollout import replay_gate
from fleet.rollout.request import DeployRequest
from node_agent.release import manifest
from ocr_app.replay.comparing import KINDS
from ocr_app.replay.summary import SCHEMA


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


def test_a_release_without_the_replay_that_the_rules_demand_reaches_no_board(tmp_path, monkeypatch):
    path, trusted = write_bundle(tmp_path, ({"etc/passwd": b""},), {"r.yaml": ""})
    rules = tmp_path / "rules.toml"
    rules.write_text(replay_gate.RULES.read_text().replace("required = false", "required = true"))
    rolled = []
    monkeypatch.setattr(deploy, "roll_out", lambda *arguments, **more: rolled.append(arguments) or 0)
    with pytest.raises(DeployError, match="no replay of this release"):
        deploy.deploy(path, trusted, DeployRequest(rules=rules), tmp_path / "out")
    assert not (tmp_path / "out").exists() and rolled == []
    identity = bundle.verify(path, bundle.trusted_keys(trusted))[0].id
    kinds = dict.fromkeys(KINDS, 0)
    against = {"kind": "release", "name": "ocr-app 1.0", "digest": identity, "recipe": "r.yaml"}
    record = {"schema": SCHEMA, "against": against, "complete": True, "pictures": 100, "done": 100}
    report = tmp_path / "report.json"
    report.write_text(json.dumps({**record, "kinds": {**kinds, "same": 100}}))
    said = []
    request = DeployRequest(rules=rules, replay=report)
    assert deploy.deploy(path, trusted, request, tmp_path / "out", say=said.append) == 0
    assert len(rolled) == 1 and said[-1] == "replay of 100 pictures: 100 is judged as before"
    assert [file.read_text() for file in (tmp_path / "out").glob("*/replay.txt")] == [said[-1] + "\n"]
    report.write_text(json.dumps({**record, "kinds": {**kinds, "same": 99, "new-pass": 1}}))
    with pytest.raises(DeployError, match="1 rejected pictures pass now"):
        deploy.deploy(path, trusted, request, tmp_path / "out")
