"""A replay on a cluster: what workers check, and what becomes of what they lose.

A fake of Dask stands in for its scheduler here; tests/envs/test_replay_on_dask.py has the real one.
"""

import json
import sys
import types

import pytest
from replay_home import write_picture

from ocr_app.core.errors import ModelError, ReplayError
from ocr_app.core.paths import HOME
from ocr_app.replay import cluster
from ocr_app.replay.cluster import DaskCrew
from ocr_app.replay.pictures import ReplayPicture
from ocr_app.replay.targets import application_digest


class KilledWorker(Exception):
    pass


class FakeFuture:
    def __init__(self, key, outcome):
        self.key, self._outcome = key, outcome
        self.status = "error" if isinstance(outcome, Exception) else outcome or "cancelled"
        self.status = "finished" if isinstance(outcome, dict) else self.status

    def result(self):
        return self._outcome

    def exception(self):
        return self._outcome

    def release(self):
        pass


class FakeDask:
    """``outcomes``: of each submission in turn; None calls the function here."""

    KilledWorker = KilledWorker

    def __init__(self, outcomes=(), threads=2, absent=False):
        self.outcomes, self.threads, self.absent = list(outcomes), threads, absent
        self.loop, self.id, self.ran, self.closed, self.keys = None, "c", [], 0, []

    def Client(self, address, timeout, set_as_default):
        if self.absent:
            raise OSError("timed out")
        return self

    def as_completed(self, loop):
        return FakeCompleted()

    def nthreads(self):
        return {"w": self.threads} if self.threads else {}

    def submit(self, function, *arguments, **options):
        assert options["pure"] is False and options["key"] not in self.keys
        self.keys.append(options["key"])
        outcome = self.outcomes.pop(0) if self.outcomes else None
        return FakeFuture(options["key"], function(*arguments) if outcome is None else outcome)

    def run(self, function):
        self.ran.append(function)

    def close(self):
        self.closed += 1


class FakeCompleted:
    def __init__(self):
        self._waiting = []

    def add(self, future):
        self._waiting.append(future)

    def __next__(self):
        return self._waiting.pop(0)


@pytest.fixture
def crew(monkeypatch, options):
    """(outcomes, more) -> (a crew on a fake cluster, the fake)."""

    def make(*outcomes, attempts=2, **more):
        fake = FakeDask(outcomes, **more)
        monkeypatch.setattr(cluster, "_distributed", lambda: fake)
        return DaskCrew("tcp://x", options(), attempts, wait_s=0.3), fake

    monkeypatch.setattr(cluster, "here", lambda target: target)
    yield make
    cluster.close_seats()


def pictures(folder, count):
    return [ReplayPicture(place, str(place), write_picture(folder / str(place))) for place in range(count)]


def test_each_picture_has_one_row(crew, tmp_path):
    found, fake = crew()
    rows = list(found.read_all(iter(pictures(tmp_path, 12))))
    assert sorted(row["index"] for row in rows) == list(range(12)) and {row["problem"] for row in rows} == {""}
    assert found.info()["reader"] == "fake" and fake.closed == 1 and fake.ran == [cluster.close_seats]


def test_a_lost_reading_process_is_tried_again_and_counted(crew, tmp_path):
    found, fake = crew({"broke": "SIGKILL"})
    (row,) = found.read_all(iter(pictures(tmp_path, 1)))
    assert (row["problem"], row["attempts"], found.lost) == ("", 2, 1)
    assert fake.keys == ["replay-c-0-1", "replay-c-0-2"]


def test_a_picture_over_which_processes_are_lost_is_a_row(crew, tmp_path):
    found, _ = crew({"broke": "SIGKILL"}, {"broke": "SIGKILL"})
    (row,) = found.read_all(iter(pictures(tmp_path, 1)))
    assert "2 reading processes were lost" in row["problem"]


def test_a_picture_over_which_workers_are_lost_is_a_row(crew, tmp_path):
    found, _ = crew(KilledWorker("x"))
    rows = {row["index"]: row for row in found.read_all(iter(pictures(tmp_path, 2)))}
    assert "allowed-failures" in rows[0]["problem"] and rows[1]["problem"] == ""


@pytest.mark.parametrize(
    "outcome, kind, words",
    [
        ("cancelled", ReplayError, "did not read .*cancelled"),
        (ValueError("odd"), ReplayError, "odd"),
        ({"error": ModelError("no model").to_json()}, ModelError, "no model"),
    ],
)
def test_what_ends_the_replay_is_named(crew, tmp_path, outcome, kind, words):
    found, fake = crew(outcome)
    with pytest.raises(kind, match=words):
        list(found.read_all(iter(pictures(tmp_path, 1))))
    assert fake.closed == 1


def test_a_cluster_without_workers_or_scheduler_is_named(crew, tmp_path):
    found, _ = crew(threads=0)
    with pytest.raises(ReplayError, match="no workers"):
        list(found.read_all(iter(pictures(tmp_path, 1))))
    with pytest.raises(ReplayError, match="no scheduler of Dask at tcp://x"):
        crew(absent=True)


def test_without_dask_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ReplayError, match="needs Dask") as error:
        cluster._distributed()
    assert "ocr-app[cluster]" in str(error.value)
    module = types.ModuleType("distributed")
    monkeypatch.setitem(sys.modules, "distributed", module)
    assert cluster._distributed() is module


def test_a_worker_says_what_it_read_lost_or_cannot_open(options, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "here", lambda target: target)
    one = ReplayPicture(0, "a", write_picture(tmp_path / "a"))
    lost = ReplayPicture(1, "b", write_picture(tmp_path / "b", do="kill"))
    assert cluster.read_one(options(), one, 1)["row"]["after"]["verdict"] == "pass"
    assert "SIGKILL" in cluster.read_one(options(), lost, 1)["broke"]
    assert cluster.read_one(options("unopened"), one, 1)["error"]["found"] == "no model"
    assert json.dumps(cluster.read_one(options(), one, 1))
    cluster.close_seats()
    assert cluster.read_one(options(), one, 1)["row"]["problem"] == ""
    cluster.close_seats()


def test_a_worker_with_another_application_or_recipe_does_not_read(target, tmp_path):
    own = target()
    good = own._replace(application=application_digest(own.home))
    assert cluster.here(good) == good
    with pytest.raises(ReplayError, match="another ocr_app"):
        cluster.here(own)
    with pytest.raises(ReplayError, match="cannot read"):
        cluster.here(good._replace(recipe=str(tmp_path / "absent.yaml")))
    with pytest.raises(ReplayError, match=r"another .*yaml"):
        cluster.here(good._replace(recipe_digest="0" * 64))


def test_a_recipe_is_read_with_the_application_of_the_worker(target):
    told = target()._replace(kind="recipe", home="/elsewhere", application=application_digest(HOME))
    assert cluster.here(told).home == HOME
