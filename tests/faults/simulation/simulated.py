"""A simulated node: a disk that forgets what was not synced, Docker, systemd, a clock; and the power switch.

Every call that changes something is a numbered step, and the power can be cut (or Ctrl-C pressed) before any of
them. What a cut leaves on the disk is one of three: only what was synced (``lost``), half of what was not
(``torn``), or all of it (``kept``). It is a model, not a Nano: its rules are those that fsync(2) and rename(2) give.
"""

from node_agent.errors import AgentError, HostError
from node_agent.host import ChallengeAnswer, Host
from node_agent.release import image_archive
from simulation.disk import SimDisk, Steps
from simulation.releases import EXPECTED


class SimHost(Host):
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
            raise HostError("docker load: the store is broken")
        if getattr(self.disk, "read_only", False) or self.disk.free_bytes() < 1 << 20:
            raise HostError("docker load: no space left, or read-only")
        with self.disk.open(path) as stream:
            try:
                self.store[image_archive.inspect(stream).id] = "fresh"
            except AgentError as error:
                raise HostError("docker load: " + error.found) from error

    def remove_image(self, image_id):
        self.steps.step("docker rmi")
        self.store.pop(image_id, None)

    def start_app(self, release):
        self.steps.step("start {version}".format(**release))
        self.started = None
        if self.store.get(release["image_id"]) not in ("sound", "fresh"):
            raise HostError("docker run: the image is missing or broken")
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
            raise HostError("docker exec: exit code 8")
        answers = [ChallengeAnswer(entry["image"], entry["verdict"], entry["text"], 40.0) for entry in EXPECTED]
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


class SimulatedNode(object):
    """One simulated node with its disk, and the agent's commands on it."""

    def __init__(self, keys):
        self.steps = Steps()
        self.disk = SimDisk(self.steps)
        self.host = SimHost(self.steps, self.disk)
        self.keys = keys

    def node(self):
        from node_agent.release import Agent
        from node_agent.trust import public_key

        keys = [public_key(key.public) for key in self.keys]
        return Agent(self.disk, self.host, keys, "the test")

    def lose_power(self, survival):
        self.disk.after_cut(survival)
        self.host.after_cut(survival)

    def reboot_in_order(self):
        """As systemd does it: everything is synced first."""
        self.lose_power("kept")
