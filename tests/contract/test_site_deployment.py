"""The files that install the site fit its program, its metrics and each other."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from alert_rules import check_and_try

from fleet.environments.steps import python_of
from fleet.site import settings
from fleet.site.metrics import SiteMetrics
from tests.conftest import absent

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "how-to" / "site"
UNITS = ("nano-ocr-site-collect@.service", "nano-ocr-site-page.service")


def read(name):
    return (FOLDER / name).read_text(encoding="utf-8")


def test_the_settings_to_copy_are_settings():
    assert settings.load(str(FOLDER / "site.yaml")).collect.group == "site"


def test_alerts_ask_for_metrics_that_a_collector_has():
    known = {sample.name for family in SiteMetrics().registry.collect() for sample in family.samples}
    rules = [rule for group in yaml.safe_load(read("nano-ocr-site.rules.yaml"))["groups"] for rule in group["rules"]]
    assert len(rules) >= 8
    for rule in rules:
        assert set(re.findall(r"nano_ocr_site_\w+", rule["expr"])) <= known, rule["alert"]
        assert rule["annotations"]["todo"].endswith(".") and rule["labels"]["severity"] in ("critical", "warning")


def test_prometheus_takes_the_rules_and_they_fire_as_their_tests_say():
    check_and_try(FOLDER, "nano-ocr-site")


def test_prometheus_takes_its_configuration():
    if shutil.which("promtool") is None:
        absent("promtool", "apt-get install prometheus")
    command = ["promtool", "check", "config", "--syntax-only", str(FOLDER / "prometheus.yml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", UNITS)
def test_units_run_verbs_that_the_program_has(name):
    (command,) = re.findall(r"^ExecStart=(.+)$", read(name), re.M)
    verb = re.search(r"-m fleet.site (\w+) --settings", command)
    assert verb and verb[1] in ("collect", "page")
    assert "ProtectSystem=strict" in read(name) and "NoNewPrivileges=true" in read(name)
    assert name in read("install-site.yml")


def test_the_play_installs_what_the_list_of_packages_says():
    assert {"postgresql", "mosquitto"} <= set(read("packages.txt").split())
    assert "packages.txt" in read("install-site.yml")


def test_ansible_takes_the_play(tmp_path):
    folder = python_of("ansible", ROOT).parent
    if not (folder / "ansible-lint").is_file():
        absent("the environment ansible", "./inv envs --name ansible")
    environ = dict(os.environ, PATH=f"{folder}:{os.environ['PATH']}", NO_COLOR="1", ANSIBLE_HOME=str(tmp_path))
    for command in (
        ["ansible-lint", "--offline", "--profile", "production", "install-site.yml"],
        ["ansible-playbook", "--syntax-check", "-i", "host,", "install-site.yml"],
    ):
        done = subprocess.run(command, cwd=FOLDER, env=environ, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_compose_names_no_image_of_its_own_and_every_variable_is_in_the_example():
    text = read("compose.yaml")
    services = yaml.safe_load(text)["services"]
    assert set(services) == {"broker", "database", "migrate", "collector", "page"}
    assert {its["image"] for its in services.values() if not its["image"].startswith("${")} == {"nano-ocr-site"}
    asked = set(re.findall(r"\$\{(\w+):\?", text))
    assert asked <= set(re.findall(r"^(\w+)=", read("site.env.example"), re.M))
    for name in ("migrate", "collector", "page"):
        assert services[name]["command"][0] in ("migrate", "collect", "page")
        assert services[name]["cap_drop"] == ["ALL"] and services[name]["read_only"] is True


def test_the_image_installs_the_lock_by_its_hashes():
    text = read("Dockerfile")
    assert "--require-hashes" in text and "requirements/site.txt" in text and 'ENTRYPOINT ["' in text
    assert "--hash=sha256:" in (ROOT / "requirements" / "site.txt").read_text(encoding="utf-8")
