"""Parts side by side: order, output as a whole, failures, signals, Ctrl-C."""

import os
import sys
import time

import pytest

from fleet.development import parts
from fleet.development.parts import SuitePart


def python(name, code, seconds=0.0):
    return SuitePart(name, (sys.executable, "-c", code), seconds)


@pytest.fixture
def run(tmp_path):
    said = []

    def run(*given, slots=2, say=said.append):
        return {one.part.name: one for one in parts.run(given, slots, tmp_path / "logs", os.environ, tmp_path, say)}

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
    run(python("short", "pass", 1), python("unknown", "pass"), python("long", "pass", 9), slots=1)
    started = [line for line in run.said if line.startswith("-- ")]
    assert started == ["-- long: started", "-- short: started", "-- unknown: started"]


def test_what_a_part_prints_comes_as_a_whole(run):
    code = (
        "import sys, time\nfor n in range(3):\n  print('{0}', n, flush=True)\n  time.sleep(0.1)\n"
        "print('{0}', file=sys.stderr)"
    )
    run(python("a", code.format("a")), python("b", code.format("b")))
    assert "a 0\na 1\na 2\na" in run.said and "b 0\nb 1\nb 2\nb" in run.said


def test_a_failure_stops_no_other_and_is_named(run):
    ended = run(python("bad", "raise SystemExit(3)", 9), python("good", "pass"), slots=1)
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
