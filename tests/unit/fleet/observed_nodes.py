"""What `observe` finds on a good node, role by role, and on nodes in other states; given to the roles by a test.

Texts of templates are variables of the roles ("{{ _... }}"), so that a good node has what its role would write.
"""

import copy
import time


def command(out="", rc=0, err=""):
    return {"rc": rc, "out": out, "err": err}


def file(text="", exists=True, **more):
    base = {
        "path": "/a/file",
        "exists": exists,
        "kind": "file" if exists else "",
        "text": text,
        "sha256": "",
        "size": 0,
    }
    return {**base, "mode": "0644" if exists else "", **more}


def unit(load="loaded", active="active", enabled="enabled", condition="yes"):
    return {"load": load, "active": active, "enabled": enabled, "condition": condition}


GONE = unit("not-found", "inactive", "")
NO_FILE = file(exists=False)
RELEASE = (
    "# R32 (release), REVISION: {}, GCID: 38171779, BOARD: t210ref, EABI: aarch64, DATE: Tue Nov  5 07:46:14 UTC 2024"
)
CLOCKS = """SOC family:tegra210  Machine:NVIDIA Jetson Nano Developer Kit
Online CPUs: 0-3
cpu0: Online=1 Governor=schedutil MinFreq={0} MaxFreq=1479000 CurrentFreq=1479000 IdleStates: WFI=0 c7=0
cpu1: Online=1 Governor=schedutil MinFreq={0} MaxFreq=1479000 CurrentFreq=1479000 IdleStates: WFI=0 c7=0
GPU MinFreq={1} MaxFreq=921600000 CurrentFreq=921600000
EMC MinFreq=204000000 MaxFreq=1600000000 CurrentFreq=1600000000 FreqOverride=1
"""
SSHD = "port 22\npasswordauthentication {0}\nkbdinteractiveauthentication {0}\npermitrootlogin {1}\nx11forwarding {0}\n"
CHAIN = "{{ (['-N NANO-OCR'] + _hardening_chain) | join('\n') }}"

GOOD = {
    "preflight": {
        "files": {"model": file("NVIDIA Jetson Nano Developer Kit"), "release": file(RELEASE.format("7.6"))},
        "commands": {
            "python": command("Python 3.6.9"),
            "user": command("0"),
            "machine": command("aarch64"),
            "kernel_log": command("[    0.000000] Booting Linux"),
            "sources": command(),
        },
        "disks": {"root": {"path": "/", "free_mb": 14000, "total_mb": 31000}},
        "memory": {"total_mb": 4156, "available_mb": 3000, "swap_total_mb": 0},
    },
    "time_sync": {
        "clock": int(time.time()),
        "units": {"systemd-timesyncd.service": unit()},
        "files": {"settings": file("{{ _time_sync_text }}")},
    },
    "power_mode": {
        "commands": {"query": command("NV Power Mode: MAXN\n0"), "clocks": command(CLOCKS.format(1479000, 921600000))},
        "units": {"nano-ocr-clocks.service": unit()},
        "files": {
            "status": file("pmode:0000\n", path="/var/lib/nvpmodel/status"),
            "unit": file("{{ _power_mode_text }}"),
            "fan": file("255\n"),
        },
    },
    "swap": {
        "commands": {"active": command("/mnt/nano-ocr.swap 6442446848 0")},
        "files": {
            "file": file(size=6442450944, mode="0600"),
            "fstab": file("# a comment\n/mnt/nano-ocr.swap none swap sw,nofail 0 0\n"),
        },
        "units": {"nvzramconfig.service": unit(active="inactive", enabled="disabled")},
        "disks": {"home": {"path": "/mnt", "free_mb": 9000, "total_mb": 31000}},
    },
    "headless": {
        "commands": {"target": command("multi-user.target")},
        "units": {"display-manager.service": unit(active="inactive", enabled="enabled")},
        "memory": {"total_mb": 4156, "available_mb": 3000, "swap_total_mb": 0},
    },
    "hardening": {
        "commands": {
            "sshd": command(SSHD.format("no", "no")),
            "chain": command(CHAIN),
            "input": command("-P INPUT ACCEPT\n-A INPUT -j NANO-OCR"),
        },
        "units": {"nano-ocr-firewall.service": unit()},
        "files": {
            "firewall": file("{{ _hardening_texts.firewall }}"),
            "unit": file("{{ _hardening_texts.unit }}"),
            "upgrades": file("{{ _hardening_texts.upgrades }}", path="/etc/apt/apt.conf.d/52nano-ocr"),
            "sshd": file("Port 22"),
        },
    },
}


def node(**changes):
    """A good node with changes, written as role="path.to.key" pairs: node(preflight={"files.model": file("...")})."""
    observed = copy.deepcopy(GOOD)
    for role, edits in changes.items():
        for path, value in edits.items():
            place = observed[role]
            *folders, name = path.split("/")
            for folder in folders:
                place = place[folder]
            place[name] = value
    return observed


NODES = {
    "good": node(),
    "blank": node(  # an SD card of JetPack as it comes
        time_sync={"files/settings": NO_FILE},
        power_mode={
            "units/nano-ocr-clocks.service": GONE,
            "files/unit": NO_FILE,
            "files/status": file(exists=False, path="/var/lib/nvpmodel/status"),
            "files/fan": file("0\n"),
            "commands/clocks": command(CLOCKS.format(102000, 76800000)),
        },
        swap={
            "commands/active": command("/dev/zram0 518905856 0\n/dev/zram1 518905856 0"),
            "files/file": NO_FILE,
            "files/fstab": file("# nothing\n"),
            "units/nvzramconfig.service": unit(),
        },
        headless={"commands/target": command("graphical.target"), "units/display-manager.service": unit()},
        hardening={
            "commands/sshd": command(SSHD.format("yes", "prohibit-password")),
            "commands/chain": command("", 1, "iptables: No chain/target/match by that name."),
            "commands/input": command("-P INPUT ACCEPT"),
            "files/firewall": NO_FILE,
            "files/unit": NO_FILE,
            "files/upgrades": file(exists=False, path="/etc/apt/apt.conf.d/52nano-ocr"),
        },
    ),
    "orin": node(
        preflight={
            "files/model": file("NVIDIA Jetson Orin Nano Developer Kit"),
            "files/release": file("# R36 (release), REVISION: 4.3, GCID: 38968081, BOARD: generic, EABI: aarch64"),
            "commands/python": command("Python 3.10.12"),
        },
        power_mode={  # power modes of another board
            "commands/query": command("NV Power Mode: MODE_X\n7"),
            "files/status": file("pmode:0007 fmode:quiet"),
            "files/unit": file("other"),
            "commands/clocks": command("", 1, "Error: needs root"),
            "files/fan": NO_FILE,
        },
        hardening={"commands/chain": command("-N NANO-OCR\n-A NANO-OCR -j DROP")},
        swap={
            "files/file": file(size=1073741824, mode="0644"),
            "commands/active": command("/mnt/nano-ocr.swap 1073737728 9"),
        },
    ),
    "pc": node(
        preflight={
            "files/model": NO_FILE,
            "files/release": NO_FILE,
            "commands/machine": command("x86_64"),
            "commands/python": command("", 127, "no program /usr/bin/python3.6"),
            "commands/user": command("1000"),
            "commands/sources": command("repo.download.nvidia.com:443"),
            "commands/kernel_log": command("[ 11.2] soctherm: OC ALARM 0x00000001"),
            "disks/root/free_mb": 900,
            "memory/total_mb": 2075,
        },
        time_sync={"clock": 86400, "units/systemd-timesyncd.service": unit("masked", "inactive", "masked")},
        power_mode={"commands/query": command("", 127, "no program nvpmodel"), "commands/clocks": command("", 127, "")},
        hardening={
            "commands/sshd": command("", 127, "no program sshd"),
            "commands/input": command("-P INPUT ACCEPT"),
            "files/upgrades": file("other", path="/etc/apt/apt.conf.d/52nano-ocr"),
        },
    ),
    "old": node(
        preflight={"files/release": file(RELEASE.format("7.1"))},
        power_mode={"commands/query": command("NV Power Mode: 5W\n1"), "files/status": file("pmode:0001")},
        hardening={"files/firewall": file("edited")},
    ),
    "xavier": node(
        preflight={
            "files/model": file("NVIDIA Jetson Xavier NX Developer Kit"),
            "files/release": file(RELEASE.format("6.1")),
        },
        time_sync={"units/systemd-timesyncd.service": unit(active="inactive", condition="no")},
    ),
}
