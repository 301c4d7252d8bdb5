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


def test_transient_units_are_given_only_what_systemd_237_takes():
    """SuccessExitStatus and others came to `systemd-run --property` later; in unit files they are older."""
    tasks = [path.read_text() for path in ROLE.parent.glob("*/tasks/*.yml") if "systemd-run" in path.read_text()]
    given = {name for text in tasks for name in re.findall(r"--property=(\w+)", text)}
    assert len(tasks) >= 3 and given == {"TimeoutStopSec", "Nice"}


def test_only_a_folder_of_the_board_itself_is_a_trusted_source():
    """`[trusted=yes]` on a source of the network would install whatever comes."""
    files = [path for path in ROLE.parent.rglob("*") if path.is_file() and path.suffix in (".j2", ".yml", ".list")]
    lines = [line for path in files for line in path.read_text().splitlines() if "trusted=" in line]
    assert lines and all(line.startswith("deb [trusted=yes] file:") for line in lines)
