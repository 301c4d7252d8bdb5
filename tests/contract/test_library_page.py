"""The examples of docs/reference/library.md run as they are written, and the page names what there is."""

import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import ocr_app
from ocr_app.opening import library

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "reference" / "library.md"
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_an_example_runs(example, code_models):
    done = subprocess.run([sys.executable, "-c", example], cwd=str(ROOT), stderr=subprocess.PIPE, check=False)
    assert done.returncode == 0, done.stderr.decode()


def test_the_page_has_every_parameter_and_option():
    text = PAGE.read_text(encoding="utf-8")
    signature = re.search(r"`ocr_app.open\((.*?)\)`", text).group(1)
    parameters = inspect.signature(library.open_library).parameters.values()
    assert signature.replace("*, ", "") == ", ".join(
        "{}={}".format(each.name, '"{}"'.format(each.default) if isinstance(each.default, str) else each.default)
        for each in parameters
    )
    options = re.findall(
        r"^\| `(\w+)` \| `([^`]+)` \| ", text.partition("## Read images")[2].partition("## Results")[0], re.M
    )
    documented = [(name, default.replace('"', "'")) for name, default in options]
    assert documented == [(name, repr(default)) for name, default in defaults(library.OpenReader.read)]
    assert set(ocr_app.__all__) == {"open", "__version__"}


def defaults(function):
    return [
        (each.name, each.default)
        for each in inspect.signature(function).parameters.values()
        if each.kind is inspect.Parameter.KEYWORD_ONLY
    ]


def test_open_and_both_ways_to_read_take_the_same_options_as_those_behind_them():
    opened = inspect.signature(ocr_app.open).parameters
    assert [(each.name, each.default) for each in opened.values()] == [
        (each.name, each.default) for each in inspect.signature(library.open_library).parameters.values()
    ]
    assert defaults(library.OpenReader.read) == defaults(library.OpenReader.read_all)


CLIENT = """
from pathlib import Path
from typing import List, Optional

import numpy as np

import ocr_app
from ocr_app.core.errors import ImageError
from ocr_app.core.types import Reading
from ocr_app.opening.library import OpenReader


def texts(reader: OpenReader, paths: List[Path]) -> List[str]:
    results: List[Reading] = list(reader.read_all(paths, layout="line", expected={"lot": "7"}))
    return [line.text for result in results for line in result.lines if line.confidence > 0.5]


def confidence(path: Path) -> Optional[float]:
    with ocr_app.open("codes", recipe=path.with_suffix(".yaml"), threads=1) as reader:
        try:
            result = reader.read(path, regions=[(0, 0, 100, 32)], deadline_ms=80.0)
        except ImageError as error:
            print(error.found, error.exit_code)
            return None
        reader.read(np.zeros((32, 100), np.uint8))
        return min((line.confidence for line in result.lines), default=None)
"""
MISTAKES = """
import ocr_app

with ocr_app.open(recpie="a.yaml") as reader:
    result = reader.read("a.png", colour="red")
    number: int = result.text
    reader.read_all("a.png", deadline_ms="soon")
    ocr_app.open(threads="2")
"""


def check(client, tmp_path):
    path = tmp_path / "client.py"
    path.write_text(client, encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", "--config-file=", str(path)]
    command.append("--cache-dir=" + str(tmp_path / "cache"))
    done = subprocess.run(command, cwd=str(ROOT), stdout=subprocess.PIPE, check=False)
    return done.stdout.decode()


def test_a_typed_client_passes_strict_checks(tmp_path):
    assert "Success" in check(CLIENT, tmp_path)


def test_the_mistakes_of_a_client_are_found(tmp_path):
    out = check(MISTAKES, tmp_path)
    for line, mistake in ((4, '"recpie"'), (5, '"colour"'), (6, "assignment"), (7, "deadline_ms"), (8, "threads")):
        assert re.search(r"client\.py:{}: error: .*{}".format(line, mistake), out), out
