"""A simulated node: a disk that forgets what was not synced, Docker, systemd, a clock; and the power switch.

Every call that changes something is a numbered step, and the power can be cut (or Ctrl-C pressed) before any of
them. What a cut leaves on the disk is one of three: only what was synced (``lost``), half of what was not
(``torn``), or all of it (``kept``). It is a model, not a Nano: its rules are those that fsync(2) and rename(2) give.
"""

import io
import json

from node_agent import image_archive
from node_agent.disk import Disk, Writer
from node_agent.errors import AgentError, OutsideError
from node_agent.machine import Answer, Machine
from simulation.releases import EXPECTED

SURVIVAL = ("lost", "torn", "kept")


class PowerCut(BaseException):
    """The power went. Not an Exception: nothing in the agent may catch it."""


class Steps(object):
    """Counts what changes the world, and strikes before one of the steps."""

    def __init__(self):
        self.names = []
        self.strike_at = None
        self.strike = None

    def arm(self, at, strike=PowerCut):
        self.names, self.strike_at, self.strike = [], at, strike

    def step(self, name):
        number = len(self.names)
        self.names.append(name)
        if number == self.strike_at:
            self.strike_at = None
            raise self.strike()


class _File(object):
    def __init__(self):
        self.data = b""
        self.synced = b""

    def after_cut(self, survival):
        rest = self.data[len(self.synced) :] if self.data.startswith(self.synced) else b""
        kept = {"lost": self.synced, "torn": self.synced + rest[: (len(rest) + 1) // 2], "kept": self.data}[survival]
        self.data = self.synced = kept


class _Folder(object):
    def __init__(self):
        self.entries = {}
        self.synced = {}

    def after_cut(self, survival):
        if survival == "lost":
            self.entries = dict(self.synced)
        self.synced = dict(self.entries)
        for entry in self.entries.values():
            entry.after_cut(survival)


class SimDisk(Disk):
    """A disk; ``left`` (bytes that can still be written, None for plenty) and ``read_only`` are faults."""

    def __init__(self, steps):
        self.steps = steps
        self.root = _Folder()
        self.left, self.read_only = None, False
        self.on_record = lambda event: None
        self.announced = 0

    def _find(self, path):
        entry = self.root
        for part in [part for part in path.split("/") if part]:
            if not isinstance(entry, _Folder) or part not in entry.entries:
                return None
            entry = entry.entries[part]
        return entry

    def _parent(self, path):
        folder, _, name = path.rpartition("/")
        return self._find(folder), name

    def _change(self, name):
        self.steps.step(name)
        if self.read_only:
            raise OutsideError("cannot {}: the disk is read-only".format(name))

    def _take(self, count):
        """How many of ``count`` bytes still fit."""
        fits = count if self.left is None else min(count, self.left)
        if self.left is not None:
            self.left -= fits
        return fits

    def _give(self, entry):
        if self.left is not None and isinstance(entry, _File):
            self.left += len(entry.data)

    def exists(self, path):
        return self._find(path) is not None

    def names(self, path):
        entry = self._find(path)
        return sorted(entry.entries) if isinstance(entry, _Folder) else []

    def size(self, path):
        return len(self._find(path).data)

    def open(self, path):
        entry = self._find(path)
        if entry is None:
            raise OutsideError("cannot read {}: not there".format(path))
        return io.BytesIO(entry.data)

    def create(self, path):
        self._change("create " + path)
        folder, name = self._parent(path)
        folder.entries[name] = _File()
        return _SimWriter(self, path, folder.entries[name])

    def extend(self, path):
        folder, name = self._parent(path)
        if name not in folder.entries:
            return self.create(path)
        return _SimWriter(self, path, folder.entries[name])

    def truncate(self, path, size):
        self._change("truncate " + path)
        entry = self._find(path)
        entry.data = entry.synced = entry.data[:size]

    def make_folder(self, path):
        parts = path.split("/")
        for depth in range(1, len(parts) + 1):
            name = "/".join(parts[:depth])
            if not self.exists(name):
                self._change("make " + name)
                folder, last = self._parent(name)
                folder.entries[last] = _Folder()

    def rename(self, old, new):
        self._change("rename {} {}".format(old, new))
        source, name = self._parent(old)
        target, new_name = self._parent(new)
        target.entries[new_name] = source.entries.pop(name)

    def remove(self, path):
        entry = self._find(path)
        if entry is None:
            return
        for name in self.names(path):
            self.remove(path + "/" + name)
        self._change("remove " + path)
        folder, name = self._parent(path)
        self._give(folder.entries.pop(name))

    def sync_dir(self, path):
        self._change("sync folder " + path)
        folder = self._find(path)
        folder.synced = dict(folder.entries)

    def free_bytes(self):
        return 64 << 30 if self.left is None else self.left

    def announce(self, journal):
        """Tell ``on_record`` of the lines that came to the disk since the last time."""
        lines = [line for line in journal.split(b"\n")[:-1] if line.endswith(b"}")]
        for line in lines[self.announced :]:
            self.on_record(json.loads(line[17:].decode())["event"])
        self.announced = len(lines)

    def after_cut(self, survival):
        self.root.after_cut(survival)


class _SimWriter(Writer):
    def __init__(self, disk, path, entry):
        self.disk, self.path, self.entry = disk, path, entry

    def write(self, data):
        self.disk._change("write " + self.path)
        fits = self.disk._take(len(data))
        self.entry.data += data[:fits]
        if fits < len(data):
            raise OutsideError("cannot write {}: the disk is full".format(self.path))

    def sync(self):
        self.disk._change("sync " + self.path)
        self.entry.synced = self.entry.data
        if self.path == "journal":
            self.disk.announce(self.entry.data)

    def close(self):
        pass


class SimMachine(Machine):
    """Docker, systemd and the application of one node. ``behaviour`` maps a version to what its application does."""

    def __init__(self, steps, disk):
        self.steps, self.disk = steps, disk
        self.boots, self.seconds = 1, 0.0
        self.wall, self.synced_clock = 1795435200.0, True
        self.store = {}  # image id -> "sound", "fresh" (loaded since boot) or "broken"
        self.store_broken = False
        self.behaviour = {}
        self.started = None  # (release, monotonic time)
        self.locks = []
        self.reboot_asked = False
        self.never_ran = []  # what was started although half made

    def boot_id(self):
        return "boot-{}".format(self.boots)

    def now(self):
        return self.wall + self.seconds

    def clock_trusted(self):
        return self.synced_clock

    def monotonic(self):
        return self.seconds

    def sleep(self, seconds):
        self.steps.step("sleep")
        self.seconds += seconds

    def l4t(self):
        return "32.7.6"

    def architecture(self):
        return "aarch64"

    def lock_holders(self):
        return list(self.locks)

    def docker_works(self):
        return not self.store_broken

    def repair_docker(self):
        self.steps.step("repair docker")
        if self.store_broken:
            self.store, self.store_broken = {}, False

    def has_image(self, image_id):
        return image_id in self.store

    def load_image(self, path):
        self.steps.step("docker load")
        if self.store_broken:
            raise OutsideError("docker load: the store is broken")
        if getattr(self.disk, "read_only", False) or self.disk.free_bytes() < 1 << 20:
            raise OutsideError("docker load: no space left, or read-only")
        with self.disk.open(path) as stream:
            try:
                self.store[image_archive.inspect(stream).id] = "fresh"
            except AgentError as error:
                raise OutsideError("docker load: " + error.found) from error

    def remove_image(self, image_id):
        self.steps.step("docker rmi")
        self.store.pop(image_id, None)

    def start_app(self, release):
        self.steps.step("start {version}".format(**release))
        self.started = None
        if self.store.get(release["image_id"]) not in ("sound", "fresh"):
            raise OutsideError("docker run: the image is missing or broken")
        self.started = (dict(release), self.seconds)

    def stop_app(self):
        self.steps.step("stop")
        self.started = None

    def running(self):
        return self.started[0]["id"] if self.started else None

    def running_version(self):
        return self.started[0]["version"] if self.started else None

    def _does(self, what):
        return self.started is not None and what in self.behaviour.get(self.started[0]["version"], ())

    def restarts(self):
        return 9 if self._does("crashes") else 0

    def health(self):
        if self.started is None or self._does("silent"):
            return None
        age = self.seconds - self.started[1]
        frozen = self._does("freezes") and age >= 15
        fading = self._does("fades") and age >= 15
        starting = age < 5 or self._does("never ready") or fading
        return {
            "schema": 1,
            "release": self.started[0]["id"],
            "sequence": 1 if frozen else 1 + int(age),
            "live": True,
            "ready": not starting,
            "state": "warming_up" if starting else "reading",
            "degraded": ["gpu_missing"] if self._does("loses the GPU") else [],
        }

    def challenge(self, arguments):
        if self._does("breaks in the challenge"):
            raise OutsideError("docker exec: exit code 8")
        answers = [Answer(entry["image"], entry["verdict"], entry["text"], 40.0) for entry in EXPECTED]
        if self._does("misreads"):
            answers[1] = answers[1]._replace(verdict="pass")
        if self._does("is slow"):
            answers = [answer._replace(total_ms=400.0) for answer in answers]
        return answers

    def log_lines(self, count):
        return ["line {} of {}".format(n, self.running_version()) for n in (1, 2)]

    def reboot(self):
        self.steps.step("reboot")
        self.reboot_asked = True

    def after_cut(self, survival):
        """Memory is gone, containers are dead; with ``torn`` the images loaded since boot are broken."""
        left = {"lost": None, "torn": "broken", "kept": "sound"}[survival]
        changed = {image: left if state == "fresh" else state for image, state in self.store.items()}
        self.store = {image: state for image, state in changed.items() if state is not None}
        self.boots, self.seconds = self.boots + 1, 0.0
        self.started, self.locks, self.reboot_asked = None, [], False


class Place(object):
    """One simulated node with its disk, and the agent's commands on it."""

    def __init__(self, keys):
        self.steps = Steps()
        self.disk = SimDisk(self.steps)
        self.machine = SimMachine(self.steps, self.disk)
        self.keys = keys
        self.said = []

    def node(self):
        from node_agent.minisign import public_key
        from node_agent.node import Node

        keys = [public_key(key.public) for key in self.keys]
        return Node(self.disk, self.machine, keys, "the test", self.said.append)

    def lose_power(self, survival):
        self.disk.after_cut(survival)
        self.machine.after_cut(survival)

    def reboot_in_order(self):
        """As systemd does it: everything is synced first."""
        self.lose_power("kept")
