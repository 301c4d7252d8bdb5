"""The files for Node-RED and Home Assistant use topics and keys that a line really sends."""

import json
import re
from pathlib import Path

import yaml

from ocr_app.line.journal.rows import PartRow
from ocr_app.line.outputs.mqtt import OFFLINE, Topics, message_of

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "how-to" / "site"
ROW = PartRow(1, "b-0-1", "b", "0", "frame", "", "", 1.0, None, 1.0, 1.0, True, "pass")
KEYS = set(json.loads(message_of(ROW, None)))


def test_home_assistant_hears_what_is_sent():
    text = (FOLDER / "home-assistant.yaml").read_text(encoding="utf-8")
    triggers = [trigger for automation in yaml.safe_load(text) for trigger in automation["triggers"]]
    assert (
        {trigger["topic"].rsplit("/", 1)[1] for trigger in triggers} == {"part", "availability"} <= set(Topics._fields)
    )
    used = set(re.findall(r"(?:value_json|payload_json)\.(\w+)", text))
    assert used and used <= KEYS
    assert triggers[1]["payload"] == OFFLINE


def test_node_red_hears_what_is_sent():
    text = (FOLDER / "nano-ocr.flow.json").read_text(encoding="utf-8")
    topics = {node["topic"] for node in json.loads(text) if node["type"] == "mqtt in"}
    assert topics == {"nano-ocr/+/part", "nano-ocr/+/availability"} and "/resend" in text
    used = set(re.findall(r"payload\.(\w+)", text))
    assert used and used <= KEYS
