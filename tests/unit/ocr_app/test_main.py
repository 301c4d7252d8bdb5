"""``python -m ocr_app`` and the command: a package that is missing is named in plain words."""

import os
import subprocess
import sys

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
HIDE = (
    "import sys; sys.modules['{}'] = None; sys.argv = ['ocr-app', '--version']; "
    "from ocr_app.__main__ import entry; entry()"
)


def run(*arguments):
    done = subprocess.Popen(
        (sys.executable,) + arguments, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True
    )
    out, err = done.communicate(timeout=60)
    return done.returncode, out, err


def test_the_module_is_the_command():
    code, out, _ = run("-m", "ocr_app", "--version")
    assert (code, out.split()[0]) == (0, "ocr-app")


@pytest.mark.parametrize(
    "module, name, step",
    [
        ("cv2", "OpenCV (module cv2)", "pip install 'opencv-python-headless<5'"),
        ("PIL", "Pillow", "pip install Pillow"),
        ("numpy", "the package numpy", "pip install numpy"),
    ],
)
def test_a_missing_package_is_named_with_what_to_install(module, name, step):
    code, out, err = run("-c", HIDE.format(module))
    assert (code, out) == (6, "")
    assert err.startswith("ocr-app: {} is not installed for {}\n".format(name, sys.executable))
    assert "  next: " + step in err


def test_a_module_of_our_own_that_is_missing_is_a_fault():
    code, _, err = run("-c", HIDE.format("ocr_app.cli.main"))
    assert code == 1
    assert "Traceback" in err
