"""Docker for the virtual fleet: checks the machine, starts an engine if none runs, runs commands."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import subprocess
import time
import uuid
from pathlib import Path

from fleet.core.errors import VirtualFleetError, VirtualFleetUnavailable
from fleet.virtual.settings import machine_arch, settings

log = logging.getLogger(__name__)

_STATUS = Path("/proc/self/status")
_BINFMT = Path("/proc/sys/fs/binfmt_misc")
_QEMU = {"amd64": "qemu-x86_64", "arm64": "qemu-aarch64"}
_PID = Path("/var/run/docker.pid")
_CAPABILITIES = {  # bit numbers of linux/capability.h
    "DAC_READ_SEARCH": 2,
    "LINUX_IMMUTABLE": 9,
    "NET_ADMIN": 12,
    "IPC_LOCK": 14,
    "SYS_MODULE": 16,
    "SYS_RAWIO": 17,
    "SYS_PTRACE": 19,
    "SYS_ADMIN": 21,
    "SYS_BOOT": 22,
    "SYS_NICE": 23,
    "SYS_RESOURCE": 24,
    "SYS_TIME": 25,
    "LEASE": 28,
    "SYSLOG": 34,
}


def run_docker(*arguments: str, given: str | None = None, check: bool = True) -> str:
    """Run docker; returns its output. Raises VirtualFleetError with its message if it fails and ``check`` is set."""
    command = ["docker", *arguments]
    log.debug("%s", " ".join(command))
    environment = dict(os.environ, DOCKER_BUILDKIT="0")
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False, env=environment)
    if check and done.returncode:
        shown = " ".join(command[:4]) + (" ..." if len(command) > 4 else "")
        raise VirtualFleetError(f"{shown} failed: {done.stderr.strip()[-800:]}")
    return done.stdout.strip()


def answers() -> bool:
    """Whether a Docker engine answers."""
    return bool(shutil.which("docker")) and bool(run_docker("info", "--format", "{{.ServerVersion}}", check=False))


def lacking() -> str:
    """What this machine lacks for a virtual fleet; empty if nothing."""
    if not _STATUS.exists():
        return "this is not Linux: virtual Nanos are Linux containers"
    if os.geteuid():
        return "not root: virtual Nanos need mounts and debootstrap (sudo ./inv fleet up)"
    gone = [tool for tool in ("docker", "ssh", "ssh-keygen") if not shutil.which(tool)]
    if gone:
        return f"{', '.join(gone)} not found: apt-get install docker.io openssh-client"
    if not answers() and not shutil.which("dockerd"):
        return "no Docker engine answers and dockerd is not installed: apt-get install docker.io"
    needed = [name for name in settings()["capabilities"]["needed"] if not _has(name)]
    return f"this machine has no capability {', '.join(needed)}" if needed else ""


def lacking_for(arch: str, flags: str = "F") -> str:
    """What this machine lacks to run programs for another processor; empty if nothing.

    ``flags`` are those of binfmt_misc that are needed: F for containers, C for programs like sudo that change the user.
    """
    if arch not in _QEMU:
        return f"no processor called {arch!r} (known: {', '.join(_QEMU)})"
    if arch == machine_arch():
        return ""
    entry = _BINFMT / _QEMU[arch]
    text = entry.read_text() if entry.exists() else ""
    if "enabled" in text and set(flags) <= set(text.partition("flags: ")[2].partition("\n")[0]):
        return ""
    how = f"binfmt_misc with the flags {flags}" if len(flags) > 1 else "binfmt_misc"
    return f"programs for {arch} do not run here by {how}: apt-get install qemu-user-static binfmt-support"


def require(folder: Path, arch: str) -> None:
    """Make sure that an engine answers; start dockerd if none does. Raises VirtualFleetUnavailable."""
    if problem := lacking() or lacking_for(arch, "FC"):
        raise VirtualFleetUnavailable(problem, "root on Linux with Docker; packages of Debian or Ubuntu suffice")
    if not answers():
        _start(folder)


_PROBE = """mount -t tmpfs tmpfs /sys/firmware || exit 1
for folder in /sys/fs/cgroup/systemd /sys/fs/cgroup; do
    mkdir "$folder/$0" 2>/dev/null && rmdir "$folder/$0" && exit 0
done
echo 'no control group can be created below /sys/fs/cgroup' >&2
exit 1"""


def probe() -> None:
    """Check within a second whether a container may do what systemd and a node's first process do, in the real engine.

    The machine's own shell runs in an empty image. Raises VirtualFleetUnavailable with the refused operation.
    """
    folders = [folder for folder in ("/bin", "/sbin", "/lib", "/lib64", "/usr") if Path(folder).exists()]
    image = run_docker("import", "-", given="\0" * 10240)  # an empty tar file
    shell = [f"--volume={folder}:{folder}:ro" for folder in folders]
    group = f"nano-ocr-probe-{uuid.uuid4().hex[:12]}"  # several probes may run at the same time
    command = ["docker", "run", "--rm", *privileges(), *shell, image, "/bin/sh", "-c", _PROBE, group]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    run_docker("rmi", image, check=False)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        found = f"a container cannot work as a virtual Nano here: {last}"
        raise VirtualFleetUnavailable(
            found, "a machine whose Docker may run systemd (mounts, cgroups)", "use a virtual machine"
        )


def privileges() -> list[str]:
    """The options of `docker run` for the additional privileges of a node."""
    options = [f"--cap-add={capability}" for capability in capabilities()]
    options += ["--security-opt", "seccomp=unconfined", "--security-opt", "apparmor=unconfined"]
    return [*options, "--cgroupns", "host", "--volume", "/sys/fs/cgroup:/sys/fs/cgroup:rw"]


def _start(folder: Path) -> None:
    """Start dockerd independently of this process, and record that this command started it."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "dockerd.log"
    with log.open("a") as output:
        subprocess.run(["setsid", "--fork", "dockerd"], stdout=output, stderr=output, check=True)
    for _ in range(60):
        if answers():
            (folder / "dockerd.pid").write_text(_PID.read_text())
            return
        time.sleep(0.5)
    last = (log.read_text().splitlines() or ["no message"])[-1]
    raise VirtualFleetUnavailable(f"dockerd does not start: {last}", "a Docker engine", f"see {log}")


def stop_if_ours(folder: Path) -> bool:
    """Stop the engine that `up` started, if it has no containers left. Returns whether it was stopped."""
    marker = folder / "dockerd.pid"
    if not marker.exists() or run_docker("ps", "--all", "--quiet"):
        return False
    pid = int(marker.read_text())
    marker.unlink()
    name = Path("/proc") / str(pid) / "comm"
    if not name.exists() or name.read_text().strip() != "dockerd":
        return False
    os.kill(pid, signal.SIGTERM)
    return True


def _has(capability: str) -> bool:
    line = next(line for line in _STATUS.read_text().splitlines() if line.startswith("CapBnd"))
    return bool(int(line.split()[1], 16) >> _CAPABILITIES[capability] & 1)


def capabilities() -> list[str]:
    """The capabilities of a node's container: the required ones, and the optional ones that this machine has."""
    table = settings()["capabilities"]
    return [*table["needed"], *(name for name in table["wanted"] if _has(name))]
