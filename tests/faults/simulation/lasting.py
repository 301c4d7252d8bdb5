"""Faults that begin somewhere and stay, and releases that must not come in."""

from collections import OrderedDict

from node_agent.release import slots
from simulation.releases import id_of, release
from simulation.signing import Signer

ZERO, A, B = release("0", 10), release("A", 11), release("B", 12)


def full_disk(made):
    made.disk.left = 0


def read_only_disk(made):
    made.disk.read_only = True


def broken_store(made):
    made.host.store_broken = True


def clock_at_2000(made):
    made.host.wall, made.host.synced_clock = 946684800.0, False


def line_runs(made):
    made.host.locks = ["line running"]


def unhealthy(what):
    def fault(made):
        made.host.behaviour = {"B": {what}}

    return fault


def damaged(role, name):
    """A file of a release changes on the disk: half of it is gone."""

    def fault(made):
        release_id = id_of({"B": B, "A": A}[role])
        entry = made.disk._find("{}/{}/{}".format(slots.RELEASES, release_id, name))
        if entry is not None:
            entry.data = entry.synced = entry.data[: len(entry.data) // 2]

    return fault


def bad_source(kind):
    """A release that must not come in."""
    if kind == "wrong signature":
        return release("B", 12, signer=Signer("a stranger's key"))
    if kind == "changed after signing":
        changed = release("B", 12)
        changed.files["manifest.json"] = changed.files["manifest.json"].replace(b'"serial": 12', b'"serial": 13')
        return changed
    if kind == "truncated archive":
        short = release("B", 12)
        short.files["images/ocr-app.tar"] = short.files["images/ocr-app.tar"][:-600]
        return short
    if kind == "image of another L4T release":
        return release("B", 12, label="35.4.1")
    if kind == "image without a label":
        return release("B", 12, label=None)
    if kind == "older than what was committed":
        return release("B", 3)
    raise KeyError(kind)


BAD_SOURCES = (
    "wrong signature", "changed after signing", "truncated archive", "image of another L4T release",
    "image without a label", "older than what was committed",
)  # fmt: skip

LASTING = OrderedDict(
    [
        ("full disk", full_disk),
        ("read-only disk", read_only_disk),
        ("broken Docker store", broken_store),
        ("B is silent", unhealthy("silent")),
        ("B never gets ready", unhealthy("never ready")),
        ("B's heartbeat stops", unhealthy("freezes")),
        ("B stops being ready", unhealthy("fades")),
        ("B loses the GPU", unhealthy("loses the GPU")),
        ("B restarts too often", unhealthy("crashes")),
        ("B misreads its challenge set", unhealthy("misreads")),
        ("B fails in its challenge set", unhealthy("breaks in the challenge")),
        ("B is too slow", unhealthy("is slow")),
        ("B's archive is cut short on the disk", damaged("B", "images/ocr-app.tar")),
        ("B's manifest is cut short on the disk", damaged("B", "manifest.json")),
        ("A's archive is cut short on the disk", damaged("A", "images/ocr-app.tar")),
        ("clock at 2000-01-01", clock_at_2000),
        ("line starts to run", line_runs),
    ]
)
