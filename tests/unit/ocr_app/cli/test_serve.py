"""`ocr-app serve`: arguments that make no sense are refused before anything starts."""

import pytest

from ocr_app.cli import main as cli
from ocr_app.cli import serve
from ocr_app.line.settings import ReadingSettings, Serving

RECIPE = "name: a\ncodes: [{name: b, lines: [{name: c, fields: [{digits: 1, as: number}]}]}]\n"


@pytest.fixture
def run(monkeypatch, tmp_path):
    """Exit code and settings of a command line; nothing is started."""
    seen = []

    class Unstarted:
        port = 0

        def __init__(self, settings, around):
            seen.append(settings)

        def run(self):
            return 0

    monkeypatch.setattr(serve, "LineService", Unstarted)
    monkeypatch.delenv("OCR_IMAGE", raising=False)
    monkeypatch.delenv("NANO_OCR_VARIANT", raising=False)
    (tmp_path / "r.yaml").write_text(RECIPE)

    def call(*arguments):
        return cli.main(["serve"] + [str(argument) for argument in arguments]), seen[-1] if seen else None

    return call


def test_without_arguments_everything_is_the_default(run):
    assert run() == (0, Serving(ReadingSettings()))


def test_the_image_for_jetsons_reads_by_tensorrt_and_nothing_else(run, monkeypatch):
    monkeypatch.setenv("OCR_IMAGE", "ocr-app")
    monkeypatch.setenv("OCR_L4T", "32.7.1")
    assert run()[1].reading.engine == "tensorrt"
    assert run("--engine", "none")[1].reading.engine == "none"


def test_what_was_asked_for_arrives(run, tmp_path):
    code, found = run(
        "--recipe", tmp_path / "r.yaml", "--expect", "number=7", "--deadline-ms", 80, "--watch", "in",
        "--results", "out", "--listen", "none", "--queue", 3, "--read-limit", 2, "--region", "1,2,30,40",
        "--clock", "never", "--restarts", 0,
    )  # fmt: skip
    assert (code, found.listen, found.queue, found.read_limit_s, found.restarts) == (0, "", 3, 2.0, 0)
    assert (found.watch, found.results, found.after) == ("in", "out", "keep")
    reading = found.reading
    assert (reading.expected, reading.deadline_ms, reading.clock) == ((("number", "7"),), 80, "never")
    assert (reading.recipe, reading.regions) == (str(tmp_path / "r.yaml"), ((1, 2, 30, 40),))


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
