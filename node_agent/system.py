"""The real node: Docker and systemd by their own commands, with plain errors. Nothing here decides anything."""

import json
import os
import shlex
import signal
import subprocess
import time
from typing import Any, Dict, List, Optional

from node_agent.disk import Folder, worded
from node_agent.errors import AgentError, OutsideError, Refused
from node_agent.machine import Answer, Health, Machine, Release

UNIT, CONTAINER = "nano-ocr.service", "nano-ocr"
L4T_FILE = "/etc/nv_tegra_release"
BOOT_ID = "/proc/sys/kernel/random/boot_id"
CLOCK_SET = "/run/systemd/timesync/synchronized"
_LOAD_S, _SHORT_S, _CHALLENGE_S = 1800.0, 120.0, 900.0


class System(Machine):
    """``folder`` is the agent's folder; ``runtime`` one in memory, empty after every boot."""

    def __init__(self, folder: Folder, runtime: str = "/run/nano-ocr") -> None:
        self.folder = folder
        self.runtime = runtime

    def boot_id(self) -> str:
        return _file(BOOT_ID).strip()

    def now(self) -> float:
        return time.time()

    def clock_trusted(self) -> bool:
        if os.path.exists(CLOCK_SET):
            return True
        try:
            return "Leap status     : Normal" in _run(["chronyc", "tracking"], 5.0)
        except AgentError:
            return False

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    def l4t(self) -> str:
        return l4t_of(_file(L4T_FILE))

    def architecture(self) -> str:
        return os.uname().machine

    def lock_holders(self) -> List[str]:
        folder = os.path.join(self.runtime, "locks")
        if not os.path.isdir(folder):
            return []
        names = sorted(os.listdir(folder))
        return [": ".join([name, _file(os.path.join(folder, name)).strip()]) for name in names]

    def docker_works(self) -> bool:
        try:
            _run(["docker", "image", "ls", "--quiet", "--no-trunc"], _SHORT_S)
            return True
        except OutsideError:
            return False

    def repair_docker(self) -> None:
        _run(["systemctl", "restart", "docker.service"], _SHORT_S, may_fail=True)
        if not self.docker_works():
            store = _docker_root()
            _run(["systemctl", "stop", "docker.service", "docker.socket"], _SHORT_S)
            worded("set Docker's broken store aside", lambda: _set_aside(store, self.boot_id()[:8]))
            _run(["systemctl", "reset-failed", "docker.service"], _SHORT_S, may_fail=True)
            _run(["systemctl", "start", "docker.service"], _SHORT_S)

    def has_image(self, image_id: str) -> bool:
        return image_id in _run(["docker", "image", "ls", "--quiet", "--no-trunc"], _SHORT_S).split()

    def load_image(self, path: str) -> None:
        _run(["docker", "load", "--quiet", "--input", self.folder.path(path)], _LOAD_S)

    def remove_image(self, image_id: str) -> None:
        if self.has_image(image_id):
            _run(["docker", "image", "rm", "--force", image_id], _SHORT_S)

    def start_app(self, release: Release) -> None:
        folder = self.folder.path("releases/" + release["id"])
        values = {"IMAGE": release["image_id"], "RELEASE": release["id"], "FOLDER": folder}
        lines = ["NANO_OCR_{}={}\n".format(key, value) for key, value in sorted(values.items())]
        path = os.path.join(self.runtime, "release.env")
        worded("write " + path, lambda: _write(path, "".join(lines)))
        _remove(os.path.join(self.runtime, "app", "health.json"))
        _run(["systemctl", "reset-failed", UNIT], _SHORT_S, may_fail=True)
        _run(["systemctl", "restart", UNIT], _SHORT_S)

    def stop_app(self) -> None:
        _run(["systemctl", "stop", UNIT], _SHORT_S)

    def running(self) -> Optional[str]:
        shown = _properties(["ActiveState"])
        path = os.path.join(self.runtime, "release.env")
        if shown["ActiveState"] not in ("active", "activating") or not os.path.exists(path):
            return None
        lines = [line for line in _file(path).splitlines() if line.startswith("NANO_OCR_RELEASE=")]
        return lines[0].partition("=")[2] if lines else None

    def restarts(self) -> int:
        return int(_properties(["NRestarts"])["NRestarts"] or 0)

    def health(self) -> Optional[Health]:
        path = os.path.join(self.runtime, "app", "health.json")
        if not os.path.exists(path):
            return None
        try:
            found = json.loads(_file(path))
        except ValueError:
            return None
        return found if isinstance(found, dict) else None

    def challenge(self, arguments: List[str]) -> List[Answer]:
        command = ["docker", "exec", "--workdir", "/release", CONTAINER, "ocr-app"] + arguments
        lines = _run(command, _CHALLENGE_S).splitlines()
        try:
            return [_answer(json.loads(line)) for line in lines if line.strip()]
        except (ValueError, KeyError, TypeError) as error:
            raise OutsideError("ocr-app answered no result lines: {}".format(error), "", "journalctl --unit " + UNIT)

    def log_lines(self, count: int) -> List[str]:
        return _run(
            ["journalctl", "--unit", UNIT, "--lines", str(count), "--no-pager", "--output", "short"], 30.0
        ).splitlines()

    def reboot(self) -> None:
        """From here on systemd ends us like everything else: that is no interruption of the deployment."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        os.sync()
        _run(["systemctl", "reboot"], _SHORT_S)


def l4t_of(text: str) -> str:
    """Release of the first line of /etc/nv_tegra_release, "32.7.6". Raises Refused where it is another file."""
    words = text.replace(",", " ").split()
    try:
        return "{}.{}".format(words[words.index("#") + 1].lstrip("R"), words[words.index("REVISION:") + 1])
    except (ValueError, IndexError):
        raise Refused(
            "{} says {!r}".format(L4T_FILE, text[:60]), "# R32 (release), REVISION: 7.6, ...", "is this a Jetson?"
        )


def _answer(line: Dict[str, Any]) -> Answer:
    return Answer(os.path.basename(line["image"]), line["verdict"], line["text"], float(line["timing_ms"]["total"]))


def _run(command: List[str], limit_s: float, may_fail: bool = False) -> str:
    """Output of a command. Raises OutsideError with its last words, and after ``limit_s`` seconds."""
    words = " ".join(shlex.quote(part) for part in command)
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=limit_s, check=False)
    except subprocess.TimeoutExpired:
        raise OutsideError("no answer within {:g} s: {}".format(limit_s, words))
    except OSError as error:
        raise OutsideError("cannot run {}: {}".format(command[0], error.strerror), "", "apt install " + command[0])
    if done.returncode and not may_fail:
        last = done.stderr.decode("utf-8", "replace").strip().splitlines()[-3:]
        raise OutsideError("{} (exit code {}): {}".format(words, done.returncode, " / ".join(last) or "no message"))
    return done.stdout.decode("utf-8", "replace")


def _properties(names: List[str]) -> Dict[str, str]:
    lines = _run(["systemctl", "show", UNIT] + ["--property=" + name for name in names], _SHORT_S).splitlines()
    found = {line.partition("=")[0]: line.partition("=")[2] for line in lines}
    return {name: found.get(name, "") for name in names}


def _docker_root() -> str:
    """Docker's data folder, without asking Docker, which does not answer."""
    path = "/etc/docker/daemon.json"
    if not os.path.exists(path):
        return "/var/lib/docker"
    return str(json.loads(_file(path)).get("data-root", "/var/lib/docker"))


def _set_aside(store: str, mark: str) -> None:
    """Rename the store; where it is a disk of its own, which has no other name, what lies in it."""
    if not os.path.ismount(store):
        os.rename(store, "{}.broken-{}".format(store, mark))
        return
    aside = os.path.join(store, "broken-" + mark)
    os.makedirs(aside, exist_ok=True)
    for name in os.listdir(store):
        if not name.startswith(("broken-", "lost+found")):
            os.rename(os.path.join(store, name), os.path.join(aside, name))


def _file(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as stream:
            return stream.read()
    except OSError as error:
        raise OutsideError("cannot read {}: {}".format(path, error.strerror))


def _write(path: str, text: str) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path + ".partial", "w", encoding="utf-8") as stream:
        stream.write(text)
    os.replace(path + ".partial", path)


def _remove(path: str) -> None:
    if os.path.exists(path):
        os.remove(path)
