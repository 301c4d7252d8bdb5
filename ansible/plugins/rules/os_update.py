"""Rules of the role os_update: which boards may be updated, what apt would do, and whether the update arrived."""

from __future__ import annotations

import re
from typing import Any

from fleet.boards.table import release_of

from .model import Observed, Rule, Settings

PAGE = "docs/how-to/update-l4t.md"
LOCKS = "ls /run/nano-ocr/locks 2>/dev/null; true"
PACKAGES = (
    r"dpkg-query --show --showformat '${binary:Package} ${db:Status-Status}\n' 'nvidia-l4t-*' | "
    "sed -n 's/ installed$//p'"
)


def plan(settings: Settings) -> dict[str, Any]:
    """What is observed before and after."""
    commands = {
        "locks": ["sh", "-c", LOCKS],
        "dpkg": ["dpkg", "--audit"],
        "l4t": ["sh", "-c", PACKAGES],
        "phase": ["sh", "-c", "nano-ocr-agent status --json 2>/dev/null || true"],
    }
    return {"commands": commands, "packages": _containers(settings)}


def rules(observed: Observed, settings: Settings) -> list[Rule]:
    """Whether the update may begin."""
    if why := settings.series.why_off("os_update"):
        return [Rule("os_update.release", f"L4T series {settings.series.name}", "r32.7", next=why)]
    accepted, l4t = settings.series.l4t, _release(observed)
    locks = observed.command("locks").out.split()
    phase = re.search('"phase": *"([a-z_]+)"', observed.command("phase").out)
    needed, free = settings.number("os_update_free_mb"), observed.free_mb("root")
    return [
        Rule(
            "os_update.release",
            l4t or "no L4T release",
            f"one of {', '.join(accepted)}",
            holds=l4t in accepted,
            next=f"write NVIDIA's SD card image of JetPack 4.6.1 and start again: {PAGE}",
        ),
        Rule(
            "os_update.line",
            f"locked by {', '.join(locks)}" if locks else "no lock",
            "no lock",
            next="stop the production line, then run this again",
        ),
        Rule(
            "os_update.deployment",
            phase.group(1) if phase else "idle",
            "idle",
            next="finish the deployment first: ./inv deploy BUNDLE, or ./inv rollback",
        ),
        Rule(
            "os_update.space",
            f"{free} MB free",
            f"at least {needed} MB",
            holds=free >= needed or not _wanted(observed, settings),
            next="apt clean, docker system prune, or a larger card",
        ),
        Rule(
            "os_update.dpkg",
            (observed.command("dpkg").out.splitlines() or ["no package is half installed"])[0],
            "no package is half installed",
            next="sudo dpkg --configure -a on the board",
        ),
    ]


def work(observed: Observed, settings: Settings) -> dict[str, Any]:
    """What the update does: the packages of L4T that are installed, and what is held while it runs."""
    held = settings["os_update_hold"]
    packages = [name for name in observed.command("l4t").out.split() if name not in held]
    hold = [name for name in _containers(settings) if observed.package(name).version]
    return {"update": _wanted(observed, settings), "packages": packages, "hold": [*hold, *held]}


def simulated(observed: Observed, settings: Settings) -> list[Rule]:
    """Whether what apt would do is an update of L4T and nothing else."""
    text = settings.given["simulated"]
    removed = re.findall(r"(?m)^Remv (\S+)", text)
    core = re.search(r"(?m)^Inst nvidia-l4t-core .*\((\d+\.\d+\.\d+)-", text)
    touched = sorted(set(re.findall(r"(?m)^Inst (\S+)", text)) & set(_containers(settings)))
    newest = _newest(settings)
    return [
        Rule("os_update.removes", ", ".join(removed) or "nothing", "nothing", next=f"look at it by hand: {PAGE}"),
        Rule(
            "os_update.candidate",
            core.group(1) if core else "no newer nvidia-l4t-core",
            newest,
            next="the source r32.7 of NVIDIA, or your mirror of it, does not have the release: " + PAGE,
        ),
        Rule("os_update.containers", ", ".join(touched) or "left alone", "left alone", next="apt-mark hold them"),
    ]


def after(observed: Observed, settings: Settings) -> list[Rule]:
    """Whether the board runs the newest release, with the same set of container packages."""
    pins = settings.series.container
    other = [
        f"{name} {observed.package(name).version}"
        for name, version in pins.items()
        if observed.package(name).version not in ("", version)
    ]
    newest = _newest(settings)
    return [
        Rule(
            "os_update.newest",
            _release(observed) or "no L4T release",
            newest,
            next=f"ansible-playbook os_update.yml, or {PAGE}",
        ),
        Rule(
            "os_update.container_set",
            ", ".join(other) or "the set of JetPack",
            "the set of JetPack",
            next="ansible-playbook provision.yml --tags container_runtime",
        ),
    ]


def _release(observed: Observed) -> str:
    return release_of((observed.file("release").text.splitlines() or [""])[0])


def _newest(settings: Settings) -> str:
    return settings.series.expected


def _wanted(observed: Observed, settings: Settings) -> bool:
    return _release(observed) != _newest(settings)


def _containers(settings: Settings) -> list[str]:
    return [*settings.series.container, "docker.io", "containerd", "runc"]
