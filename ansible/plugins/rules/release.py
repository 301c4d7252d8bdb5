"""Rules of the role release: the agent of this checkout, its units, and the keys that the board trusts."""

from __future__ import annotations

import shlex
from functools import lru_cache
from pathlib import Path
from typing import Any

from . import digests, lines
from .model import CHANGED, WRITTEN, Observed, Rule, Settings, as_written, listed

SOURCE = Path(__file__).resolve().parents[3] / "node_agent"
KEYS = "/etc/nano-ocr/keys"
UNITS = {"app": "nano-ocr.service", "agent": "nano-ocr-agent.service", "timer": "nano-ocr-agent.timer"}
KINDS = (".py", ".json")
# which files are the agent's own; what Python compiled does not count
COUNT = digests.shell("find . -type f '(' -name '*.py' -o -name '*.json' ')'")


def plan(settings: Settings) -> dict[str, Any]:
    """Where the agent goes, and the commands that pack it and measure what is on the board."""
    folder = f"/opt/nano-ocr/agent-{digest()}"
    return {
        "folder": folder,
        "python": settings.text("release_python") or settings.series.interpreter,
        "pack": f"tar -c -C {SOURCE.parent} --owner=0 --group=0 --mode=u=rwX,go=rX --exclude=__pycache__ "
        "node_agent | base64",
        "public_keys": [str(path) for path in _keys(settings)],
        "commands": {
            "digest": ["sh", "-c", f"cd {folder}/node_agent && {COUNT}"],
            "trusted": ["sh", "-c", f"cd {KEYS} && cat *.pub | {digests.LINES}"],
            "known": ["sh", "-c", f"ls {KEYS}/*.pub 2>/dev/null | wc -l"],
            "line": ["sh", "-c", lines.SUMS],
            "gpio": ["getent", "group", "gpio"],
            "runs": ["systemctl", "is-active", UNITS["app"]],
        },
    }


def rules(observed: Observed, settings: Settings) -> list[Rule]:
    """The promises of the role."""
    measured, found = digest(), observed.command("digest").out
    return [
        Rule("release.agent", found or "not installed", measured, holds=found == measured),
        as_written("release.program", observed, "program", settings),
        _units(observed, settings),
        _timer(observed),
        _data(observed, settings),
        _trusted(observed, settings),
        _line(observed, settings),
        *([_pins(observed)] if lines.has_pins(settings) else []),
    ]


def work(observed: Observed, settings: Settings) -> dict[str, Any]:
    """Whether the agent has to be brought, which files of a line differ, and which are too many."""
    differs = lines.differing(settings, observed.command("line").out)
    extra = sorted(set(differs) - set(lines.files(settings)))
    return {"bring": observed.command("digest").out != digest(), "line_differs": differs, "line_extra": extra}


def rotation(observed: Observed, settings: Settings) -> list[Rule]:
    """Whether new files of the line are all that is new: ports and pins of another line need its unit first."""
    same = observed.file("app").text == settings.given["app"]
    provision = f"ansible-playbook provision.yml --tags release --limit {settings['inventory_hostname']}"
    return [
        Rule("release.rotation", "new secrets" if same else "another unit too", "new secrets", next=provision),
    ]


def page_of_line(settings: Settings) -> dict[str, Any]:
    """The port of the line's page and the name of its certificate, for files/prove_line.py; port 0: it has none."""
    if not settings.text("release_line"):
        return {"port": 0, "certificate": ""}
    return lines.page(lines.read(settings))


def line(settings: Settings) -> dict[str, Any]:
    """The container of the service, for its unit; ``settings.given["groups"]``: the group gpio of the board."""
    return lines.container(settings, settings.text("release_network"), str(settings.given["groups"]))


def application(settings: Settings) -> dict[str, Any]:
    """How ./inv app runs the application: ``through`` (for people), ``why`` not, and the ``script`` for sh.

    ``settings.given``: ``environment`` (the text of release.env, empty while no release runs), ``through`` (release,
    command, or empty for the release where one runs), ``folder`` on the board, ``words`` of the application.
    """
    given = settings.given
    release = _variables(str(given["environment"]))
    through = str(given["through"]) or ("release" if release else "command")
    if through == "release" and not release:
        return {"through": through, "why": "no release that runs", "script": ""}
    words = [str(word) for word in given["words"]]
    if through == "release":
        command, shown = (
            [*_container(settings, release, str(given["folder"])), *words],
            release["NANO_OCR_RELEASE"][:12],
        )
    else:
        command, shown = [settings.text("release_app_command"), *words], settings.text("release_app_command")
    told = shlex.quote(f"{through} {shown}")
    script = f"{shlex.join(command)} >out/stdout.txt 2>out/stderr.txt; echo $? >out/exit_code; echo {told} >out/through"
    return {"through": through, "why": "", "script": f"{script}; tar -cf out.tar -C out ."}


def _variables(text: str) -> dict[str, str]:
    """NAME=VALUE lines, as systemd reads them."""
    lines = (line.partition("=") for line in text.splitlines())
    return {name: value.strip("\"'") for name, equals, value in lines if equals}


def _container(settings: Settings, release: dict[str, str], folder: str) -> list[str]:
    """docker run as the unit of the release does, without its service: nothing but ``folder`` can be written to."""
    owner = f"{settings.text('release_uid')}:{settings.text('release_gid')}"
    words = ["/usr/bin/docker", "run", "--rm", *settings.texts("release_runtime"), "--network", "none", "--read-only"]
    words += ["--tmpfs", "/tmp", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--user", owner]
    words += ["--memory", settings.text("release_memory"), "--pids-limit", "256"]
    words += ["--volume", f"{release['NANO_OCR_FOLDER']}:/release:ro", "--volume", f"{folder}:/work"]
    words += ["--mount", "type=bind,source=/etc/nv_tegra_release,target=/etc/nv_tegra_release,readonly"]
    words += ["--volume", f"{settings.text('release_data')}:/data:ro", "--workdir", "/work"]
    return [*words, *settings.texts("release_devices"), release["NANO_OCR_IMAGE"]]


def _units(observed: Observed, settings: Settings) -> Rule:
    wrong = [unit for name, unit in UNITS.items() if observed.file(name).text != settings.given[name]]
    return Rule("release.units", listed(wrong, CHANGED + ": ", WRITTEN), WRITTEN)


def _timer(observed: Observed) -> Rule:
    timer, boot = observed.unit(UNITS["timer"]), observed.unit(UNITS["agent"]).enabled or "not"
    return Rule(
        "release.timer", f"{timer.active}, {timer.enabled}, at boot {boot}", "active, enabled, at boot enabled"
    )  # fmt: skip


def _data(observed: Observed, settings: Settings) -> Rule:
    data = observed.file("data")
    return Rule(
        "release.data",
        f"{data.owner}:{data.group}" if data.exists else f"no {settings.text('release_data')}",
        f"{settings.number('release_uid')}:{settings.number('release_gid')}",
    )


def _line(observed: Observed, settings: Settings) -> Rule:
    wrong = lines.differing(settings, observed.command("line").out)
    expected = settings.text("release_line") or "no line"
    return Rule("release.line", listed(wrong, CHANGED + ", or too many: ", expected), expected)


def _pins(observed: Observed) -> Rule:
    expected = "a group gpio, which may use /dev/gpiochip0"
    found = expected if observed.command("gpio").out else "no group gpio"
    next_step = "the udev rules of Jetson.GPIO (99-gpio.rules), and groupadd --system gpio"
    return Rule("release.pins", found, expected, next=next_step)


def _trusted(observed: Observed, settings: Settings) -> Rule:
    here, known = _keys(settings), observed.command("known").out
    trusted = observed.command("trusted").out if known.isdigit() and int(known) else "none"
    digest = digests.of_lines(path.read_bytes() for path in here)
    provision = f"ansible-playbook provision.yml --tags release --limit {settings['inventory_hostname']}"
    return Rule(
        "release.keys",
        f"{known} keys, {trusted}",
        f"{len(here)} keys, {digest if here else 'no key in ' + settings.text('release_keys')}",
        hint=not here,
        next=provision if here else "./inv bundle keys --path keys; until then no release can be deployed",
    )


def _keys(settings: Settings) -> list[Path]:
    """The public keys on the control machine, in order."""
    return sorted(Path(settings.text("release_keys")).glob("*.pub"))


@lru_cache
def digest() -> str:
    """The digest of the agent of this checkout, read once in a run."""
    files = [path for path in SOURCE.rglob("*") if path.is_file() and path.suffix in KINDS]
    return digests.of_files(SOURCE, [f"./{path.relative_to(SOURCE).as_posix()}" for path in files])
