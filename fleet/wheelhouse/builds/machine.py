"""Where a build runs (here or in a container), and what that machine reports before the build starts."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fleet.core.errors import UnsuitableBuildMachine
from fleet.wheelhouse.builds.declarations import BuildMachine, BuildSpec, WheelBuild

_PROBE = r"""
echo machine=$(uname -m)
for nvcc in /usr/local/cuda/bin/nvcc nvcc; do command -v $nvcc > /dev/null && break; done
echo cuda=$($nvcc --version 2> /dev/null | sed -n 's/.*release \([0-9.]*\),.*/\1/p')
echo python=$("$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2> /dev/null)
echo free_mb=$(($(df -Pm "$2" | awk 'NR == 2 { print $4 }') + $(du -sm "$2" | cut -f1)))
awk '/^MemTotal/ { print "memory_mb=" int($2 / 1024) } /^SwapTotal/ { print "swap_mb=" int($2 / 1024) }' /proc/meminfo
if command -v dpkg-query > /dev/null
then dpkg-query -W -f='${db:Status-Abbrev}${Package}\n' | sed -n 's/^ii *\(.*\)/package=\1/p'
else echo stranger=1
fi
"""


@dataclass(frozen=True)
class BuildPlatform:
    """This machine, or a container of ``image`` with ``folders`` and without a network. ``runtime`` is Docker's."""

    image: str = ""
    runtime: str = ""
    folders: tuple[Path, ...] = ()

    def command(self, arguments: list[str], folder: Path, name: str = "") -> list[str]:
        """The command line that runs ``arguments`` on the platform, in ``folder``."""
        if not self.image:
            return arguments
        line = ["docker", "run", "--rm", "--network", "none", "--user", f"{os.getuid()}:{os.getgid()}"]
        line += ["--name", name] if name else []
        line += ["--runtime", self.runtime] if self.runtime else []
        for seen in self.folders:
            line += ["--volume", f"{seen}:{seen}"]
        line += ["--workdir", str(folder), "--env", "HOME=/tmp", "--entrypoint", arguments[0], self.image]
        return line + arguments[1:]

    def __str__(self) -> str:
        return f"a container of {self.image}" if self.image else "this machine"


def probe(platform: BuildPlatform, python: str, folder: Path) -> BuildMachine:
    """Ask the machine about itself. Raises UnsuitableBuildMachine if it does not answer (no Docker, no such image)."""
    command = platform.command(["/bin/sh", "-c", _PROBE, "probe", python, str(folder)], folder)
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    except OSError as error:
        raise UnsuitableBuildMachine(
            f"{command[0]}: {error.strerror}", "Docker, for --image", "apt-get install docker.io"
        ) from error
    if done.returncode:
        lines = [line for line in done.stderr.strip().splitlines() if line and "--help" not in line]
        last = " / ".join(lines[-2:]) or "no message"
        raise UnsuitableBuildMachine(
            f"{platform} does not answer: {last}", "an image that starts, with /bin/sh", "docker images"
        )
    return parsed(done.stdout)


def parsed(text: str) -> BuildMachine:
    """The machine that the output of the probe describes."""
    reported: dict[str, str] = {}
    packages = set()
    for line in text.splitlines():
        key, _, value = line.partition("=")
        if key == "package":
            packages.add(value)
        else:
            reported[key] = value.strip()
    return BuildMachine(
        machine=reported.get("machine", ""),
        cuda=reported.get("cuda", ""),
        python=reported.get("python", ""),
        free_mb=int(reported.get("free_mb") or 0),
        memory_mb=int(reported.get("memory_mb") or 0),
        swap_mb=int(reported.get("swap_mb") or 0),
        packages=frozenset(packages),
        stranger="stranger" in reported,
    )


def require_suitable(
    spec: BuildSpec, machine: BuildMachine, python: str, platform: BuildPlatform, next_step: str
) -> None:
    """Raise UnsuitableBuildMachine with every requirement that the machine does not meet."""
    problems = {
        f"processor {machine.machine}": (spec.machine, machine.machine == spec.machine),
        f"CUDA {machine.cuda or 'none'}": (f"CUDA {spec.cuda}", not spec.cuda or machine.cuda == spec.cuda),
        f"{python} is {machine.python or 'missing'}": (
            f"Python {spec.python_version}",
            machine.python == spec.python_version,
        ),
        f"{machine.free_mb} MB free or used by this build": (f"{spec.free_mb} MB", machine.free_mb >= spec.free_mb),
    }
    wrong = {found: expected for found, (expected, fits) in problems.items() if not fits}
    if wrong:
        where = f"{spec.name} cannot be built on {platform}: "
        raise UnsuitableBuildMachine(where + "; ".join(wrong), "; ".join(wrong.values()), next_step)


def require_packages(
    build: WheelBuild, machine: BuildMachine, platform: BuildPlatform, say: Callable[[str], None]
) -> None:
    """Raise UnsuitableBuildMachine for missing Ubuntu packages. Without dpkg, report that they were not checked."""
    if machine.stranger:
        say(f"{platform} has no dpkg, so these packages were not checked: {', '.join(build.packages) or 'none'}")
        return
    gone = [name for name in build.packages if name not in machine.packages]
    if gone:
        raise UnsuitableBuildMachine(
            f"{build.spec.name} on {platform}: {', '.join(gone)} not installed",
            "the packages that the build needs",
            f"apt-get install {' '.join(gone)}",
        )
