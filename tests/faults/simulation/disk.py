"""A disk that forgets what was not synced, and the switch that cuts the power before any step."""

import io
import json

from node_agent.errors import HostError
from node_agent.store import Disk, FileWriter

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
            raise HostError("cannot {}: the disk is read-only".format(name))

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
            raise HostError("cannot read {}: not there".format(path))
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


class _SimWriter(FileWriter):
    def __init__(self, disk, path, entry):
        self.disk, self.path, self.entry = disk, path, entry

    def write(self, data):
        self.disk._change("write " + self.path)
        fits = self.disk._take(len(data))
        self.entry.data += data[:fits]
        if fits < len(data):
            raise HostError("cannot write {}: the disk is full".format(self.path))

    def sync(self):
        self.disk._change("sync " + self.path)
        self.entry.synced = self.entry.data
        if self.path == "journal":
            self.disk.announce(self.entry.data)

    def close(self):
        pass
