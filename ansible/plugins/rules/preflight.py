"""Rules of the role preflight: the board can become a node."""

from __future__ import annotations

import re
from typing import Any

from .model import Observed, Rule, Settings

UPDATE = "docs/how-to/update-l4t.md"

BOARD = "NVIDIA Jetson Nano Developer Kit (4 GB, not Orin)"
# Prints the sources that do not take a connection; plain TCP, so that a wrong clock does not matter here.
KNOCK = (
    'for source; do timeout 5 bash -c "exec 3<>/dev/tcp/${source%:*}/${source##*:}" 2>/dev/null || echo "$source"; done'
)


def plan(settings: Settings) -> dict[str, Any]:
    """The command that tries the sources; with a bundle there is nothing to try."""
    sources = [] if settings["fleet_bundle"] else settings.texts("preflight_sources")
    return {"sources": ["bash", "-c", KNOCK, "sources", *sources]}


def rules(observed: Observed, settings: Settings) -> list[Rule]:
    """The promises of the role."""
    return [
        _board(observed),
        *_releases(observed, settings),
        *_sizes(observed, settings),
        _python(observed, settings),
        Rule(
            "preflight.sudo",
            f"user id {observed.command('user').out} with sudo",
            "user id 0 with sudo",
            next="add the user to the group sudo on the board, and run with --ask-become-pass",
        ),
        _sources(observed, settings),
        Rule(
            "preflight.power_supply",
            "over-current in the kernel log" if "OC ALARM" in observed.command("kernel_log").out else "no over-current",
            "no over-current",
            hint=True,
            next="use the barrel jack with 5 V and 4 A, and fit jumper J48",
        ),
    ]


def _board(observed: Observed) -> Rule:
    found = observed.file("model").text.strip()
    found = found or "no board of NVIDIA, a computer of type " + observed.command("machine").out
    return Rule(
        "preflight.board",
        found,
        BOARD,
        holds="Jetson Nano" in found and "Orin" not in found,
        next="take this machine out of the inventory; only the original Jetson Nano becomes a node",
    )


def release(text: str) -> str:
    """L4T version in the text of /etc/nv_tegra_release, such as 32.7.6; empty when there is none."""
    found = re.match(r"# R(\d+) .*REVISION: ([0-9.]+),", text)
    return "{}.{}".format(*found.groups()) if found else ""


def _releases(observed: Observed, settings: Settings) -> list[Rule]:
    jetpack = settings["versions"]["jetpack"]
    accepted: dict[str, str] = jetpack["accepted"]
    line = (observed.file("release").text.splitlines() or [""])[0]
    l4t = release(line)
    version = accepted.get(l4t, "")
    shown = f"L4T {l4t} (JetPack {version})" if version else f"L4T {l4t}" if l4t else line or "no /etc/nv_tegra_release"
    numbers, names = list(accepted), list(accepted.values())
    return [
        Rule(
            "preflight.release",
            shown,
            f"L4T {numbers[0]} to {numbers[-1]} (JetPack {names[0]} to {names[-1]})",
            holds=version != "",
            next=f"write NVIDIA's SD card image of JetPack {jetpack['image']} and start again: {UPDATE}",
        ),
        Rule(
            "preflight.newest_release",
            f"JetPack {version or 'unknown'}",
            f"JetPack {jetpack['expected']}",
            hint=True,
            next=f"works; {jetpack['expected']} has NVIDIA's last security fixes: ansible-playbook os_update.yml",
        ),
    ]


def _sizes(observed: Observed, settings: Settings) -> list[Rule]:
    memory, free = observed.memory_mb("total"), observed.free_mb("root")
    least_memory, least_free = settings.number("preflight_memory_mb"), settings.number("preflight_free_mb")
    return [
        Rule(
            "preflight.memory",
            f"{memory} MB",
            f"at least {least_memory} MB",
            holds=memory >= least_memory,
            next="use the board with 4 GB; the models do not fit into the 2 GB one",
        ),
        Rule(
            "preflight.disk",
            f"{free} MB free on /",
            f"at least {least_free} MB",
            holds=free >= least_free,
            next="free some space (apt clean), or write the image to a larger card",
        ),
    ]


def _python(observed: Observed, settings: Settings) -> Rule:
    answer, version = observed.command("python"), settings.text("preflight_python")
    return Rule(
        "preflight.python",
        answer.out or answer.err,
        f"Python {version} at {settings.given['interpreter']}",
        holds=answer.out.startswith(f"Python {version}."),
        next="apt install python3.6 on the board, or set ansible_python_interpreter for this host",
    )


def _sources(observed: Observed, settings: Settings) -> Rule:
    expected = "a bundle" if settings["fleet_bundle"] else "all reachable"
    closed = [] if settings["fleet_bundle"] else observed.command("sources").out.split()
    return Rule(
        "preflight.sources",
        "no connection to " + ", ".join(closed) if closed else expected,
        expected,
        next="mend the board's network or name server, or provision from a bundle (fleet_bundle)",
    )
