"""Roles of the system on virtual Nanos: the story of a fleet, told in order, under the real ansible-playbook.

blank -> check -> converge -> again -> verify -> reboot -> drift -> mend -> cut off -> wrong board -> reset.
"""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from fleet.core.errors import VirtualFleetError
from fleet.virtual import lifecycle
from fleet.virtual.settings import Fleet, node_address
from tests.fleet.conftest import VirtualNano, require_virtual_fleet
from tests.fleet.plays import Outcome, Plays

ROLES = ["preflight", "time_sync", "power_mode", "swap", "headless", "hardening"]
STATE = """swapon --noheadings --raw --show=NAME,SIZE; nvpmodel -q; systemctl get-default; cat /etc/fstab
systemctl is-enabled nvzramconfig gdm; systemctl is-active gdm; ls /etc/systemd/system /etc/nano-ocr/* 2>&1
sshd -T | grep -E 'password|root|x11'; iptables -S INPUT; ls /mnt /etc/sysctl.d
md5sum /etc/ssh/sshd_config; cat /proc/sys/vm/swappiness; true"""


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plays]:
    require_virtual_fleet()
    fleet = Fleet("test-system")
    lifecycle.up(fleet, 2, recreate=True)
    yield Plays(fleet, tmp_path_factory.mktemp("reports"), ("swap_size_mib=512",))
    lifecycle.down(fleet)


@pytest.fixture(scope="module")
def canary(blank: Plays) -> VirtualNano:
    return VirtualNano(blank.fleet, 1)


@pytest.fixture(scope="module")
def states() -> dict[str, str]:
    """What a node was like at some points of the story."""
    return {}


@pytest.fixture(scope="module")
def plays(blank: Plays, canary: VirtualNano, states: dict[str, str]) -> Plays:
    """The fleet, provisioned; a test that is run alone finds it so too."""
    states["blank"] = canary.root(STATE)
    states["check"] = str(blank.run("provision", "--check").code)
    states["after check"] = canary.root(STATE)
    outcome = blank.run("provision")
    assert outcome.code == 0, outcome.why()
    assert {row["host"] for row in outcome.report["roles"]} == {"nano-1", "nano-2"}
    states["first run"] = outcome.text
    states["changed"] = str(outcome.changed())
    return blank


def test_check_mode_passes_on_a_blank_node_and_changes_nothing(plays, states):
    assert states["check"] == "0"
    assert states["after check"] == states["blank"]


def test_the_first_run_makes_nodes(plays, states, canary):
    assert int(states["changed"]) > 20
    assert "memory available: " in states["first run"]
    swaps = canary.root("swapon --noheadings --raw --show=NAME,SIZE,PRIO --bytes").splitlines()
    assert f"/mnt/nano-ocr.swap {512 * 2**20 - 4096} -2" in swaps
    assert [row.split()[2] for row in swaps if row.startswith("/dev/zram")] == ["5"] * 4  # they are filled first
    assert canary.root("cat /proc/sys/vm/swappiness") == "100"
    assert canary.root("systemctl get-default") == "multi-user.target"
    assert "MinFreq=1479000 MaxFreq=1479000" in canary.root("jetson_clocks --show")


def test_the_second_run_changes_nothing(plays):
    outcome = plays.run("provision")
    assert (outcome.code, outcome.changed()) == (0, 0), outcome.why()
    assert [row["role"] for row in outcome.report["roles"] if row["host"] == "nano-2"][:6] == ROLES


def test_the_audit_passes_and_writes_its_report(plays):
    outcome = plays.run("verify")
    assert outcome.code == 0 and outcome.report["in_spec"], outcome.why()
    assert "rules hold on 2 host(s)" in outcome.text


LATE = """[Service]
ExecStart=/bin/sh -c 'until pgrep -f [h]old_clocks.py; do sleep 0.1; done; sleep 0.3; nvpmodel -m 0'
[Install]
WantedBy=multi-user.target
"""


def test_everything_survives_a_reboot_and_a_service_that_frees_the_clocks_after_it(plays, canary):
    canary.root(f"cat >/etc/systemd/system/late.service <<'END'\n{LATE}END\nsystemctl enable late.service")
    canary.reboot()
    canary.root("systemctl disable late.service; rm /etc/systemd/system/late.service")
    outcome = plays.run("verify", "--limit", canary.name)
    assert outcome.code == 0, outcome.why()
    assert "running jetson_clocks" in canary.root("journalctl -b -u nano-ocr-clocks --output cat")


def test_clocks_that_cannot_be_locked_fail_the_unit_and_the_run(plays, canary):
    canary.root("systemd-run --unit=reset sh -c 'while :; do nvpmodel -m 0; sleep 0.2; done'")
    canary.fails("systemctl restart nano-ocr-clocks")
    found = plays.run("verify", "--limit", canary.name, tags="power_mode")
    assert found.code == 2 and "enabled, failed" in found.broken()[canary.name]["power_mode.unit"][0]
    mended = plays.run("provision", "--limit", canary.name, tags="power_mode")
    assert mended.code == 2 and "NOT locked" in mended.failures(), mended.why()
    canary.root("systemctl stop reset")
    assert plays.run("provision", "--limit", canary.name, tags="power_mode").code == 0
    canary.root("systemctl restart nvpmodel")  # it frees the clocks, and takes the unit with it
    assert plays.run("verify", "--limit", canary.name, tags="power_mode").code == 0


DRIFT = {
    "nvpmodel -m 1": {
        "power_mode.mode": ("5W (1)", "MAXN (0)"),
        "power_mode.remembered": ("mode 1", "mode 0"),
        "power_mode.clocks": ("free", "locked"),
    },
    "echo 0 >/sys/devices/pwm-fan/target_pwm": {"power_mode.fan": ("0", "255 of 255")},
    "echo 10 >/proc/sys/vm/swappiness": {"swap.swappiness": ("10", "100")},
    "systemctl disable nvzramconfig; swapoff /dev/zram0 /dev/zram1 /dev/zram2 /dev/zram3": {"swap.zram": ("off", "on")},
    "swapoff /mnt/nano-ocr.swap": {"swap.active": ("not in use", "512 MiB")},
    "sed -i /nano-ocr/d /etc/fstab": {
        "swap.fstab": ("no line for /mnt/nano-ocr.swap", "a line for /mnt/nano-ocr.swap"),
    },
    "systemctl set-default graphical.target": {"headless.target": ("graphical.target", "multi-user.target")},
    "systemctl start gdm": {"headless.desktop": ("running", "not running")},
    "sed -i 's/^PasswordAuthentication no/PasswordAuthentication yes/' /etc/ssh/sshd_config": {
        "hardening.ssh_keys_only": ("also password", "keys only"),
    },
    "iptables -I NANO-OCR -p tcp -m tcp --dport 23 -j ACCEPT": {
        "hardening.firewall": ("other lines: -p tcp -m tcp --dport 23 -j ACCEPT", "in force, enabled"),
    },
    "echo NTP=10.0.0.1 >>/etc/systemd/timesyncd.conf.d/nano-ocr.conf": {
        "time_sync.servers": ("ntp.ubuntu.com, 10.0.0.1", "ntp.ubuntu.com"),
    },
}


def test_drift_is_named_and_mended(plays, canary):
    for command in DRIFT:
        canary.root(command)
    found = plays.run("verify")
    assert found.code == 2
    assert found.broken() == {canary.name: {rule: told for rules in DRIFT.values() for rule, told in rules.items()}}
    row = next(line for line in found.text.splitlines() if "power_mode.mode " in line and "5W" in line)
    assert row.split() == [
        *("nano-1", "power_mode.mode", "5W", "(1)", "MAXN", "(0)"),
        *["ansible-playbook", "provision.yml", "--tags", "power_mode", "--limit", "nano-1"],
    ]
    assert plays.run("provision").code == 0
    assert plays.run("verify").code == 0


@pytest.mark.parametrize("size_mib", [768, 256])
def test_swap_grows_and_shrinks(plays, canary, size_mib):
    outcome = plays.run("provision", "-e", f"swap_size_mib={size_mib}", "--limit", canary.name, tags="swap")
    assert outcome.code == 0, outcome.why()
    assert canary.root("stat --format=%s /mnt/nano-ocr.swap") == str(size_mib * 2**20)
    swaps = canary.root("swapon --noheadings --raw --show=NAME,SIZE --bytes").splitlines()
    assert f"/mnt/nano-ocr.swap {size_mib * 2**20 - 4096}" in swaps


def test_a_disk_without_room_is_refused_before_anything_is_done(plays, canary):
    before = canary.root(STATE)
    for mode in ([], ["--check"]):
        outcome = plays.run("provision", "-e", "swap_size_mib=99999999", "--limit", canary.name, *mode, tags="swap")
        assert outcome.code == 2
        assert "swap.room: found room for" in outcome.failures()
        assert "expected 99999999 MiB in /mnt; next: free some space" in outcome.failures()
        assert "make swap_size_mib smaller" in outcome.report["roles"][-1]["next"]
    assert canary.root(STATE) == before


def test_the_profile_of_5_w(plays, canary):
    profile = ("-e", '{"power_mode_id": 1, "power_mode_clocks": false, "power_mode_fan": 90}', "--limit", canary.name)
    assert plays.run("provision", *profile, tags="power_mode").code == 0
    assert canary.root("nvpmodel -q; cat /sys/devices/pwm-fan/target_pwm") == "NV Power Mode: 5W\n1\n90"
    canary.reboot()
    assert plays.run("verify", *profile, tags="power_mode").code == 0
    assert canary.root("jetson_clocks --show").count("MinFreq=102000 MaxFreq=") == 4


def test_a_run_on_several_boards_whose_control_machine_dies_is_finished_by_the_next(plays):
    """SIGKILL for Ansible and all that it started, while both boards are in the middle of a role."""
    boards = [VirtualNano(plays.fleet, number) for number in (1, 2)]
    for board in boards:
        board.root("swapoff -a; rm -f /mnt/nano-ocr.swap")
    with plays.start("provision", "-e", "fleet_batch=100%") as process:
        for line in process.stdout:
            if "Make an empty file" in line:
                break
    outcome = plays.run("provision", "-e", "fleet_batch=100%")
    assert outcome.code == 0, outcome.why()
    assert plays.run("provision", "-e", "fleet_batch=100%").changed() == 0
    assert [board.root("ls /mnt") for board in boards] == ["nano-ocr.swap"] * 2


def test_a_run_whose_board_starts_again_is_finished_by_the_next(plays, canary):
    canary.root("swapoff -a; rm -f /mnt/nano-ocr.swap")
    with plays.start("provision", "--limit", canary.name) as process:
        for line in process.stdout:
            if "Make an empty file" in line:
                break
        with suppress(VirtualFleetError):  # it starts without its swap, which its stand-in of systemd's unit reports
            canary.reboot()
        text = process.stdout.read()  # Ansible tries again; where that is in vain, the table says what to do
        assert process.wait() == 0 or "provision.yml" in text or "by hand" in text
    outcome = plays.run("provision", "--limit", canary.name)
    assert outcome.code == 0, outcome.why()
    assert plays.run("provision", "--limit", canary.name).changed() == 0


def test_sources_that_do_not_answer_are_named(plays):
    outcome = plays.run("provision", "-e", '{"preflight_sources": ["127.0.0.1:9"]}', "--limit", "nano-1")
    assert outcome.code == 2
    assert "preflight.sources: found no connection to 127.0.0.1:9; expected all reachable" in outcome.failures()
    assert outcome.changed() == 0


@pytest.mark.parametrize(
    "file, text, message",
    [
        (
            "model",
            "NVIDIA Jetson Orin Nano Developer Kit",
            "preflight.board: found NVIDIA Jetson Orin Nano Developer Kit",
        ),
        ("model", "NVIDIA Jetson Xavier NX Developer Kit", "preflight.board: found NVIDIA Jetson Xavier NX Developer"),
        ("release", "# R35 (release), REVISION: 4.1, GCID: 1, BOARD: t186ref", "preflight.release: found L4T 35.4.1"),
        ("release", "# R32 (release), REVISION: 6.1, GCID: 1, BOARD: t210ref", "preflight.release: found L4T 32.6.1"),
    ],
)
def test_a_wrong_board_is_refused_by_name_and_the_rest_of_the_fleet_is_spared(plays, canary, file, text, message):
    path = {"model": "/sys/firmware/devicetree/base/model", "release": "/etc/nv_tegra_release"}[file]
    before = canary.root(f"tr -d '\\0' <{path}")
    try:
        canary.root(f"echo '{text}' >{path}")
        outcome = plays.run("provision")
    finally:
        canary.root(f"echo '{before}' >{path}")
    assert outcome.code == 2
    assert message in outcome.failures()
    assert {(row["host"], row["role"]) for row in outcome.report["roles"]} == {(canary.name, "preflight")}


def test_the_firewall_closes_ports_and_opens_those_that_are_named(plays, canary):
    address = node_address(plays.fleet, 1)
    canary.root("systemd-run --unit=listener /usr/bin/python3 -m http.server 9100")
    try:
        assert not _answers(address, 9100)
        ports = ("-e", '{"hardening_open_ports": ["tcp/9100"]}', "--limit", canary.name)
        assert plays.run("provision", *ports, tags="hardening").code == 0
        assert _answers(address, 9100)
    finally:
        canary.root("systemctl stop listener")


def _answers(address: str, port: int) -> bool:
    for _ in range(5):  # the server needs a moment to start
        try:
            socket.create_connection((address, port), timeout=1).close()
            return True
        except OSError:
            time.sleep(0.3)
    return False


def test_without_a_key_the_door_stays_open(plays, canary):
    canary.root("sed -i 1,6d /etc/ssh/sshd_config")
    before = canary.root(STATE)
    outcome = plays.run("provision", "-e", "_hardening_login=/bin/false", "--limit", canary.name, tags="hardening")
    assert outcome.code == 2
    assert "hardening.key: found no login; expected a key logs in; next: ssh-copy-id nano@" in outcome.failures()
    assert canary.root(STATE) == before


def test_a_key_that_fails_after_closing_opens_the_door_again(plays, canary, tmp_path: Path):
    login = tmp_path / "login"
    login.write_text(
        f"#!/bin/sh\ntest ! -e {tmp_path}/again && touch {tmp_path}/again && exit 0\necho refused >&2; exit 255\n"
    )
    login.chmod(0o755)
    outcome = plays.run("provision", "-e", f"_hardening_login={login}", "--limit", canary.name, tags="hardening")
    assert outcome.code == 2
    assert "hardening.key: found refused; expected a new session by key" in outcome.failures()
    assert "passwordauthentication yes" in canary.root("sshd -T")
    assert "NANO-OCR" not in canary.root("iptables -S")
    assert plays.run("provision").code == 0


def test_rules_that_are_skipped_are_neither_done_nor_judged(plays, canary):
    skip = ("-e", '{"hardening_skip": ["hardening.firewall", "hardening.ssh_x11"]}', "--limit", canary.name)
    canary.root("systemctl stop nano-ocr-firewall")
    outcome = plays.run("verify", *skip, tags="hardening")
    assert outcome.code == 0
    assert {rule["id"] for rule in outcome.report["rules"]} == {
        *("hardening.ssh_keys_only", "hardening.ssh_root_login", "hardening.upgrades"),
    }


def test_an_unknown_rule_to_skip_is_refused(plays):
    outcome = plays.run("provision", "-e", '{"hardening_skip": ["hardening.fire"]}', tags="hardening")
    assert outcome.code == 2 and "hardening.fire" in outcome.text


def test_a_node_that_does_not_answer_is_named(plays):
    outcome = plays.run("verify", "-e", "ansible_port=9", "-e", "ansible_ssh_retries=0", "--limit", "nano-2")
    assert outcome.code == 4
    assert "ssh to nano-2 by hand" in outcome.text


def test_an_unknown_host_key_is_refused(plays, tmp_path):
    options = f"-o UserKnownHostsFile={tmp_path}/none -o StrictHostKeyChecking=yes -o ControlPath=none"
    outcome = replace(plays, variables=()).run(
        "verify", "-e", f"ansible_ssh_common_args='{options}'", "--limit", "nano-2"
    )
    assert outcome.code == 4
    assert "add it to known_hosts" in outcome.text


AUTHORIZED = "cut -d' ' -f2 ~nano/.ssh/authorized_keys"


def rotate(plays: Plays, *more: str) -> Outcome:
    return plays.run("rotate", *more, "--limit", "nano-1", tags="ssh")


def test_a_key_that_the_board_does_not_take_is_taken_out_again(plays, canary, tmp_path):
    """sshd of this board refuses keys of RSA."""
    subprocess.run(["ssh-keygen", "-q", "-t", "rsa", "-N", "", "-f", str(tmp_path / "rsa")], check=True)
    before = canary.root(AUTHORIZED)
    canary.root("sed -i '1i PubkeyAcceptedKeyTypes ssh-ed25519' /etc/ssh/sshd_config && systemctl reload ssh")
    outcome = rotate(plays, "-e", f"rotation_ssh_key={tmp_path}/rsa")
    canary.root("sed -i 1d /etc/ssh/sshd_config && systemctl reload ssh")
    assert outcome.code == 2 and "rotation.new_key: found " in outcome.failures(), outcome.why()
    assert canary.root(AUTHORIZED) == before


def test_a_rotation_that_is_cut_off_is_finished_by_the_next_and_nobody_is_locked_out(plays, canary, tmp_path):
    """Killed while both keys let in; killed once more after the old one went; then the way back."""
    new, old = tmp_path / "new", plays.fleet.folder / "id_ed25519"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(new)], check=True)
    keys = [path.with_suffix(".pub").read_text().split()[1] for path in (old, new)]
    given = ("-e", f"rotation_ssh_key={new}")
    for reached in ("TASK [rotation : Come in by the new key]", "TASK [rotation : Try both keys again]"):
        with plays.start("rotate", *given, "--limit", canary.name, tags="ssh") as process:
            assert any(reached in line for line in process.stdout), "the run ended before it could be cut off"
        assert keys[1] in canary.root(AUTHORIZED)
    outcome = rotate(plays, *given)
    assert outcome.code == 0 and canary.root(AUTHORIZED).splitlines().count(keys[1]) == 1, outcome.why()
    assert keys[0] not in canary.root(AUTHORIZED) and canary.ssh("true").returncode == 255
    back = rotate(plays, "-e", f"ansible_ssh_private_key_file={new}", "-e", f"rotation_ssh_key={old}")
    assert back.code == 0 and canary.ssh("true").returncode == 0, back.why()


def test_reset_gives_back_what_provisioning_took(plays, canary, states):
    assert plays.run("provision").code == 0
    outcome = plays.run("reset")
    assert outcome.code == 0, outcome.why()
    canary.reboot()
    assert canary.root(STATE) == states["blank"]
