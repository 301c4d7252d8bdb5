"""The templates of the units: what the role fills in, and the lines that promises depend on."""

import re
from pathlib import Path

import yaml

ROLE = Path(__file__).resolve().parents[5] / "ansible" / "roles" / "release"
UNITS = sorted(ROLE.glob("templates/*.service.j2")) + sorted(ROLE.glob("templates/*.timer.j2"))


def text(name):
    return (ROLE / "templates" / name).read_text()


def test_only_the_agent_starts_the_application():
    assert "[Install]" not in re.sub(r"#.*", "", text("nano-ocr.service.j2"))
    assert "WantedBy=multi-user.target" in text("nano-ocr-agent.service.j2")


def test_the_container_may_do_next_to_nothing():
    words = text("nano-ocr.service.j2")
    for option in ("--read-only", "--cap-drop ALL", "no-new-privileges", "--user", "--pids-limit"):
        assert option in words, option


def test_everything_filled_in_is_a_setting_of_the_role():
    settings = set(yaml.safe_load((ROLE / "defaults" / "main.yml").read_text()))
    found = {name for unit in UNITS for name in re.findall(r"{{ (\w+)", unit.read_text())}
    assert found == settings - {"release_keys", "release_app_command"} | {"_release_plan"}


def test_no_place_of_the_old_form_is_left():
    assert [unit.name for unit in UNITS if re.search(r"@\w+@", unit.read_text())] == []
