"""Every rule of the system roles, broken at least once: verify.yml says what was found, expected, and what to do.

The play is the real one, under the real ansible-playbook; only the answers of the nodes are given (observed_nodes.py).
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from fleet.environments.steps import python_of
from tests.conftest import absent
from tests.unit.fleet.observed_nodes import NODES

ROOT = Path(__file__).resolve().parents[3]
KEEP = "kept off 9 kinds"
NANO = "NVIDIA Jetson Nano Developer Kit (4 GB, not Orin)"
RELEASES = "L4T 32.7.1 to 32.7.6 (JetPack 4.6.1 to 4.6.6)"
BROKEN = {
    "good": {},
    "blank": {
        "time_sync.servers": ("not set", "ntp.ubuntu.com"),
        "power_mode.remembered": ("nothing in /var/lib/nvpmodel/status", "mode 0"),
        "power_mode.unit": ("not installed, inactive, with other contents", "enabled, active"),
        "power_mode.clocks": ("free", "locked"),
        "power_mode.fan": ("0", "255 of 255"),
        "swap.file": ("no /mnt/nano-ocr.swap", "6144 MiB, mode 0600"),
        "swap.active": ("not in use", "6144 MiB"),
        "swap.fstab": ("no line for /mnt/nano-ocr.swap", "a line for /mnt/nano-ocr.swap"),
        "swap.zram": ("on", "off"),
        "headless.target": ("graphical.target", "multi-user.target"),
        "headless.desktop": ("running", "not running"),
        "hardening.ssh_keys_only": ("also password, kbdinteractive", "keys only"),
        "hardening.ssh_root_login": ("permitrootlogin prohibit-password", "permitrootlogin no"),
        "hardening.ssh_x11": ("x11forwarding yes", "x11forwarding no"),
        "hardening.firewall": ("not loaded", "in force, enabled"),
        "hardening.upgrades": ("no /etc/apt/apt.conf.d/52nano-ocr", KEEP),
    },
    "orin": {
        "preflight.board": ("NVIDIA Jetson Orin Nano Developer Kit", NANO),
        "preflight.release": ("L4T 36.4.3", RELEASES),
        "preflight.python": ("Python 3.10.12", "Python 3.6 at /usr/bin/python3.6"),
        "power_mode.mode": ("unknown (7)", "MAXN (0)"),
        "power_mode.remembered": ("mode 7", "mode 0"),
        "power_mode.unit": ("enabled, active, with other contents", "enabled, active"),
        "power_mode.clocks": ("Error: needs root", "locked"),
        "swap.file": ("1024 MiB, mode 0644", "6144 MiB, mode 0600"),
        "swap.active": ("1024 MiB", "6144 MiB"),
        "hardening.firewall": (
            "other lines: -i lo -j ACCEPT; -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT; -p icmp -j ACCEPT; "
            "-p tcp -m tcp --dport 22 -j ACCEPT",
            "in force, enabled",
        ),
    },
    "pc": {
        "preflight.board": ("no board of NVIDIA, a computer of type x86_64", NANO),
        "preflight.release": ("no /etc/nv_tegra_release", RELEASES),
        "preflight.memory": ("2075 MB", "at least 3500 MB"),
        "preflight.disk": ("900 MB free on /", "at least 2000 MB"),
        "preflight.python": ("no program /usr/bin/python3.6", "Python 3.6 at /usr/bin/python3.6"),
        "preflight.sudo": ("user id 1000 with sudo", "user id 0 with sudo"),
        "preflight.sources": ("no connection to repo.download.nvidia.com:443", "all reachable"),
        "time_sync.clock": (None, "at most 120 s"),
        "time_sync.service": ("masked, masked, inactive", "loaded, enabled, active"),
        "power_mode.mode": ("no program nvpmodel", "MAXN (0)"),
        "power_mode.clocks": ("no answer of jetson_clocks", "locked"),
        "hardening.ssh_keys_only": ("no program sshd", "keys only"),
        "hardening.ssh_root_login": ("unknown", "permitrootlogin no"),
        "hardening.ssh_x11": ("unknown", "x11forwarding no"),
        "hardening.firewall": ("loaded, without a jump from INPUT", "in force, enabled"),
        "hardening.upgrades": ("other contents of /etc/apt/apt.conf.d/52nano-ocr", KEEP),
    },
    "old": {
        "power_mode.mode": ("5W (1)", "MAXN (0)"),
        "power_mode.remembered": ("mode 1", "mode 0"),
        "hardening.firewall": ("other files", "in force, enabled"),
    },
    "xavier": {
        "preflight.board": ("NVIDIA Jetson Xavier NX Developer Kit", NANO),
        "preflight.release": ("L4T 32.6.1", RELEASES),
    },
}
HINTS = {
    "orin": {"preflight.newest_release": ("JetPack unknown", "JetPack 4.6.6")},
    "pc": {
        "preflight.newest_release": ("JetPack unknown", "JetPack 4.6.6"),
        "preflight.power_supply": ("over-current in the kernel log", "no over-current"),
    },
    "old": {"preflight.newest_release": ("JetPack 4.6.1", "JetPack 4.6.6")},
    "xavier": {"preflight.newest_release": ("JetPack unknown", "JetPack 4.6.6")},
}
SYSTEM = ("preflight", "time_sync", "power_mode", "swap", "headless", "hardening")


def as_text():
    """-e NAME=VALUE for each number and each switch: what is typed so arrives as text, and must mean the same."""
    for role in SYSTEM:
        defaults = yaml.safe_load((ROOT / "ansible" / "roles" / role / "defaults" / "main.yml").read_text())
        for name, value in defaults.items():
            if isinstance(value, int):
                yield from ("-e", f"{name}={str(value).lower()}")


@pytest.fixture(scope="module", params=["defaults", "typed"])
def audit(request, tmp_path_factory):
    """(exit code, output, report) of verify.yml over all given nodes."""
    playbook = python_of("ansible", ROOT).with_name("ansible-playbook")
    if not playbook.is_file():
        absent("the environment ansible", "./inv ansible")
    folder = tmp_path_factory.mktemp("audit")
    (folder / "action").mkdir()
    shutil.copy(Path(__file__).with_name("observe_action.py"), folder / "action" / "observe.py")
    hosts = {name: {f"observed_{role}": found for role, found in roles.items()} for name, roles in NODES.items()}
    inventory = {"nanos": {"hosts": hosts, "vars": {"ansible_connection": "local"}}}
    (folder / "hosts.yml").write_text(yaml.safe_dump(inventory))
    environ = dict(os.environ, ANSIBLE_ACTION_PLUGINS=f"{ROOT}/ansible/plugins/action:{folder}/action")
    environ.update(NANO_OCR_REPORTS=str(folder), ANSIBLE_LOCAL_TEMP=str(folder / "tmp"), ANSIBLE_BECOME="false")
    command = [str(playbook), "verify.yml", "-i", str(folder / "hosts.yml"), "--tags", ",".join(SYSTEM)]
    command += as_text() if request.param == "typed" else []
    done = subprocess.run(command, cwd=ROOT / "ansible", env=environ, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr, json.loads((folder / "verify.json").read_text())


def test_a_node_out_of_spec_makes_the_exit_code_two(audit):
    assert audit[0] == 2, audit[1]
    assert audit[2]["in_spec"] is False


@pytest.mark.parametrize("hint, expected", [(False, BROKEN), (True, HINTS)], ids=["rules", "hints"])
@pytest.mark.parametrize("host", NODES)
def test_what_is_named_on_a_node(audit, host, hint, expected):
    rules = [rule for rule in audit[2]["rules"] if rule["host"] == host and not rule["holds"] and rule["hint"] == hint]
    named = {rule["id"]: (rule["found"], rule["expected"]) for rule in rules}
    wanted = expected.get(host, {})
    assert named.keys() == wanted.keys()
    for rule, (found, value) in wanted.items():
        assert named[rule] == (named[rule][0] if found is None else found, value)


def test_every_rule_was_broken_once(audit):
    told = {rule for table in (BROKEN, HINTS) for rules in table.values() for rule in rules}
    assert told == {rule["id"] for rule in audit[2]["rules"]}


def test_every_rule_says_what_to_do(audit):
    for rule in audit[2]["rules"]:
        default = f"ansible-playbook provision.yml --tags {rule['id'].partition('.')[0]} --limit {rule['host']}"
        assert rule["next"] == default or rule["id"].startswith("preflight."), rule["id"]


def test_the_wrong_clock_is_measured(audit):
    rule = next(rule for rule in audit[2]["rules"] if (rule["host"], rule["id"]) == ("pc", "time_sync.clock"))
    assert int(rule["found"].split()[0]) < -1e9 and rule["found"].endswith(" s from the control machine")


def test_the_table_names_host_rule_found_and_expected(audit):
    row = next(line for line in audit[1].splitlines() if line.startswith("old ") and "power_mode.mode" in line)
    assert "5W (1)" in row and "MAXN (0)" in row and "--tags power_mode --limit old" in row
