"""The two sub-commands, with a reader that answers from a list, and once with engines that were really built."""

import argparse
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ocr_app.benchmark.compare import name_of
from ocr_app.cli.benchmark import run
from ocr_app.core.errors import UsageError
from ocr_app.engines.building import jobs
from ocr_app.readers.registry import DEFAULT_READER

PARTS = [spec.name for spec in jobs.specs_of("codes")]  # of all members of the default team
ROOT = Path(__file__).resolve().parents[5]
COMMAND = """
import json, sys
from ocr_app.cli.main import main
code = main(sys.argv[1:])
print(json.dumps(sorted(name for name in sys.modules if name.startswith("ocr_app.verification"))))
sys.exit(code)
"""
"""Runs one command of ``ocr-app`` and prints, as its last line, which modules that compare were imported."""


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


@pytest.fixture
def ocr_app(tmp_path, code_models):
    """``ocr-app`` in a process of its own, with an empty cache of engines; returns the modules that it imported."""
    pytest.importorskip("onnxruntime")
    folders = {"OCR_ENGINES": "engines", "OCR_EXPORTS": "exports", "OCR_PLANS": "plans"}
    environ = dict(os.environ, PYTHONPATH=str(ROOT), OMP_NUM_THREADS="1")
    environ.update((name, str(tmp_path / folder)) for name, folder in folders.items())

    def call(*words):
        done = subprocess.run(
            [sys.executable, "-c", COMMAND, *words],
            cwd=str(ROOT),
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()[-3000:]
        return json.loads(done.stdout.decode().splitlines()[-1])

    return call


def texts_of(record):
    assert [image["error"] for image in record["images"]] == [None] * len(record["images"])
    return [(image["id"], [line["text"] for line in image["lines"]]) for image in record["images"]]


def test_a_run_with_engines_reads_the_same_texts_and_never_loads_the_twin(ocr_app, tmp_path):
    build = ("engine", "build", "--target", "onnxruntime", "--reader", "codes", "--limit", "2", "--services", "none")
    ocr_app(*build)
    benchmark = ("benchmark", "data/nano-codes-100", "--reader", "codes", "--limit", "5", "--warm-up", "0")
    ocr_app(*benchmark, "--out", str(tmp_path / "plain.json"))
    imported = ocr_app(*benchmark, "--engine", "onnxruntime", "--out", str(tmp_path / "run.json"))
    assert "ocr_app.verification.twins" not in imported
    plain, run_record = (json.loads((tmp_path / name).read_text("utf-8")) for name in ("plain.json", "run.json"))
    assert (plain["reader"]["engines"], run_record["reader"]["engines"]) == ("none", "onnxruntime")
    names = ["{}-onnxruntime-fp32-".format(part) in run_record["reader"]["engine"] for part in PARTS]
    assert names == [True] * 6
    assert len(run_record["images"]) == 5 and any(image["lines"] for image in run_record["images"])
    assert texts_of(run_record) == texts_of(plain)
