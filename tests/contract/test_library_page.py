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
    for option in list(inspect.signature(library.OpenReader.options).parameters)[1:]:
        assert "`{}`".format(option) in text
    assert set(ocr_app.__all__) == {"open", "__version__"}
