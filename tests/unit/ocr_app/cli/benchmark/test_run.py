"""The two sub-commands, with a reader that answers from a list."""

import argparse
import hashlib
import json

import pytest

from ocr_app.benchmark.compare import name_of
from ocr_app.cli.benchmark import run
from ocr_app.core.errors import UsageError
from ocr_app.readers.registry import DEFAULT_READER


@pytest.fixture
def run_command(monkeypatch, good_reader):
    monkeypatch.setattr(run, "open_reader", lambda request: good_reader)

    def call(*words):
        parser = argparse.ArgumentParser()
        run.add_benchmark_arguments(parser)
        return run.benchmark(parser.parse_args(list(words)))

    return call


def test_a_run_is_written_and_summed_up(run_command, folder, tmp_path, capsys):
    out = tmp_path / "run.json"
    assert run_command(str(folder), "--warm-up", "1", "--threads", "1", "--session", "s", "--out", str(out)) == 0
    record = json.loads(out.read_text(encoding="utf-8"))
    assert (record["session"], record["reader"]["threads"], record["reader"]["asked"]) == ("s", 1, DEFAULT_READER)
    assert "nospace    100.0 %" in capsys.readouterr().out


def test_json_leaves_the_images_out(run_command, folder, capsys):
    run_command(str(folder), "--warm-up", "0", "--json")
    assert "images" not in json.loads(capsys.readouterr().out)


def test_a_recipe_is_named_in_the_record(run_command, folder, tmp_path, good_reader):
    recipe = tmp_path / "lots.yaml"
    recipe.write_text("name: a\ncodes: [{name: b, lines: [{name: c, fields: [{digits: 2}]}]}]\n")
    with pytest.raises(UsageError, match="texts only"):
        run_command(str(folder), "--warm-up", "0", "--recipe", str(recipe))
    good_reader.posteriors = good_reader.line_posteriors = lambda *arguments: []
    out = tmp_path / "run.json"
    run_command(str(folder), "--warm-up", "0", "--recipe", str(recipe), "--out", str(out))
    record = json.loads(out.read_text(encoding="utf-8"))
    digest = hashlib.sha256(recipe.read_bytes()).hexdigest()
    assert record["settings"]["recipe"] == {"file": "lots.yaml", "sha256": digest}
    assert name_of(record).endswith("raw lots.yaml")


def test_an_unknown_reader_is_refused(run_command, folder):
    with pytest.raises(UsageError, match="unknown reader"):
        run_command(str(folder), "--reader", "nosuch")


def test_two_runs_are_compared(run_command, folder, tmp_path, capsys):
    out = str(tmp_path / "run.json")
    run_command(str(folder), "--warm-up", "0", "--out", out)
    capsys.readouterr()
    parser = argparse.ArgumentParser()
    run.add_compare_arguments(parser)
    assert run.compare_runs(parser.parse_args([out, out, "--form", "thesis"])) == 0
    assert "0 better, 0 worse, 1 both wrong, 2 both right" in capsys.readouterr().out
