"""Rules of the role container_runtime: JetPack's set of packages is whole and held, and nvidia is the default runtime.

Known breakages are named one by one in breakages.py.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from . import breakages
from .model import Observed, Rule, Settings, as_written, listed, shortened

DOCKER = ("docker.io", "containerd", "runc")
FOLDER = "/etc/nvidia-container-runtime/host-files-for-container.d"
GENERAL = (
    r"grep -lsE '^deb .*(nvidia[.]github[.]io|nvidia-docker|/libnvidia-container)' /etc/apt/sources.list "
    "/etc/apt/sources.list.d/*.list; true"
)
COMMANDS = {
    "runtime": ["docker", "info", "--format", "{{.DefaultRuntime}}"],
    "csv": ["ls", FOLDER],
    "daemon": ["python3", "-c", "import json; print(json.dumps(json.load(open('/etc/docker/daemon.json'))))"],
    "general": ["sh", "-c", GENERAL],
}
NVIDIA = {"default-runtime": "nvidia", "runtimes": {"nvidia": {"path": "nvidia-container-runtime", "runtimeArgs": []}}}
MEND = "ansible-playbook provision.yml --tags container_runtime --limit {}; why: {}"
SET = "the set of JetPack"


def plan(settings: Settings) -> dict[str, Any]:
    """What is asked of the node, and which packages are held."""
    pins, csv = _pins(settings), list(settings.series.csv_packages)
    smoke = settings["container_runtime_smoke"]
    return {
        "commands": {**COMMANDS, **({"smoke": smoke} if smoke else {})},
        "csv": csv,
        "pinned": {name: version for name, version in pins.items() if version},
        "held": list(pins) + (list(DOCKER) if settings.switch("container_runtime_hold_docker") else []),
        "watched": [*pins, *DOCKER, *csv, "docker-ce"],
        "wanted": [*DOCKER, *csv, *(_asked(name, version) for name, version in pins.items())],
    }


def rules(observed: Observed, settings: Settings) -> list[Rule]:
    """The promises of the role."""
    docker, runtime = observed.unit("docker.service"), observed.command("runtime")
    return [
        *_packages(observed, settings),
        as_written("container_runtime.pins", observed, "pins", settings),
        Rule("container_runtime.csv", listed(_no_csv(observed, settings), "no ", "all lists"), "all lists"),
        _daemon(observed, settings),
        Rule("container_runtime.docker", f"{docker.active}, {docker.enabled}", "active, enabled"),
        Rule("container_runtime.default_runtime", runtime.out or runtime.err, "nvidia"),
        *_breakages(observed, settings),
        *(_smoke(observed) if settings["container_runtime_smoke"] else []),
    ]


def other_docker(observed: Observed, settings: Settings) -> list[Rule]:
    """What converge.yml refuses to touch."""
    return [breakages.other_docker(observed)]


def work(observed: Observed, settings: Settings) -> dict[str, Any]:
    """What converge.yml and reset.yml have to change."""
    pins, is_now = _pins(settings), _read(observed)
    merged = _merged(is_now, must(settings))
    return {
        "install": [
            *_absent(observed, settings),
            *(_asked(name, pins[name]) for name in _differing(observed, settings)),
        ],
        "no_csv": _no_csv(observed, settings),
        "daemon": merged,
        "docker": "restarted" if observed.command("runtime").out != "nvidia" or is_now != merged else "started",
        "release": [name for name in plan(settings)["held"] if observed.package(name).held],
        "default_is_set": "default-runtime" in is_now,
        "without_default": {key: value for key, value in is_now.items() if key != "default-runtime"},
    }


def must(settings: Settings) -> dict[str, Any]:
    """What has to be in /etc/docker/daemon.json; other keys stay as they are."""
    return _merged(NVIDIA, settings["container_runtime_daemon"])


def _pins(settings: Settings) -> dict[str, str]:
    """The packages and their versions; a version that is empty is not known for the release, and not asked for."""
    return dict(settings.series.container)


def _asked(name: str, version: str) -> str:
    return f"{name}={version}" if version else name


def _breakages(observed: Observed, settings: Settings) -> list[Rule]:
    """The known breakages are those of JetPack 4; on a later board only another Docker is refused."""
    return breakages.rules(observed) if settings.series.csv else [breakages.other_docker(observed)]


def _merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """``base`` with ``over`` laid on it, tables key by key."""
    both = dict(base)
    for key, value in over.items():
        old = both.get(key)
        tables = isinstance(old, Mapping) and isinstance(value, Mapping)
        both[key] = _merged(old, value) if tables else value  # type: ignore[arg-type]
    return both


def _differing(observed: Observed, settings: Settings) -> list[str]:
    pins = _pins(settings).items()
    return [name for name, version in pins if _differs(observed.package(name).version, version)]


def _differs(found: str, wanted: str) -> bool:
    return found != wanted if wanted else not found


def _absent(observed: Observed, settings: Settings) -> list[str]:
    return [name for name in (*DOCKER, *settings.series.csv_packages) if not observed.package(name).version]


def _packages(observed: Observed, settings: Settings) -> list[Rule]:
    found = [f"{name} {observed.package(name).version or 'not installed'}" for name in _differing(observed, settings)]
    found += [f"{name} not installed" for name in _absent(observed, settings)]
    loose = [name for name in plan(settings)["held"] if not observed.package(name).held]
    mend = MEND.format(settings["inventory_hostname"], breakages.PAGES + "cuda-missing-in-containers.md")
    return [
        Rule("container_runtime.packages", listed(found, "", SET), SET, next=mend),
        Rule("container_runtime.held", listed(loose, "not held: ", "held"), "held"),
    ]


def _no_csv(observed: Observed, settings: Settings) -> list[str]:
    there = observed.command("csv").out.split()
    wanted = settings.texts("container_runtime_csv") if settings.series.csv else []
    return [name for name in wanted if name not in there]


def _read(observed: Observed) -> dict[str, Any]:
    """The contents of daemon.json; empty when it is absent or is not JSON."""
    contents: dict[str, Any] = json.loads(observed.command("daemon").out or "{}")
    return contents


def _daemon(observed: Observed, settings: Settings) -> Rule:
    answer, is_now = observed.command("daemon"), _read(observed)
    parts = [
        f"default-runtime {is_now.get('default-runtime', 'not set')}",
        "nvidia" if "nvidia" in is_now.get("runtimes", {}) else "no nvidia",
        "as set" if is_now == _merged(is_now, must(settings)) else "not as set",
    ]
    return Rule(
        "container_runtime.daemon",
        answer.last_error("not there") if answer.rc else ", ".join(parts),
        "default-runtime nvidia, nvidia, as set",
        next=MEND.format(settings["inventory_hostname"], breakages.PAGES + "unknown-runtime-nvidia.md"),
    )


def _smoke(observed: Observed) -> list[Rule]:
    answer = observed.command("smoke")
    return [
        Rule(
            "container_runtime.smoke",
            f"exit code {answer.rc} {shortened(answer.err, 200) if answer.rc else ''}",
            "exit code 0",
            holds=answer.rc == 0,
            next=breakages.PAGES + "README.md, by the words of the message",
        )
    ]
