"""`ocr-app serve`: arguments that make no sense are refused before anything starts."""

import argparse
import logging
import os
import subprocess
import sys

import pytest

from ocr_app.cli import main as cli
from ocr_app.line import service
from ocr_app.line.settings.checks import resolve_engine
from ocr_app.line.settings.service import ServiceSettings

RECIPE = "name: a\ncodes: [{name: b, lines: [{name: c, fields: [{digits: 1, as: number}]}]}]\n"


@pytest.fixture
def run(monkeypatch, tmp_path):
    """Exit code and settings of a command line; nothing is started."""
    seen = []

    class Unstarted:
        port = 0

        def __init__(self, settings, context):
            seen.append(settings)

        def run(self):
            return 0

    monkeypatch.setattr(service, "LineService", Unstarted)
    monkeypatch.delenv("OCR_IMAGE", raising=False)
    monkeypatch.delenv("NANO_OCR_VARIANT", raising=False)
    (tmp_path / "r.yaml").write_text(RECIPE)

    def call(*arguments):
        return cli.main(["serve"] + [str(argument) for argument in arguments]), seen[-1] if seen else None

    return call


def test_without_arguments_everything_is_the_default(run):
    assert run() == (0, resolve_engine(ServiceSettings(), "none"))


def test_the_image_for_jetsons_reads_by_tensorrt_and_nothing_else(run, monkeypatch):
    monkeypatch.setenv("OCR_IMAGE", "ocr-app")
    monkeypatch.setenv("OCR_L4T", "32.7.1")
    assert run()[1].reader.engine == "tensorrt"
    assert run("--engine", "none")[1].reader.engine == "none"


def test_what_was_asked_for_arrives(run, tmp_path):
    code, found = run(
        "--recipe", tmp_path / "r.yaml", "--expect", "number=7", "--deadline-ms", 80, "--watch", "in",
        "--results", "out", "--listen", "none", "--queue", 3, "--read-limit", 2, "--region", "1,2,30,40",
        "--clock", "never", "--restarts", 0,
    )  # fmt: skip
    limits = found.limits
    assert (code, found.http.enabled, limits.queue, limits.reading_s, limits.restarts) == (0, False, 3, 2.0, 0)
    assert (found.folder.watch, found.folder.after) == (os.path.abspath("in"), "keep")
    assert found.output.results == os.path.abspath("out")
    recipe = found.recipe
    assert (recipe.expected, recipe.deadline_ms, recipe.clock) == ({"number": "7"}, 80, "never")
    assert (recipe.file, found.image.regions) == (str(tmp_path / "r.yaml"), ((1, 2, 30, 40),))


@pytest.mark.parametrize(
    "arguments",
    [
        ("--reader", "magic"),
        ("--watch", "in"),
        ("--results", "out"),
        ("--expect", "a=b"),
        ("--expect-file", "x.json"),
        ("--deadline-ms", "5"),
        ("--build-engines",),
        ("--queue", "0"),
        ("--clock", "sometimes"),
        ("--read-limit", "0"),
        ("--retry", "nan"),
        ("--verbose", "--quiet"),
    ],
)
def test_arguments_that_make_no_sense(run, arguments):
    try:
        assert run(*arguments)[0] == 2
    except SystemExit as exit_error:
        assert exit_error.code == 2


def test_engines_are_not_built_where_nothing_can_judge_them(run, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert run("--engine", "tensorrt", "--build-engines")[0] == 2


def test_a_field_that_the_recipe_lacks_and_a_recipe_that_is_wrong(run, tmp_path):
    assert run("--recipe", tmp_path / "r.yaml", "--expect", "nummer=7")[0] == 2
    (tmp_path / "r.yaml").write_text("nmae: a\n")
    assert run("--recipe", tmp_path / "r.yaml")[0] == 11


LINE = "reader: {threads: 4}\nrecipe: {file: r.yaml, deadline_ms: 90}\nlimits:\n  queue: 16\n"


@pytest.mark.parametrize("way", [(), ("--config",)])
def test_a_settings_file_with_flags_that_override_it(run, tmp_path, way):
    (tmp_path / "line.yaml").write_text(LINE)
    code, found = run(*way, tmp_path / "line.yaml", "--queue", 3)
    assert (code, found.reader.threads, found.limits.queue, found.limits.restarts) == (0, 4, 3, 5)
    assert (found.recipe.file, found.recipe.deadline_ms) == (str(tmp_path / "r.yaml"), 90)


def test_a_flag_can_set_what_is_the_default_again(run, tmp_path):
    (tmp_path / "line.yaml").write_text(LINE)
    assert run(tmp_path / "line.yaml", "--threads", 2)[1].reader.threads == 2


def test_repeated_flags_replace_the_value_of_the_file(run, tmp_path):
    (tmp_path / "line.yaml").write_text(LINE + "image: {regions: [[0, 0, 9, 9]]}\n")
    assert run(tmp_path / "line.yaml")[1].image.regions == ((0, 0, 9, 9),)
    found = run(tmp_path / "line.yaml", "--region", "1,2,3,4", "--region", "5,6,7,8")[1]
    assert found.image.regions == ((1, 2, 3, 4), (5, 6, 7, 8))


def test_a_file_that_is_wrong_names_file_line_and_key(run, tmp_path, capsys):
    (tmp_path / "line.yaml").write_text("reader:\n  thread: 4\n")
    assert run(tmp_path / "line.yaml")[0] == 2
    error = capsys.readouterr().err
    assert "line.yaml:2: unknown key 'thread' in reader, did you mean 'threads'?" in error


def test_two_settings_files_are_refused(run, tmp_path, capsys):
    (tmp_path / "line.yaml").write_text(LINE)
    assert run(tmp_path / "line.yaml", "--config", tmp_path / "line.yaml")[0] == 2
    assert "two settings files" in capsys.readouterr().err


@pytest.mark.parametrize("flags,level", [((), "INFO"), (("--verbose",), "DEBUG"), (("--quiet",), "WARNING")])
def test_verbose_and_quiet_set_the_level_of_the_log(run, flags, level):
    assert run(*flags)[0] == 0
    assert logging.getLevelName(logging.getLogger("ocr_app").level) == level


WITHOUT = """
import sys
for name in ("attr", "attrs", "cattr", "cattrs", "prometheus_client"):
    sys.modules[name] = None
from ocr_app.cli import main
sys.exit(main.main(sys.argv[1:]))
"""


@pytest.mark.parametrize(
    "arguments,code,words",
    [
        (("readers",), 0, "codes"),
        (("read", "--help"), 0, "usage"),
        (("serve", "--help"), 0, "settings.md"),
        (("health", "--runtime", "/nonexistent", "--within", "0.1"), 1, ""),
        (("serve",), 14, "prometheus_client"),
    ],
)
def test_only_the_service_needs_attrs_and_prometheus_client(arguments, code, words):
    command = [sys.executable, "-c", WITHOUT] + list(arguments)
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True, check=False
    )
    assert done.returncode == code and words in done.stdout, done.stdout


def test_the_parser_is_built_without_the_settings(monkeypatch):
    for name in ("attr", "ocr_app.line.settings"):
        monkeypatch.setitem(sys.modules, name, None)
    cli.parser()
    assert isinstance(cli.parser(), argparse.ArgumentParser)
