"""The site in containers, by compose.yaml, on images that are made here: no registry is asked."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from fleet.virtual.docker import run_docker
from fleet.virtual.image import exists
from tests.site import computer
from tests.site.computer import FOLDER, IMAGE, digest, made

PROJECT = "nano-ocr-site-test"
TARGETS = {"PYTHON_IMAGE": "python", "MOSQUITTO_IMAGE": "broker", "POSTGRES_IMAGE": "database"}


def images() -> dict[str, str]:
    """Variable of compose.yaml -> tag of the stand-in for that public image; built on first use."""
    source, wheels = IMAGE / "compose", computer.wheels()
    mark = digest(computer.base(), wheels.name, *(path.read_text() for path in sorted(source.iterdir())))
    tags = {name: f"nano-ocr/site-{target}:{mark}" for name, target in TARGETS.items()}
    if not all(map(exists, tags.values())):
        with tempfile.TemporaryDirectory(dir=made(wheels.parent), prefix="context-") as name:
            context = Path(name) / "context"
            shutil.copytree(source, context)
            shutil.copytree(wheels, context / "wheels")
            for variable, tag in tags.items():
                own = ["--target", TARGETS[variable], "--tag", tag, "--build-arg", f"BASE={computer.base()}"]
                run_docker("build", *own, str(context))
    return tags


@dataclass(frozen=True)
class SiteContainers:
    """The project; ``variables`` is the file that a user calls .env."""

    variables: Path

    def compose(self, *words: str, check: bool = True) -> str:
        """Runs docker-compose; returns what it printed on stdout."""
        command = ["docker-compose", "--project-name", PROJECT, "--env-file", str(self.variables), *words]
        environ = dict(os.environ, DOCKER_BUILDKIT="0", COMPOSE_DOCKER_CLI_BUILD="0")
        done = subprocess.run(command, cwd=FOLDER, env=environ, capture_output=True, text=True, check=False)
        assert not check or done.returncode == 0, f"{words}: {done.stdout[-3000:]}{done.stderr[-3000:]}"
        return done.stdout.strip()

    def query(self, text: str) -> list[list[str]]:
        """Rows of the site's database."""
        secret = 'PGPASSWORD=$(cat /run/secrets/database) exec psql -h 127.0.0.1 -U nano_ocr -tA -d nano_ocr -c "$0"'
        told = self.compose("exec", "-T", "database", "sh", "-c", secret, text)
        return [line.split("|") for line in told.splitlines()]

    def states(self) -> dict[str, str]:
        """Container -> its state, of all that were not run once."""
        label = f"label=com.docker.compose.project={PROJECT}"
        told = run_docker("ps", "--all", "--filter", label, "--format", "{{.Names}} {{.State}}").splitlines()
        return dict(line.split(" ", 1) for line in told)

    def remove(self) -> None:
        """Removes containers, networks and volumes."""
        self.compose("down", "--volumes", "--timeout", "5", "--remove-orphans")
