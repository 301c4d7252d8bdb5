"""Faults of releases on virtual Nanos: power cut in every state of the journal, broken store, bad bundles, full disk.

What was found is written to build/faults-virtual.json; `tests/faults/table.py --take` makes it part of the table.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from fleet.virtual import lifecycle, nodes
from fleet.virtual.docker import run_docker
from fleet.virtual.settings import Fleet
from tests.fleet.conftest import HERE, KEEP, VirtualNano, require_virtual_fleet
from tests.fleet.deployments import ROOT, Board
from tests.fleet.plays import Plays
from tests.fleet.releases import Maker

FOLDER = "/var/lib/nano-ocr-test"
AGENT = "nano-ocr-agent --patience 60"  # its timer may be at work
FOUND = ROOT / "build" / "faults-virtual.json"
AT_BOOT = ("proving", "proven", "committed")
EXPECTED = {
    "staging": "A runs, undone (power)",
    "staged": "A runs, staged",
    "preflight": "A runs, undone (power)",
    "switching": "A runs, undone (power)",
    "gating": "A runs, undone (power)",
    "soaking": "A runs, undone (power)",
    "rebooting": "B runs, committed",
    "proving": "A runs, undone (power)",
    "proven": "A runs, waits for commit",
    "committed": "B runs, committed",
}
PAUSED = "[Service]\nExecStart=\nExecStart=/usr/bin/python3.6 {folder}/pause.py {event} --by boot resume\n"


@dataclass(frozen=True)
class Struck:
    """One board that is struck again and again."""

    board: Board

    def root(self, command: str) -> str:
        return self.board.nano.root(command)

    def prepare(self, maker: Maker) -> None:
        """A is committed; both bundles and the pausing agent are there."""
        self.root(f"mkdir -p {FOLDER}/nano-ocr-agent.service.d")
        for path in (*maker.folder.glob("*.bundle"), HERE / "standin" / "pause.py"):
            run_docker("cp", str(path), f"{self.board.nano.container}:{FOLDER}/")
        self.commit("A")

    def commit(self, version: str) -> None:
        self.root(f"cd {FOLDER} && {AGENT} stage --downgrade test ocr-app-{version}.bundle && sync")
        if self.board.status()["phase"] == "staged":
            self.root(f"{AGENT} switch")
        self.until(lambda: self.board.settled()["current"]["version"] == version)

    def until(self, question) -> None:  # type: ignore[no-untyped-def]
        limit = time.monotonic() + 240
        while not question():
            assert time.monotonic() < limit, "it does not happen"
            time.sleep(0.3)

    def cut_in(self, event: str) -> str:
        """Power goes when ``event`` is in the journal; returns how it ended."""
        self.pause_at(event)
        self.board.cut_power()
        self.board.power_up()
        return outcome(self.board)

    def pause_at(self, event: str) -> None:
        self.root(f"rm -f {FOLDER}/reached")
        environ = "PYTHONPATH=$(grep -o '/opt[^ ]*' /usr/local/sbin/nano-ocr-agent)"
        paused = f"cd {FOLDER} && {environ} python3.6 pause.py {event}"
        if event == "staged":
            self.root(f"cd {FOLDER} && {AGENT} stage ocr-app-B.bundle")
            return
        if event == "staging":
            self.root(f"({paused} --patience 60 stage ocr-app-B.bundle) >/dev/null 2>&1 &")
        else:
            self.root(f"cd {FOLDER} && {AGENT} stage ocr-app-B.bundle")
            at_boot = PAUSED.format(folder=FOLDER, event=event)
            if event in AT_BOOT:
                folder = "/etc/systemd/system/nano-ocr-agent.service.d"
                self.root(f"mkdir -p {folder} && printf '{at_boot}' >{folder}/pause.conf")
                self.root(f'echo "Environment={environ}" >>{folder}/pause.conf')
                self.root(f"{AGENT} switch")
            else:
                self.root(f"({paused} --patience 60 switch) >/dev/null 2>&1 &")
        self.until(lambda: "yes" in self.asked(f"test -e {FOLDER}/reached && echo yes"))

    def asked(self, command: str) -> str:
        """As root, and no error while the node is down."""
        return nodes.run_in(self.board.nano.fleet, self.board.nano.number, "sh", "-c", command, check=False)

    def tidy(self) -> None:
        """Back to A, committed, without the pausing agent."""
        self.root("rm -rf /etc/systemd/system/nano-ocr-agent.service.d && systemctl daemon-reload")
        status = self.board.settled()
        if status["phase"] != "idle" or status["current"]["version"] != "A":
            self.root(f"{AGENT} rollback --reason 'the test goes on'")
        assert self.board.settled()["current"]["version"] == "A"


def outcome(board: Board) -> str:
    """In the words of the table of the simulated machine, and asked of the container itself."""
    status = board.settled()
    runs = board.container()
    ending = {"staged": ", staged", "parked": ", waits for commit", "idle": ", committed" * (runs == "B")}
    words = ending.get(status["phase"], f", {status['phase']}")
    if status["phase"] == "idle" and status["failure"]:
        words = f", undone ({status['failure']['probe']})"
    return f"{runs} runs{words}"


@pytest.fixture(scope="module")
def boards(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Struck]]:
    """Two nodes with A committed."""
    require_virtual_fleet()
    fleet = Fleet("faults")
    lifecycle.up(fleet, 2, recreate=not os.environ.get(KEEP))
    folder = tmp_path_factory.mktemp("faults")
    maker = Maker(folder / "releases", fleet)
    for version, serial in (("A", 1), ("B", 2)):
        maker.make(version, serial)
    Maker(folder / "strangers", fleet).make("B", 2)
    plays = Plays(fleet, folder, (f"release_keys={maker.keys}", "fleet_batch=100%", "release_watch_s=10"))
    installed = plays.run("provision", tags="release")
    assert installed.code == 0, installed.text[-3000:]
    struck = [Struck(Board(VirtualNano(fleet, number))) for number in (1, 2)]
    side_by_side([lambda one=one: one.prepare(maker) for one in struck])  # type: ignore[misc]
    run_docker("cp", str(folder / "strangers" / "ocr-app-B.bundle"), f"{struck[0].board.nano.container}:{FOLDER}/other")
    yield struck
    if not os.environ.get(KEEP):
        lifecycle.down(fleet)


def side_by_side(works) -> None:  # type: ignore[no-untyped-def]
    """Run functions in threads; the first failure is raised."""
    failures: list[BaseException] = []

    def run(work) -> None:  # type: ignore[no-untyped-def]
        try:
            work()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def keep(name: str, found: dict[str, str]) -> None:
    """Add a part to what this run found."""
    record = json.loads(FOUND.read_text()) if FOUND.exists() else {}
    FOUND.parent.mkdir(exist_ok=True)
    FOUND.write_text(json.dumps({**record, name: found}, indent=1) + "\n")


def test_power_cut_in_every_state(boards):
    found = {}

    def strike(struck: Struck, events: list[str]) -> None:
        for event in events:
            found[event] = struck.cut_in(event)
            struck.tidy()

    states = list(EXPECTED)
    side_by_side([lambda: strike(boards[0], states[0::2]), lambda: strike(boards[1], states[1::2])])
    keep("power cut", {state: found[state] for state in states})
    assert found == EXPECTED


def test_a_broken_store_of_docker_is_set_aside_and_filled_from_the_archive(boards):
    node = boards[0]
    node.root("systemctl stop docker.socket docker; echo garbage >/var/lib/docker/image/overlay2/repositories.json")
    node.board.cut_power()
    node.board.power_up()
    node.until(lambda: node.board.container() == "A")
    node.board.settled()
    assert "broken-" in node.root("ls /var/lib/docker")
    keep("broken Docker store", {"idle": "A runs, healed from the archive"})


def test_a_container_that_stands_still_is_started_again(boards):
    node = boards[1]
    before = node.root("docker inspect --format '{{.Id}}' nano-ocr")
    node.root("sed -i s/--still.[0-9]*/--still=4/ /etc/systemd/system/nano-ocr.service && systemctl daemon-reload")
    node.root("systemctl restart nano-ocr && sleep 2 && docker pause nano-ocr")
    node.until(lambda: node.board.container() == "A")
    assert node.root("docker inspect --format '{{.Id}}' nano-ocr") != before
    assert "no heartbeat for 4 s" in node.root("journalctl -u nano-ocr --no-pager -n 50")
    keep("container stands still", {"idle": "A runs, started again"})


@pytest.mark.parametrize(
    ("name", "make", "words"),
    [
        ("truncated bundle", "head -c 900000 ocr-app-B.bundle >bad", "not a complete bundle|read to its end|has "),
        ("signature of another key", "cp other bad", "key"),
        ("changed image", "sed s/stand-in/stood-in/ ocr-app-B.bundle >bad", "sha256"),
    ],
)
def test_what_must_not_come_in_is_refused(boards, name, make, words):
    node = boards[0]
    text = node.board.nano.fails(f"cd {FOLDER} && {make} && {AGENT} stage bad")
    assert any(word in text for word in words.split("|")), text
    assert outcome(node.board).startswith("A runs")
    keep(name, {"idle": "A runs, refused"})


def test_a_disk_that_is_full_or_read_only_stops_it_before_the_switch(boards):
    node = boards[1]
    node.root("mkdir /kept && cp -a /var/lib/nano-ocr/. /kept && mount -t tmpfs -o size=120m none /var/lib/nano-ocr")
    try:
        node.root("cp -a /kept/. /var/lib/nano-ocr")
        assert "MB free" in node.board.nano.fails(f"{AGENT} stage {FOLDER}/ocr-app-B.bundle")
        node.root("mount -o remount,ro /var/lib/nano-ocr")
        assert "the disk is read-only" in node.board.nano.fails(f"{AGENT} stage {FOLDER}/ocr-app-B.bundle")
        assert node.board.container() == "A"
    finally:
        node.root("umount -l /var/lib/nano-ocr && rm -r /kept")
    keep("full disk", {"idle": "A runs, refused"})
    keep("read-only disk", {"idle": "A runs, refused"})
