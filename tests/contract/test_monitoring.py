"""Alerts and dashboard ask for metrics and label values that a live line really has."""

import json
import re
from pathlib import Path

import pytest
import yaml
from alert_rules import check_and_try

from ocr_app.line.health.reasons import REASONS
from ocr_app.line.health.status import ServiceStatus
from ocr_app.line.live import LiveLine
from ocr_app.line.reading.jobs import JobQueue
from ocr_app.line.settings.service import load

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "how-to" / "monitoring"
LINE = """
recipe: {{file: {recipe}}}
journal: {{folder: journal, board: b}}
source: {{kind: http}}
mqtt: {{host: 127.0.0.1, port: 1}}
webhook: {{url: "http://127.0.0.1:1/"}}
upload: {{url: "http://127.0.0.1:1/"}}
plc: {{address: "127.0.0.1:1"}}
"""
_NAME = re.compile(r"\bnano_ocr_\w+")
_LABEL = re.compile(r'(\w+)(?:=~?|!=~?)"([^"$]*)"')


def expressions():
    rules = yaml.safe_load((FOLDER / "nano-ocr.rules.yaml").read_text(encoding="utf-8"))
    found = [rule["expr"] for group in rules["groups"] for rule in group["rules"]]
    board = json.loads((FOLDER / "nano-ocr.dashboard.json").read_text(encoding="utf-8"))
    found += [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    return found + [each["query"] for each in board["templating"]["list"] if each["type"] == "query"]


@pytest.fixture(scope="module")
def samples(tmp_path_factory):
    """Name -> the labels of each sample, of a line with every output."""
    folder = tmp_path_factory.mktemp("line")
    (folder / "line.yaml").write_text(LINE.format(recipe=ROOT / "recipes" / "dates.yaml"))
    status = ServiceStatus()
    line = LiveLine(load(str(folder / "line.yaml")), status, JobQueue(8), "1")
    try:
        text = status.metrics.text(status.snapshot(), 0, 1, "1")
    finally:
        line.end()
    found = {}
    for name, labels in re.findall(r"^(nano_ocr_\w+)(?:\{(.*)\})? ", text, re.M):
        found.setdefault(name, []).append(dict(re.findall(r'(\w+)="([^"]*)"', labels)))
    families = re.findall(r"^# TYPE (\S+) gauge", text, re.M)
    limits = [{"limit": limit} for limit in ("pass", "reject", "disk")]  # they come with the first pictures
    found.update({name: limits for name in families if name == "nano_ocr_picture_days_left"})
    assert len(found) > 30
    return found


@pytest.mark.parametrize("expression", expressions())
def test_every_metric_and_label_is_one_that_the_service_has(samples, expression):
    names = set(_NAME.findall(expression))
    assert names <= set(samples), names - set(samples)
    known = {}
    for name in names:
        for labels in samples[name]:
            for label, value in labels.items():
                known.setdefault(label, set()).add(value)
    for label, value in _LABEL.findall(expression):
        if label not in ("job", "instance"):
            assert value in known[label], (label, value)


def test_every_reason_that_stops_a_line_has_an_alert():
    rules = (FOLDER / "nano-ocr.rules.yaml").read_text(encoding="utf-8")
    asked = set(re.findall(r'reason="(\w+)"', rules))
    assert {"journal_lost", "camera_lost"} <= asked <= set(REASONS)


def test_every_alert_says_what_to_do():
    rules = yaml.safe_load((FOLDER / "nano-ocr.rules.yaml").read_text(encoding="utf-8"))
    for rule in rules["groups"][0]["rules"]:
        assert rule["annotations"]["todo"].endswith(".") and "$labels.instance" in rule["annotations"]["summary"]
        assert rule["labels"]["severity"] in ("critical", "warning")


def test_prometheus_takes_the_rules_and_they_fire_as_their_tests_say():
    check_and_try(FOLDER, "nano-ocr")
