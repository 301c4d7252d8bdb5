"""`ocr-app benchmark campaign`."""

import json

import pytest

from ocr_app.benchmark.campaign import board
from ocr_app.cli.main import main
from tests.unit.ocr_app.benchmark.campaign.test_plan import written

RECORD = {"parts": [{"name": "a", "status": "done", "kept": True, "seconds": 3.2, "found": None}]}


def answer(monkeypatch, *statuses):
    parts = [dict(RECORD["parts"][0], status=status, kept=False, found="odd") for status in statuses]
    monkeypatch.setattr(board, "measure", lambda plan, folder, report: {"parts": parts})


@pytest.mark.parametrize(("statuses", "code"), [(["done", "cannot"], 0), (["done", "failed"], 3)])
def test_a_failed_part_shows_in_the_exit_code(tmp_path, monkeypatch, capsys, statuses, code):
    answer(monkeypatch, *statuses)
    assert main(["benchmark", "campaign", written(tmp_path), "--out", str(tmp_path)]) == code
    assert statuses[1] in capsys.readouterr().out


def test_json_is_the_record(tmp_path, monkeypatch, capsys):
    answer(monkeypatch, "done")
    assert main(["benchmark", "campaign", written(tmp_path), "--out", str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["parts"][0]["status"] == "done"


def test_restart_only_restarts(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(board, "restart", lambda folder, locks, report: asked.append((folder, locks)))
    assert main(["benchmark", "campaign", written(tmp_path), "--out", str(tmp_path), "--restart"]) == 0
    assert asked == [(str(tmp_path), "/run/locks")]


def test_a_file_that_is_no_plan_is_wrong_usage(tmp_path, capsys):
    assert main(["benchmark", "campaign", str(tmp_path / "none.json"), "--out", str(tmp_path)]) == 2
    assert "a plan that ./inv benchmark" in capsys.readouterr().err
