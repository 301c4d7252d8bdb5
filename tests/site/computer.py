"""A virtual computer of Debian 12 for the site: systemd, sshd, and packages from Debian as this machine reaches it.

Python's packages come from a folder of wheels that this machine downloads by the site's lock, as at a site without an
uplink.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from fleet.core.files import ROOT
from fleet.plays import playbooks
from fleet.virtual import nodes
from fleet.virtual.docker import privileges, run_docker
from fleet.virtual.image import exists
from fleet.virtual.roots import bootstrap, rootfs
from fleet.virtual.settings import Fleet, machine_arch, settings

IMAGE = Path(__file__).with_name("image")
FOLDER = ROOT / "docs" / "how-to" / "site"
LOCK = ROOT / "requirements" / "site.txt"
HOST = 10
"""The last number of the computer's address."""


def base() -> str:
    """Tag of Debian as debootstrap makes it; made on first use."""
    packages = (IMAGE / "debian.txt").read_text().splitlines()[1:]
    suite = settings()["debian"]
    tag = f"nano-ocr/site-debian:{machine_arch()}-{digest(suite, *packages)}"
    if not exists(tag):
        with tempfile.TemporaryDirectory(dir=made(ROOT / "build" / "site"), prefix="debian-") as name:
            root = Path(name) / "root"
            bootstrap.debian(root, suite, packages, machine_arch(), _call)
            rootfs.load(root, tag, machine_arch(), without=("var/cache/apt/archives",))
    return tag


def image() -> str:
    """Tag of the computer's image; built on first use."""
    tag = f"nano-ocr/site-computer:{digest(base(), (IMAGE / 'Dockerfile').read_text())}"
    if not exists(tag):
        run_docker("build", "--build-arg", f"BASE={base()}", "--tag", tag, str(IMAGE))
    return tag


def wheels() -> Path:
    """A folder with the wheels of the site's lock, for the Python of Debian 12; downloaded once."""
    folder = ROOT / "build" / "site" / f"wheels-{digest(LOCK.read_text())}"
    if not folder.exists():
        part = made(folder.with_suffix(".part"))
        how = ["--require-hashes", "--only-binary", ":all:", "--python-version", "3.11", "--quiet"]
        _call([sys.executable, "-m", "pip", "download", *how, "-r", str(LOCK), "-d", str(part)])
        part.rename(folder)
    return folder


def digest(*texts: str) -> str:
    """A short name of texts."""
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:12]


def made(folder: Path) -> Path:
    """The folder, made unless it is there."""
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _call(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command[:3]}: {done.stdout[-2000:]}{done.stderr[-2000:]}"


@dataclass(frozen=True)
class SiteComputer:
    """The computer, reached over ssh by Ansible, and past it where a test looks inside."""

    fleet: Fleet

    @property
    def address(self) -> str:
        return self.fleet.address(HOST)

    @property
    def container(self) -> str:
        return f"{self.fleet.network}-computer"

    def start(self) -> SiteComputer:
        """Starts it unless an earlier run left it, and lets Ansible in."""
        if not self._is_there():
            self._run()
        self.wait()
        self._admit()
        return self

    def _run(self) -> None:
        nodes.make_network(self.fleet)
        options = ["--name", self.container, "--hostname", "site", "--label", self.fleet.label, "--restart", "always"]
        options += ["--network", self.fleet.network, "--ip", self.address, *privileges(), "--env", "container=docker"]
        options += ["--tmpfs", "/run:exec,mode=755", "--tmpfs", "/run/lock", "--tmpfs", "/tmp:exec,mode=1777"]
        run_docker("run", "--detach", *options, "--volume", f"{wheels()}:/srv/wheels:ro", image())

    def wait(self) -> None:
        """Until systemd has started everything."""
        until = time.monotonic() + settings()["start_timeout_s"]
        while time.monotonic() < until:
            state = self.root("systemctl is-system-running || true")
            if state == "running":
                return
            assert state != "degraded", self.root("systemctl --failed --plain --no-legend")
            time.sleep(0.5)
        raise AssertionError("the computer does not start")

    def _admit(self) -> None:
        folder = made(self.fleet.folder)
        key = folder / "id_ed25519"
        key.unlink(missing_ok=True)
        _call(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)])
        public = key.with_suffix(".pub").read_text()
        run_docker("exec", "-i", self.container, "sh", "-c", "cat >~root/.ssh/authorized_keys", given=public)
        known = self.root("cat /etc/ssh/ssh_host_*_key.pub").splitlines()
        lines = [f"{self.address} {' '.join(line.split()[:2])}\n" for line in known]
        (folder / "known_hosts").write_text("".join(lines))

    def root(self, command: str) -> str:
        """Runs a command as root; it has to succeed. Returns what it printed."""
        return run_docker("exec", self.container, "bash", "-c", command)

    def ask(self, address: str) -> str:
        """What an address of the computer's loopback answers."""
        code = "import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1], timeout=20).read().decode())"
        return self.root(f"python3 -c '{code}' {shlex.quote(address)}")

    def query(self, text: str) -> list[list[str]]:
        """Rows of the site's database."""
        told = self.root(f'su postgres -c "psql -tA -d nano_ocr -c \\"{text}\\""')
        return [line.split("|") for line in told.splitlines()]

    def play(self, **variables: str) -> tuple[int, dict[str, int], str]:
        """Runs install-site.yml: its exit code, Ansible's count of tasks by outcome, and what it printed."""
        tools = playbooks.tools()
        folder = self.fleet.folder
        ssh = f"-o UserKnownHostsFile={folder / 'known_hosts'} -o StrictHostKeyChecking=yes -o IdentitiesOnly=yes"
        environ = dict(
            os.environ, PATH=f"{tools}:{os.environ['PATH']}", NO_COLOR="1", ANSIBLE_PIPELINING="1",
            ANSIBLE_HOME=str(folder / "ansible"), ANSIBLE_PYTHON_INTERPRETER="/usr/bin/python3",
        )  # fmt: skip
        command = [str(tools / "ansible-playbook"), "-i", f"{self.address},", "-u", "root", "install-site.yml"]
        command += ["--private-key", str(folder / "id_ed25519"), "--ssh-common-args", ssh, "-e", json.dumps(variables)]
        done = subprocess.run(command, cwd=FOLDER, env=environ, capture_output=True, text=True, check=False)
        text = done.stdout + done.stderr
        recap = re.findall(rf"^{re.escape(self.address)} +: (.+)$", text, re.M)
        counts = {name: int(count) for name, count in re.findall(r"(\w+)=(\d+)", recap[-1])} if recap else {}
        return done.returncode, counts, text

    def reboot(self) -> None:
        """Begins a reboot; the engine starts the container again, as power does."""
        before = self._starts()
        run_docker("exec", self.container, "systemctl", "reboot", check=False)
        until = time.monotonic() + 60.0
        while self._starts() == before:
            assert time.monotonic() < until, "the computer does not go down"
            time.sleep(0.2)

    def _starts(self) -> str:
        return run_docker("inspect", "--format", "{{.RestartCount}}", self.container)

    def _is_there(self) -> bool:
        return bool(run_docker("ps", "--quiet", "--filter", f"name=^{self.container}$"))

    def remove(self) -> None:
        """Removes it, with its network."""
        nodes.remove(self.fleet)
