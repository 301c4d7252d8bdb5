"""The templates of the units: what the role fills in, and the lines that promises depend on."""

import re
from pathlib import Path

import jinja2
import pytest
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
    lines = {"release_line", "release_line_files", "release_network", "release_devices", "release_arguments"}
    private = {"_release_plan", "_release_line", "_release_line_folder"}
    others = {"release_keys", "release_app_command", "release_python", "release_rotate_always",
              "release_rotate_patience_s"}  # fmt: skip
    assert found == settings - others - lines | private


@pytest.fixture
def filled():
    """The unit of the application with the defaults of the role, for the container of a line or of none."""

    def fill(line):
        known = yaml.safe_load((ROLE / "defaults" / "main.yml").read_text())
        known.update(
            _release_plan={"folder": "/agent", "python": "/usr/bin/python3.6"},
            _release_line=line,
            _release_line_folder="/etc/nano-ocr/line",
        )
        return (
            jinja2.Environment(undefined=jinja2.StrictUndefined).from_string(text("nano-ocr.service.j2")).render(known)
        )

    return fill


def test_without_a_line_the_service_is_as_ever(filled):
    found = filled({"network": "none", "options": [], "file": ""})
    assert "line check" not in found and "--network none --read-only --tmpfs /tmp --cap-drop ALL" not in found
    assert (
        "--group-add 44 ${NANO_OCR_IMAGE} \\\n    serve --listen unix:/run/nano-ocr/reader.sock --packs engines\n"
        in found
    )


def test_a_line_is_checked_before_it_runs_with_what_it_asks_for(filled):
    file = "/etc/nano-ocr/line/line.yaml"
    found = filled({"network": "bridge", "options": ["--publish", "502:502"], "file": file})
    check, run = (part for part in found.split("ExecStart") if "docker run" in part)
    assert check.startswith("Pre=/usr/bin/docker run --rm --network none ")
    assert check.rstrip().endswith(f"line check --offline {file}") and "--publish" not in check
    assert "--network bridge" in run and "--group-add 44 --publish 502:502 ${NANO_OCR_IMAGE}" in run
    assert f"serve {file} --listen unix:/run/nano-ocr/reader.sock --packs engines\n" in run


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
