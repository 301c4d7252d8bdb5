"""What `observe` finds on a good node, role by role, and on nodes in other states; given to the roles by a test.

Texts of templates are looked up in the role ("{{ lookup('template', ...) }}"), so that a good node has what its role
would write.
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
CHAIN = "{{ lookup('template', 'firewall.rules.j2') }}"  # lines that do not begin with -A are passed over

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
        "files": {"settings": file("{{ lookup('template', 'timesyncd.conf.j2') }}")},
    },
    "power_mode": {
        "commands": {
            "watched": command(),
            "query": command("NV Power Mode: MAXN\n0"),
            "clocks": command(CLOCKS.format(1479000, 921600000)),
        },
        "units": {"nano-ocr-clocks.service": unit()},
        "files": {
            "status": file("pmode:0000\n", path="/var/lib/nvpmodel/status"),
            "unit": file("{{ lookup('template', 'nano-ocr-clocks.service.j2') }}"),
            "script": file("{{ lookup('file', 'hold_clocks.py') }}"),
            "fan": file("255\n"),
            "fan_control": file("0\n"),
        },
    },
    "swap": {
        "commands": {"active": command("/mnt/nano-ocr.swap 6442446848 0 -2"), "mount": command("/ /dev/mmcblk0p1")},
        "files": {
            "file": file(size=6442450944, mode="0600"),
            "fstab": file("# a comment\n/mnt/nano-ocr.swap none swap sw,nofail 0 0\n"),
            "swappiness": file("60\n"),
            "sysctl": file("vm.swappiness = 60\n"),
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
            "firewall": file("{{ lookup('template', 'firewall.rules.j2') }}"),
            "unit": file("{{ lookup('template', 'nano-ocr-firewall.service.j2') }}"),
            "upgrades": file("{{ lookup('template', '52nano-ocr.j2') }}", path="/etc/apt/apt.conf.d/52nano-ocr"),
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
            "commands/active": command("/dev/zram0 518905856 0 5\n/dev/zram1 518905856 0 5"),
            "files/file": NO_FILE,
            "files/sysctl": NO_FILE,
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
            "units/nano-ocr-clocks.service": unit(active="failed"),
            "commands/clocks": command("", 1, "Error: needs root"),
            "files/fan": NO_FILE,
            "files/fan_control": NO_FILE,
        },
        hardening={"commands/chain": command("-N NANO-OCR\n-A NANO-OCR -j DROP")},
        swap={
            "files/file": file(size=1073741824, mode="0644"),
            "commands/active": command("/mnt/nano-ocr.swap 1073737728 9 -2\n/dev/zram0 518905856 0 -3"),
            "files/swappiness": file("10\n"),
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

# What verify.yml names on these nodes: host -> rule -> (found, expected); None where the text changes with the time.
KEEP = "kept off 9 kinds"
NANO = "Jetson Nano 4 GB (nano)"
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
        "swap.swappiness": ("60, not kept", "60"),
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
        "preflight.release": ("L4T 36.4.3 (JetPack 6.2)", RELEASES),
        "preflight.python": ("Python 3.10.12", "Python 3.6 at /usr/bin/python3.6"),
        "power_mode.mode": ("unknown (7)", "MAXN (0)"),
        "power_mode.remembered": ("mode 7", "mode 0"),
        "power_mode.unit": (
            "enabled, failed, with other contents, journalctl -b -u nano-ocr-clocks.service says which clock is free",
            "enabled, active",
        ),
        "power_mode.clocks": ("Error: needs root", "locked"),
        "swap.file": ("1024 MiB, mode 0644", "6144 MiB, mode 0600"),
        "swap.active": ("1024 MiB", "6144 MiB"),
        "swap.zram": ("on", "off"),
        "swap.order": ("zram -3, file -2", "zram before the file"),
        "swap.swappiness": ("10", "60"),
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
    "orin": {"preflight.newest_release": ("JetPack 6.2", "JetPack 4.6.6")},
    "pc": {
        "preflight.newest_release": ("JetPack unknown", "JetPack 4.6.6"),
        "preflight.power_supply": ("over-current in the kernel log", "no over-current"),
    },
    "old": {"preflight.newest_release": ("JetPack 4.6.1", "JetPack 4.6.6")},
    "xavier": {"preflight.newest_release": ("JetPack unknown", "JetPack 4.6.6")},
}
SYSTEM = ("preflight", "time_sync", "power_mode", "swap", "headless", "hardening")
