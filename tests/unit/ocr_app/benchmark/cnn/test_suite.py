"""The check of a board: verdicts over a fake board's figures; real child processes; the command."""

import sys

import pytest

from ocr_app.benchmark.cnn import measure, suite
from ocr_app.core.errors import DeviceUnavailable, UsageError

LOCKED = (
    "cpu0: MinFreq=1479000 MaxFreq=1479000 CurrentFreq=1479000\nGPU MinFreq=921600000 MaxFreq=921600000 CurrentFreq=1\n"
)
FREE = LOCKED.replace("GPU MinFreq=921600000", "GPU MinFreq=76800000")
COOL = "GR3D_FREQ 99%@921 CPU@55C GPU@52.5C PMIC@50C POM_5V_IN 6000/5000"


class FakeWatch:
    """Stands for tegrastats, which exists only on a Jetson; its line has the form of a public log."""

    def __init__(self, line=COOL):
        self.lines = [line]

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        pass


@pytest.fixture
def nano(tmp_path):
    (tmp_path / "proc" / "device-tree").mkdir(parents=True)
    (tmp_path / "proc" / "device-tree" / "model").write_bytes(b"NVIDIA Jetson Nano Developer Kit\0")
    return str(tmp_path)


def check(nano, share, mode="MAXN", clocks=LOCKED, line=COOL, networks=("resnet18", "vgg16"), fail=()):
    """The record of a board that reaches ``share`` of every published figure."""
    rows = {row["network"]: row for row in suite.table()["networks"]}

    def run(command, threads):
        name, engine = command[3], command[command.index("--engine") + 1]
        if name in fail:
            return {"error": "killed by signal 9"}
        return {"fps": share * rows[name]["fps"][engine], "ms": rows[name]["ms"][engine] / share, "precision": "fp16"}

    answers = {"nvpmodel": "NV Power Mode: {}\n0\n".format(mode), "jetson_clocks": clocks}
    request = suite.CnnRequest(networks, "cuda", suite.ENGINES_OF["cuda"], 5, 2)
    record = suite.check(request, lambda message: None, run, lambda c: answers[c[0]], nano, lambda: FakeWatch(line))
    record["load"]["other_cores"] = 0.0
    record["against"] = suite.against(record)
    return record


def test_a_board_as_fast_as_published_is_as_it_should(nano):
    record = check(nano, 0.97)
    assert record["verdict"]["as_it_should"] is True and record["verdict"]["median_share"] == 0.97
    assert record["against"] == []
    assert record["rows"][0]["published"] == {"fps": 29.4, "ms": 34.7}
    assert record["rows"][1]["tegrastats"]["hottest_c"] == 55.0


@pytest.mark.parametrize(("share", "good"), [(0.86, True), (0.84, False), (1.4, True)])
def test_the_tolerance_is_fifteen_percent_downwards(nano, share, good):
    assert check(nano, share)["verdict"]["as_it_should"] is good


def test_faster_than_published_is_said(nano):
    assert "faster" in check(nano, 1.4)["verdict"]["words"]


def test_a_network_that_could_not_run_is_no_good_board(nano):
    verdict = check(nano, 1.0, fail=("vgg16",))["verdict"]
    assert verdict["as_it_should"] is False and "vgg16" in verdict["words"]


def test_nothing_measured_is_no_verdict(nano):
    assert check(nano, 1.0, fail=("vgg16", "resnet18"))["verdict"]["as_it_should"] is None


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"mode": "5W"}, "power mode 5W"),
        ({"clocks": FREE}, "clocks not locked (GPU)"),
        ({"line": COOL.replace("CPU@55C", "CPU@96C")}, "96.0 degrees"),
        ({"line": COOL.replace("@921", "@614")}, "fell to 614 of 922 MHz"),
    ],
    ids=["mode", "clocks", "heat", "throttled"],
)
def test_what_speaks_against_the_comparison_is_named(nano, changes, word):
    (found,) = check(nano, 0.7, **changes)["against"]
    assert word in found


def test_other_programs_speak_against_it(nano):
    record = check(nano, 1.0)
    record["load"]["other_cores"] = 1.5
    assert "1.50 cores" in suite.against(record)[0]


def test_a_machine_that_is_no_nano_is_refused(tmp_path):
    request = suite.CnnRequest(["resnet18"], "cuda", ["pytorch"], 5, 1)
    with pytest.raises(DeviceUnavailable):
        suite.check(request, lambda message: None, root=str(tmp_path))


def test_the_cpu_has_nothing_published_to_compare_with(tmp_path):
    request = suite.CnnRequest(["resnet18"], "cpu", ["pytorch"], 5, 1)
    answer = {"fps": 9.0, "ms": 110.0, "precision": "fp32"}
    record = suite.check(request, lambda message: None, lambda command, threads: dict(answer), root=str(tmp_path))
    assert record["rows"][0]["share"] is None and record["verdict"]["as_it_should"] is None
    assert record["against"] == [] and "no published figure" in record["verdict"]["words"]


def test_usual_networks_are_those_without_batch_normalisation():
    assert len(suite.select([])) == 15 and not any(name.endswith("_bn") for name in suite.select([]))
    assert suite.select(["vgg11_bn"]) == ["vgg11_bn"]
    with pytest.raises(UsageError) as caught:
        suite.select(["mobilenet_v2"])
    assert "resnet18" in str(caught.value)


def test_the_published_table_agrees_with_itself():
    """Throughput times latency is about one second, for every row."""
    for row in suite.table()["networks"]:
        for engine in measure.ENGINES:
            assert 0.9 < row["fps"][engine] * row["ms"][engine] / 1000.0 < 1.2, row["network"]


def child(code, timeout_s=60):
    return suite.child([sys.executable, "-c", code], 1, timeout_s)


def test_a_child_that_answers():
    assert child("print('torch2trt says something'); print('{\"fps\": 3.0}')") == {"fps": 3.0}


def test_a_child_that_is_killed_or_fails_or_hangs_is_a_row_with_its_reason():
    assert "signal 9" in child("import os; os.kill(os.getpid(), 9)")["error"]
    assert "no memory" in child("raise SystemExit('no memory')")["error"]
    assert "ended with exit code 0" in child("print('[1]')")["error"]
    assert "not finished after" in child("import time; time.sleep(60)", timeout_s=0.5)["error"]
