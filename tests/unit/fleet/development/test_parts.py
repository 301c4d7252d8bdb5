"""Parts side by side: order, output as a whole, failures, signals, Ctrl-C."""

import os
import sys
import time

import pytest

from fleet.development import parts
from fleet.development.parts import Room, SuitePart

ONE, TWO = Room(1.0, 1), Room(2.0, 2)


def python(name, code, seconds=0.0):
    return SuitePart(name, (sys.executable, "-c", code), seconds)


def takes(name, seconds, cores):
    return SuitePart(name, (), seconds, cores)


@pytest.fixture
def run(tmp_path):
    said = []

    def run(*given, room=TWO, say=said.append):
        return {one.part.name: one for one in parts.run(given, room, tmp_path / "logs", os.environ, tmp_path, say)}

    run.said = said
    return run


def test_two_at_a_time_and_never_more(run):
    """Each part leaves a file while it runs, and fails when it finds three."""
    code = (
        "import os, time; name = str(os.getpid()) + '.runs'; open(name, 'w').close(); time.sleep(0.3); "
        "found = [file for file in os.listdir('.') if file.endswith('.runs')]; os.remove(name); print(len(found)); "
        "assert len(found) <= 2"
    )
    ended = run(*(python(f"p{number}", code) for number in range(5)))
    assert [one.code for one in ended.values()] == [0] * 5
    assert "2" in run.said, "nothing ever ran beside another part"


def test_the_longest_starts_first(run):
    run(python("short", "pass", 1), python("unknown", "pass"), python("long", "pass", 9), room=ONE)
    started = [line for line in run.said if line.startswith("-- ")]
    assert started == ["-- long: started", "-- short: started", "-- unknown: started"]


def test_of_parts_of_one_length_the_busiest_starts_first(run):
    light, heavy = (SuitePart(name, (sys.executable, "-c", ""), 9, cores) for name, cores in (("l", 0.5), ("h", 0.9)))
    run(light, heavy, room=ONE)
    assert [line for line in run.said if line.startswith("-- ")] == ["-- h: started", "-- l: started"]


@pytest.mark.parametrize(
    ("cores", "running", "fits"),
    [
        (0.5, [0.5, 0.5], True),
        (1.0, [0.5, 0.5], True),  # full to the brim
        (0.1, [0.7, 0.7, 0.2], False),  # three are the most
        (1.1, [0.5, 0.5], False),
        (3.0, [], True),  # alone, or it would never run
        (0.3, [3.0], False),
    ],
)
def test_as_many_run_as_the_cores_bear(cores, running, fits):
    assert Room(2.0, 3).takes(takes("new", 1, cores), [takes("old", 1, own) for own in running]) is fits


def test_a_light_part_passes_a_heavy_one_that_does_not_fit():
    waiting, running = [takes("heavy", 100, 1.5), takes("light", 10, 0.5)], [takes("old", 100, 1.0)]
    assert Room(2.0, 3).first(waiting, running) == waiting[1]
    assert Room(2.0, 3).first(waiting[:1], running) is None


@pytest.mark.parametrize(
    ("given", "room", "seconds"),
    [
        ([], TWO, 0),
        ([(60, 1.0), (40, 1.0), (30, 1.0)], TWO, 70),
        ([(60, 0.5), (60, 0.5), (60, 0.5), (60, 0.5)], Room(2.0, 4), 60),
        ([(60, 0.5), (60, 0.5), (60, 0.5), (60, 0.5)], Room(2.0, 3), 120),
        ([(60, 2.0), (60, 0.1)], TWO, 120),
    ],
)
def test_how_long_parts_take_together(given, room, seconds):
    assert parts.expected_s([takes(str(n), *one) for n, one in enumerate(given)], room) == seconds


def test_the_kernel_says_how_much_the_machine_has_worked(tmp_path):
    stat = tmp_path / "stat"
    stat.write_text("cpu  100 20 30 4000 50 6 7 800 0 0\ncpu0 1 2 3 4 5 6 7 8 0 0\n")
    assert parts.machine_busy_s(stat) == (100 + 20 + 30 + 6 + 7) / os.sysconf("SC_CLK_TCK")
    assert parts.machine_busy_s(tmp_path / "none") is None


@pytest.mark.skipif(not os.path.exists("/proc/stat"), reason="not Linux")
def test_a_part_that_computes_keeps_a_core_of_the_machine_busy(run):
    ended = run(python("computes", "import time\nwhile time.process_time() < 0.6: pass"))
    assert ended["computes"].busy * ended["computes"].seconds >= 0.5


def test_what_a_part_prints_comes_as_a_whole(run):
    code = (
        "import sys, time\nfor n in range(3):\n  print('{0}', n, flush=True)\n  time.sleep(0.1)\n"
        "print('{0}', file=sys.stderr)"
    )
    run(python("a", code.format("a")), python("b", code.format("b")))
    assert "a 0\na 1\na 2\na" in run.said and "b 0\nb 1\nb 2\nb" in run.said


def test_a_failure_stops_no_other_and_is_named(run):
    ended = run(python("bad", "raise SystemExit(3)", 9), python("good", "pass"), room=ONE)
    assert (ended["bad"].code, ended["good"].code) == (3, 0)
    assert any(line.startswith("\n== bad: FAILED (exit code 3) in ") for line in run.said)


def test_a_part_that_a_signal_ends_is_a_failure(run):
    assert run(python("shot", "import os; os.kill(os.getpid(), 9)"))["shot"].code == 137


def test_processor_time_is_not_the_time_of_the_clock(run):
    one = run(python("sleeps", "import time; time.sleep(1.5)"))["sleeps"]
    assert one.seconds >= 1.5 > one.processor_s > 0


def test_an_exception_ends_the_parts_by_sigint_and_shows_what_they_printed(run, tmp_path):
    """What Ctrl-C does: `say` raises in its place."""
    code = (
        "import pathlib, time\ntry:\n  print('begun', flush=True)\n  pathlib.Path('begun').touch()\n  time.sleep(60)\n"
        "except KeyboardInterrupt:\n  pathlib.Path('tidied').touch()\n  print('tidied')"
    )
    said = []

    def say(text):
        said.append(text)
        if text == "-- second: started":
            while not (tmp_path / "begun").exists():
                time.sleep(0.02)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(python("first", code, 2), python("second", "import time; time.sleep(60)", 1), say=say)
    assert (tmp_path / "tidied").exists() and "begun\ntidied" in said
