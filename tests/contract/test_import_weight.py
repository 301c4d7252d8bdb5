"""What reading an image must not wait for: packages that examine models or score texts. What a site must not need."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
UNUSED = ("onnx", "google.protobuf", "rapidfuzz")
IMPORT = "import sys, ocr_app.cli.main"
OPEN = """
from ocr_app.readers.codes import reader
from ocr_app.readers.contract import ReaderOptions
reader.open_reader(ReaderOptions(threads=1))
"""
READ = """
from ocr_app.cli import main
assert main.main(["read", "--jsonl", "data/nano-codes-100/images/019.jpg"]) == 0
"""


@pytest.mark.parametrize("steps", [IMPORT, IMPORT + OPEN, IMPORT + READ], ids=["import", "open", "read"])
def test_reading_imports_no_package_that_it_does_not_need(steps):
    code = "{}\nprint([name for name in {} if name in sys.modules])".format(steps, UNUSED)
    done = subprocess.run([sys.executable, "-c", code], cwd=str(ROOT), stdout=subprocess.PIPE, timeout=120, check=True)
    assert done.stdout.decode().splitlines()[-1] == "[]"


OF_READING = ("numpy", "cv2", "PIL", "rapidfuzz", "onnxruntime")
SITE = """
import sys
import fleet.site.page.server
from fleet.site import commands, settings
settings.load("docs/how-to/site/site.yaml")
"""


def test_the_site_imports_nothing_that_reads_pictures():
    code = "{}\nprint([name for name in {} if name in sys.modules])".format(SITE, OF_READING)
    done = subprocess.run([sys.executable, "-c", code], cwd=str(ROOT), stdout=subprocess.PIPE, timeout=120, check=True)
    assert done.stdout.decode().splitlines()[-1] == "[]"
