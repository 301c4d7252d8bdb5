"""`./inv train`, `./inv evaluate`, `./inv fonts`: the commands of training/, each in its environment."""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
from pathlib import Path

from fleet.core.errors import TrainingError
from fleet.core.files import ROOT
from training.render import fonts

log = logging.getLogger(__name__)

NETWORKS = ("recogniser", "detector")
_ENVIRONMENT = "train"


def train(
    what: str, resume: bool = False, config: Path | None = None, out: Path | None = None, device: str = "cpu"
) -> None:
    """Train a network (``resume`` continues an earlier run), and put the result into the package.

    Raises:
        TrainingError: an unknown network, no environment for training, or a failed step.
    """
    _known(what)
    chosen = config or ROOT / "training" / what / "config" / f"code-{what}.toml"
    folder = out or ROOT / "build" / what
    python = _training_python()
    shipped = config is None
    _call(
        [
            python,
            "-m",
            f"training.{what}.train",
            "--config",
            str(chosen),
            "--out",
            str(folder),
            *_flag(resume),
            "--device",
            device,
        ]
    )
    target = [] if shipped else ["--target", str(folder / f"{chosen.stem}.onnx")]
    _call([python, "-m", f"training.{what}.export", "--config", str(chosen), "--out", str(folder), *target])
    _call([python, "-m", "training.curve", "--out", str(folder), *(["--config", str(chosen)] if shipped else [])])


def evaluate(what: str, check: bool = False) -> None:
    """Measure the shipped network and write its card, or compare with the committed card.

    Raises:
        TrainingError: an unknown network, missing fonts, or different figures.
    """
    _known(what)
    _call([sys.executable, "-m", f"training.{what}.evaluate", *(["--check"] if check else [])])


def install_fonts(say: bool = False) -> list[str]:
    """Install the packages of missing fonts with apt-get and npm. ``say`` only reports the commands.

    Raises:
        TrainingError: a package manager is missing or fails.
    """
    commands = [command for command in _font_commands(fonts.missing()) if command]
    for command in commands:
        log.info("$ %s", " ".join(command))
        if not say:
            _call(command)
    still = [] if say else fonts.missing()
    if still:
        raise TrainingError(f"fonts are missing: {', '.join(entry.name for entry in still)}", "all of fonts.toml")
    return [" ".join(command) for command in commands]


def _font_commands(missing: list[fonts.FontEntry]) -> list[list[str]]:
    packages = {manager: sorted({e.package.partition(":")[2] for e in missing if e.package.startswith(manager)})
                for manager in ("apt", "npm")}  # fmt: skip
    apt = ["apt-get", "install", "-y", "--no-install-recommends", *packages["apt"]] if packages["apt"] else []
    npm = ["npm", "install", "--no-save", "--no-package-lock", *packages["npm"]] if packages["npm"] else []
    return [apt, npm]


def _known(what: str) -> None:
    if what not in NETWORKS:
        raise TrainingError(f"no network called {what!r}", ", ".join(NETWORKS), "./inv train --what recogniser")


def _training_python() -> str:
    python = ROOT / ".envs" / _ENVIRONMENT / "bin" / "python"
    if not python.is_file():
        raise TrainingError("the environment for training is missing", str(python), "./inv envs --name train")
    return str(python)


def _flag(resume: bool) -> list[str]:
    return ["--resume"] if resume else []


def _call(command: list[str]) -> None:
    if shutil.which(command[0]) is None:
        raise TrainingError(f"{command[0]} is not installed", command[0], "install it, or run this on another machine")
    done = subprocess.run(command, cwd=ROOT, check=False)
    if done.returncode:
        words = " ".join(Path(word).name if "/" in word else word for word in command)
        raise TrainingError(f"`{words}` ended with exit code {done.returncode}", "0")
