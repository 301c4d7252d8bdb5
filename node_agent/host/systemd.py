"""The real host: Docker and systemd through their own commands. Nothing here decides anything."""

import json
import os
import signal
import time
from typing import Any, Dict, List, Optional

from node_agent.errors import AgentError, HostError, ReleaseRefused
from node_agent.host.commands import read_file, remove_file, run, write_file
from node_agent.host.interface import ChallengeAnswer, Health, Host, Release
from node_agent.store.local_disk import LocalDisk, translate_errors

UNIT, CONTAINER = "nano-ocr.service", "nano-ocr"
L4T_FILE = "/etc/nv_tegra_release"
BOOT_ID = "/proc/sys/kernel/random/boot_id"
CLOCK_SET = "/run/systemd/timesync/synchronized"
_LOAD_S, _SHORT_S, _LOG_S, _CHALLENGE_S = 1800.0, 120.0, 30.0, 900.0
_LIST_IMAGES = ["docker", "image", "ls", "--quiet", "--no-trunc"]


class SystemdHost(Host):
    """``disk`` is the agent's folder; ``runtime`` is a folder in memory, empty after every boot."""

    def __init__(self, disk: LocalDisk, runtime: str = "/run/nano-ocr") -> None:
        self.disk = disk
        self.runtime = runtime

    def boot_id(self) -> str:
        return read_file(BOOT_ID).strip()

    def now(self) -> float:
        return time.time()

    def clock_trusted(self) -> bool:
        if os.path.exists(CLOCK_SET):
            return True
        try:
            return "Leap status     : Normal" in run(["chronyc", "tracking"], 5.0)
        except AgentError:
            return False

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    def l4t(self) -> str:
        return l4t_of(read_file(L4T_FILE))

    def architecture(self) -> str:
        return os.uname().machine

    def lock_holders(self) -> List[str]:
        folder = os.path.join(self.runtime, "locks")
        if not os.path.isdir(folder):
            return []
        names = sorted(os.listdir(folder))
        return [": ".join([name, read_file(os.path.join(folder, name)).strip()]) for name in names]

    def docker_works(self) -> bool:
        try:
            run(_LIST_IMAGES, _SHORT_S)
            return True
        except HostError:
            return False

    def repair_docker(self) -> None:
        run(["systemctl", "restart", "docker.service"], _SHORT_S, may_fail=True)
        if not self.docker_works():
            store = _docker_root()
            run(["systemctl", "stop", "docker.service", "docker.socket"], _SHORT_S)
            translate_errors("set Docker's broken store aside", lambda: _set_aside(store, self.boot_id()[:8]))
            run(["systemctl", "reset-failed", "docker.service"], _SHORT_S, may_fail=True)
            run(["systemctl", "start", "docker.service"], _SHORT_S)

    def has_image(self, image_id: str) -> bool:
        return image_id in run(_LIST_IMAGES, _SHORT_S).split()

    def load_image(self, path: str) -> None:
        run(["docker", "load", "--quiet", "--input", self.disk.path(path)], _LOAD_S)

    def remove_image(self, image_id: str) -> None:
        if self.has_image(image_id):
            run(["docker", "image", "rm", "--force", image_id], _SHORT_S)

    def start_app(self, release: Release) -> None:
        folder = self.disk.path("releases/" + release["id"])
        values = {"IMAGE": release["image_id"], "RELEASE": release["id"], "FOLDER": folder}
        lines = ["NANO_OCR_{}={}\n".format(key, value) for key, value in sorted(values.items())]
        path = self._environment()
        translate_errors("write " + path, lambda: write_file(path, "".join(lines)))
        remove_file(self._health_file())
        run(["systemctl", "reset-failed", UNIT], _SHORT_S, may_fail=True)
        run(["systemctl", "restart", UNIT], _SHORT_S)

    def _environment(self) -> str:
        """The file that names the release to the unit."""
        return os.path.join(self.runtime, "release.env")

    def _health_file(self) -> str:
        return os.path.join(self.runtime, "app", "health.json")

    def stop_app(self) -> None:
        run(["systemctl", "stop", UNIT], _SHORT_S)

    def running(self) -> Optional[str]:
        shown = _properties(["ActiveState"])
        path = self._environment()
        if shown["ActiveState"] not in ("active", "activating") or not os.path.exists(path):
            return None
        lines = [line for line in read_file(path).splitlines() if line.startswith("NANO_OCR_RELEASE=")]
        return lines[0].partition("=")[2] if lines else None

    def restarts(self) -> int:
        return int(_properties(["NRestarts"])["NRestarts"] or 0)

    def health(self) -> Optional[Health]:
        path = self._health_file()
        if not os.path.exists(path):
            return None
        try:
            found = json.loads(read_file(path))
        except ValueError:
            return None
        return found if isinstance(found, dict) else None

    def challenge(self, arguments: List[str]) -> List[ChallengeAnswer]:
        command = ["docker", "exec", "--workdir", "/release", CONTAINER, "ocr-app"] + arguments
        lines = run(command, _CHALLENGE_S).splitlines()
        try:
            return [_answer(json.loads(line)) for line in lines if line.strip()]
        except (ValueError, KeyError, TypeError) as error:
            raise HostError("ocr-app printed no result lines: {}".format(error), "", "journalctl --unit " + UNIT)

    def log_lines(self, count: int) -> List[str]:
        command = ["journalctl", "--unit", UNIT, "--lines", str(count), "--no-pager", "--output", "short"]
        return run(command, _LOG_S).splitlines()

    def reboot(self) -> None:
        """From here on systemd ends the agent like everything else, which does not interrupt the deployment."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        os.sync()
        run(["systemctl", "reboot"], _SHORT_S)


def l4t_of(text: str) -> str:
    """The release in the first line of /etc/nv_tegra_release, "32.7.6". Raises ReleaseRefused for another file."""
    words = text.replace(",", " ").split()
    try:
        return "{}.{}".format(words[words.index("#") + 1].lstrip("R"), words[words.index("REVISION:") + 1])
    except (ValueError, IndexError):
        raise ReleaseRefused(
            "{} says {!r}".format(L4T_FILE, text[:60]), "# R32 (release), REVISION: 7.6, ...", "is this a Jetson?"
        )


def _answer(line: Dict[str, Any]) -> ChallengeAnswer:
    return ChallengeAnswer(
        os.path.basename(line["image"]), line["verdict"], line["text"], float(line["timing_ms"]["total"])
    )


def _properties(names: List[str]) -> Dict[str, str]:
    lines = run(["systemctl", "show", UNIT] + ["--property=" + name for name in names], _SHORT_S).splitlines()
    found = {line.partition("=")[0]: line.partition("=")[2] for line in lines}
    return {name: found.get(name, "") for name in names}


def _docker_root() -> str:
    """Docker's data folder by its configuration, because a broken Docker does not answer."""
    path = "/etc/docker/daemon.json"
    if not os.path.exists(path):
        return "/var/lib/docker"
    return str(json.loads(read_file(path)).get("data-root", "/var/lib/docker"))


def _set_aside(store: str, mark: str) -> None:
    """Rename the store; where it is a mount point, which cannot be renamed, move its contents."""
    if not os.path.ismount(store):
        os.rename(store, "{}.broken-{}".format(store, mark))
        return
    aside = os.path.join(store, "broken-" + mark)
    os.makedirs(aside, exist_ok=True)
    for name in os.listdir(store):
        if not name.startswith(("broken-", "lost+found")):
            os.rename(os.path.join(store, name), os.path.join(aside, name))
