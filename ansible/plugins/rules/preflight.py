"""Rules of the role preflight: the board can become a node."""

from __future__ import annotations

from typing import Any

from fleet.boards import table
from fleet.boards.table import release_of, shown

from .model import Observed, Rule, Settings

UPDATE = "docs/how-to/update-l4t.md"
LATER = "docs/how-to/later-jetsons.md"
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
        _board(observed, settings),
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


def _board(observed: Observed, settings: Settings) -> Rule:
    text = observed.file("model").text.strip()
    found = text or "no board of NVIDIA, a computer of type " + observed.command("machine").out
    is_it = table.load().of_model(text)
    other = (
        f"set fleet_board={is_it.id} and fleet_l4t for it: {LATER}"
        if is_it
        else "take this machine out of the inventory"
    )
    known = ", ".join(board.name for board in table.load().boards.values())
    return Rule(
        "preflight.board",
        found,
        f"{settings.board.name} ({settings.board.id})",
        holds=settings.board.is_model(text),
        next=f"{other}; known: {known}",
    )


def _releases(observed: Observed, settings: Settings) -> list[Rule]:
    series = settings.series
    line = (observed.file("release").text.splitlines() or [""])[0]
    l4t = release_of(line)
    holder = next((each for each in table.load().series.values() if l4t in each.l4t), None)
    version = holder.l4t[l4t] if holder else ""
    found = f"L4T {l4t} (JetPack {version})" if version else f"L4T {l4t}" if l4t else line or "no /etc/nv_tegra_release"
    return [
        Rule("preflight.release", found, shown(series), holds=holder is series, next=_mend(holder, settings)),
        Rule(
            "preflight.newest_release",
            f"JetPack {version or 'unknown'}",
            f"JetPack {series.jetpack}",
            hint=True,
            next=_newest(settings),
        ),
    ]


def _mend(holder: table.Series | None, settings: Settings) -> str:
    """What to do about a board of another release than the inventory says, or of one that the table does not know."""
    if holder is not None:
        return f"set fleet_l4t={holder.name} for this board: {LATER}"
    if settings.series.image:
        return f"write NVIDIA's SD card image of JetPack {settings.series.image} and start again: {UPDATE}"
    return f"flash a known release: {table.load().known()}; {LATER}"


def _newest(settings: Settings) -> str:
    pack = settings.series.jetpack
    if settings.series.why_off("os_update"):
        return f"works; JetPack {pack} is the one that the table was made for"
    return f"works; {pack} has NVIDIA's last security fixes: ansible-playbook os_update.yml"


def _sizes(observed: Observed, settings: Settings) -> list[Rule]:
    memory, free = observed.memory_mb("total"), observed.free_mb("root")
    least_memory, least_free = settings.number("preflight_memory_mb"), settings.number("preflight_free_mb")
    return [
        Rule(
            "preflight.memory",
            f"{memory} MB",
            f"at least {least_memory} MB",
            holds=memory >= least_memory,
            next="use a board with 4 GB or more; the models do not fit into the 2 GB one",
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
    answer, version = observed.command("python"), settings.text("preflight_python") or settings.series.python
    return Rule(
        "preflight.python",
        answer.out or answer.err,
        f"Python {version} at {settings.given['interpreter']}",
        holds=answer.out.startswith(f"Python {version}."),
        next=f"set ansible_python_interpreter={settings.series.interpreter}, or apt install python{version}",
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
