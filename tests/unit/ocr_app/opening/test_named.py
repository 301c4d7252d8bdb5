"""Which process a reader opens in, and what the list of readers says of each place."""

import os

import pytest

from ocr_app.core.errors import ReaderUnavailable, UsageError
from ocr_app.opening import named as opening
from ocr_app.readers import registry
from ocr_app.readers.contract import Probe, ReaderOptions
from ocr_app.readers.registry import ReaderName, ReaderSpec, parse_name
from ocr_app.workers import environments

GOOD = Probe((("lib", "1"),), ("cpu",), ("fp32",), ())
BAD = GOOD._replace(problem="lib is not installed", next_step="pip install lib")


class Module:
    def __init__(self, probe):
        self._probe = probe

    def probe(self):
        if isinstance(self._probe, Exception):
            raise self._probe
        return self._probe

    def open_reader(self, options):
        return ("here", options)


@pytest.fixture
def world(monkeypatch, tmp_path, fake):
    """One reader ``fake`` with environments ``first`` and ``second``; building one makes it run the stand-in."""
    spec = ReaderSpec("fake", "none", ("first", "second"), "a stand-in")
    monkeypatch.setattr(registry, "READERS", (spec,))
    monkeypatch.setenv("OCR_ENVS", str(tmp_path / "envs"))

    class World:
        def here(self, probe):
            monkeypatch.setattr(registry, "module_of", lambda spec: Module(probe))

        def build(self, name, plan="ok"):
            folder = tmp_path / "envs" / name / "bin"
            folder.mkdir(parents=True)
            script = folder / "python"
            script.write_text("#!/bin/sh\nexec {}\n".format(" ".join(fake.command(plan))))
            os.chmod(str(script), 0o755)
            (folder.parent / environments.FINISHED).write_text("{}")

    return World()


def test_it_opens_here_when_it_can(world):
    world.here(GOOD)
    world.build("first")
    assert opening.open_named(parse_name("fake"), ReaderOptions()) == ("here", ReaderOptions())


def test_a_model_in_the_name_wins(world):
    world.here(GOOD)
    assert opening.open_named(parse_name("fake:small"), ReaderOptions(model="big"))[1].model == "small"
    assert opening.open_named(parse_name("fake"), ReaderOptions(model="big"))[1].model == "big"


def test_else_in_the_first_environment_that_is_built(world):
    world.here(BAD)
    world.build("second")
    with opening.open_named(parse_name("fake"), ReaderOptions()) as reader:
        assert reader.info.engine == "Fake 1.0 [second, Python 3.6.9]"


def test_an_environment_that_is_named_is_the_one(world):
    world.here(GOOD)
    world.build("first")
    world.build("second")
    with opening.open_named(parse_name("fake@second"), ReaderOptions()) as reader:
        assert "[second, " in reader.info.engine


def test_nowhere_to_run_gives_every_reason(world):
    world.here(BAD)
    with pytest.raises(ReaderUnavailable) as caught:
        opening.open_named(parse_name("fake"), ReaderOptions())
    found = caught.value.found
    assert "in this process: lib is not installed" in found
    assert "in first: the environment is not built; in second: " in found
    assert caught.value.next_step == "./inv envs --name first"


def test_a_named_environment_that_is_missing_is_never_replaced(world):
    world.here(GOOD)
    with pytest.raises(ReaderUnavailable):
        opening.open_named(parse_name("fake@first"), ReaderOptions())


def test_every_place_is_probed_and_a_broken_one_is_a_problem(world):
    world.here(ValueError("odd"))
    world.build("first", "ok")
    probes = opening.probe_all()
    assert [str(name) for name, _ in probes] == ["fake", "fake@first", "fake@second"]
    here, first, second = [probe for _, probe in probes]
    assert here.problem == "its probe failed: ValueError: odd"
    assert (first.problem, first.versions) == (None, (("fake", "1.0"),))
    assert second.problem == "the environment second is not built, or not completely"


def test_an_environment_that_crashes_is_a_problem_too(world):
    world.build("first", "future")
    assert "nano-ocr/worker/99" in opening.probe_named(ReaderName("fake", None, "first")).problem


def test_an_unknown_reader_is_a_usage_error():
    with pytest.raises(UsageError):
        opening.open_named(ReaderName("nothing", None, None), ReaderOptions())
