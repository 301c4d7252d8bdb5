"""The systemd unit of a line on a plain computer."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from ocr_app.cli import main
from ocr_app.cli.line import install
from ocr_app.core.errors import UsageError

LINE = "recipe: {file: r.yaml}\njournal: {folder: journal}\nsource: {kind: folder, path: in}\n"


@pytest.fixture
def line(tmp_path):
    """(more settings) -> the path of a settings file in a folder whose name is hard to quote."""

    def make(more=""):
        folder = tmp_path / "a line 5%"
        folder.mkdir(exist_ok=True)
        (folder / "r.yaml").write_text("name: a\ncodes: [{name: b, lines: [{name: c, fields: [{digits: 1}]}]}]\n")
        (folder / "line.yaml").write_text(LINE + more)
        return str(folder / "line.yaml")

    return make


@pytest.fixture
def folders(tmp_path, monkeypatch):
    for name in ("UNITS", "USERS"):
        (tmp_path / name).mkdir()
        monkeypatch.setattr(install, name, str(tmp_path / name))
    return tmp_path


def unit_in(text):
    return dict(line.split("=", 1) for line in text.splitlines() if "=" in line and not line.startswith("#"))


def test_it_shows_both_files_and_what_comes_next_and_writes_nothing(line, folders, capsys):
    assert main.main(["line", "install", line()]) == 0
    said = capsys.readouterr().out
    assert "ocr-line.service" in said and "u ocr-line - " in said and "systemctl enable --now ocr-line" in said
    assert os.listdir(str(folders / "UNITS")) == os.listdir(str(folders / "USERS")) == []


def test_only_what_the_line_writes_to_may_be_written(line, folders, capsys):
    path = line()
    main.main(["line", "install", path])
    found, folder = unit_in(capsys.readouterr().out), os.path.dirname(path).replace("%", "%%")
    assert found["ReadWritePaths"] == '"{0}/journal" "{0}/in"'.format(folder)
    assert found["ExecStart"].endswith(' -m ocr_app serve "{}/line.yaml"'.format(folder))
    assert found["ProtectSystem"] == "strict" and found["NoNewPrivileges"] == "yes"
    assert found["CapabilityBoundingSet"] == "" and "SupplementaryGroups" not in found


def test_a_low_port_is_the_only_right_and_pins_a_group(line, folders, capsys):
    more = 'modbus: {listen: "0.0.0.0:502"}\nreject: {gpio: jetson, pin: 11}\n'
    main.main(["line", "install", line(more)])
    found = unit_in(capsys.readouterr().out)
    assert found["CapabilityBoundingSet"] == found["AmbientCapabilities"] == "CAP_NET_BIND_SERVICE"
    assert found["SupplementaryGroups"] == "gpio" and found["ProtectClock"] == "no"


@pytest.mark.parametrize(
    "kind,groups,families",
    [("usb", "video", "AF_UNIX AF_INET AF_INET6"), ("gige", None, "AF_UNIX AF_INET AF_INET6 AF_NETLINK")],
)
def test_a_camera_has_what_it_needs_and_no_more(line, folders, capsys, kind, groups, families):
    path = line("parts: {policy: latest}\n")
    text = re.sub("source: [^\n]*", "source: {kind: " + kind + "}", Path(path).read_text())
    Path(path).write_text(text)
    assert main.main(["line", "install", path]) == 0
    found = unit_in(capsys.readouterr().out)
    assert found.get("SupplementaryGroups") == groups and found["RestrictAddressFamilies"] == families
    assert (
        found["ProtectClock"] == ("no" if groups else "yes") and "GST_REGISTRY=/run/ocr-line/" in found["Environment"]
    )


def test_it_writes_once_and_never_over_another_file(line, folders, capsys):
    path = line()
    assert main.main(["line", "install", path, "--write"]) == 0
    unit = folders / "UNITS" / "ocr-line.service"
    text = unit.read_text()
    assert main.main(["line", "install", path, "--write"]) == 0 and "is there already" in capsys.readouterr().out
    unit.write_text(text + "# mine\n")
    assert main.main(["line", "install", path, "--write"]) == UsageError.exit_code
    assert unit.read_text().endswith("# mine\n")


@pytest.mark.parametrize("wrong", [["--name", "../x"], ["--user", "Root 1"]])
def test_names_that_systemd_does_not_take_are_refused(line, folders, wrong):
    assert main.main(["line", "install", line(), *wrong]) == UsageError.exit_code


def test_a_service_without_a_line_is_refused(folders):
    path = folders / "serve.yaml"
    path.write_text("{}\n")
    assert main.main(["line", "install", str(path)]) == UsageError.exit_code


def analyze(*arguments):
    """(exit code, what it says) of systemd-analyze; skips where there is none that can do this."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd-analyze here; apt-get install systemd")
    command = ["systemd-analyze"] + list(arguments)
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    said = done.stdout.decode("utf-8")
    if "unrecognized option" in said:
        pytest.skip("this systemd-analyze is too old")
    return done.returncode, said


def test_systemd_finds_it_hardened(line, folders):
    assert main.main(["line", "install", line(), "--write"]) == 0
    unit = str(folders / "UNITS" / "ocr-line.service")
    code, said = analyze("security", "--offline=true", "--no-pager", "--threshold=40", unit)
    assert code == 0, said


def test_systemd_takes_the_unit(line, folders):
    assert main.main(["line", "install", line('modbus: {listen: "0.0.0.0:502"}\n'), "--write"]) == 0
    unit = str(folders / "UNITS" / "ocr-line.service")
    code, said = analyze("verify", "--man=no", unit)
    assert code == 0 and "ocr-line" not in said, said
