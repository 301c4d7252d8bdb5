"""The unit templates: what the plays fill in, and the lines that promises hang on."""

import os
import re

import node_agent

UNITS = os.path.join(os.path.dirname(node_agent.__file__), "units")


def text(name):
    with open(os.path.join(UNITS, name), encoding="utf-8") as stream:
        return stream.read()


def test_only_the_agent_starts_the_application():
    assert "[Install]" not in re.sub(r"#.*", "", text("nano-ocr.service.in"))
    assert "WantedBy=multi-user.target" in text("nano-ocr-agent.service.in")


def test_the_container_may_do_next_to_nothing():
    words = text("nano-ocr.service.in")
    for option in ("--read-only", "--cap-drop ALL", "no-new-privileges", "--user", "--pids-limit"):
        assert option in words, option


def test_every_place_to_fill_in_is_known():
    known = {
        "RESTARTS", "RESTART_WINDOW_S", "UID", "GID", "RUNTIME_FLAG", "MEMORY", "DATA_FOLDER", "DEVICES", "NETWORK",
        "AGENT_FOLDER", "PYTHON", "STILL_S", "ARGUMENTS", "WATCH_S", "NAME",
    }  # fmt: skip
    found = {place for name in os.listdir(UNITS) for place in re.findall(r"@(\w+)@", text(name))}
    assert found == known
