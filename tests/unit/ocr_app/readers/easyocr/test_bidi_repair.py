"""The repair of an installed EasyOCR: only where it is needed, only when it helps, and whole or not at all."""

import os
import stat

import pytest

from ocr_app.core.errors import ReaderFailed, ReaderUnavailable
from ocr_app.readers.easyocr import bidi_repair

LINE = "from bidi import get_display"
REPAIRED = "from bidi.algorithm import get_display"
BIDI_0_4 = ""
BIDI_0_6 = "from bidi.algorithm import get_display\n"


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Makes an EasyOCR with the given import line beside a bidi whose __init__ is given; returns its easyocr.py."""

    def make(line=LINE, bidi=BIDI_0_4, rest=""):
        files = {
            "easyocr/__init__.py": "from .easyocr import Reader\n",
            "easyocr/easyocr.py": f"import os\n{line}\n{rest}\nclass Reader: pass\n",
            "bidi/__init__.py": bidi,
            "bidi/algorithm.py": "def get_display(text): return text\n",
        }
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(text.encode("utf-8"))
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))
        monkeypatch.syspath_prepend(str(tmp_path))
        return tmp_path / "easyocr" / "easyocr.py"

    return make


def test_it_repairs_easyocr_beside_an_old_bidi(install):
    file = install()
    assert bidi_repair.repair(str(file)).state == bidi_repair.PATCHED
    assert file.read_text().splitlines()[1] == REPAIRED


def test_a_second_repair_changes_nothing(install):
    file = install()
    bidi_repair.repair(str(file))
    before = file.stat()
    assert bidi_repair.repair(str(file)).state == bidi_repair.NOT_NEEDED
    assert (file.stat().st_mtime, file.stat().st_ino) == (before.st_mtime, before.st_ino)


def test_a_bidi_that_exports_get_display_needs_no_repair(install):
    file = install(bidi=BIDI_0_6)
    outcome = bidi_repair.repair(str(file))
    assert (outcome.state, outcome.detail) == (bidi_repair.NOT_NEEDED, "bidi exports get_display itself")
    assert LINE in file.read_text()


@pytest.mark.parametrize("line", [REPAIRED, "# " + LINE, "from bidi import get_display_twice", "    " + LINE])
def test_any_other_line_is_left_alone(install, line):
    file = install(line=line)
    assert bidi_repair.examine(str(file)).state == bidi_repair.NOT_NEEDED


@pytest.mark.parametrize("ending", ["", "\r", "  # arabic", " \t"])
def test_what_follows_the_import_on_its_line_stays(install, ending):
    file = install(line=LINE + ending)
    bidi_repair.repair(str(file))
    assert (REPAIRED + ending + "\n").encode() in file.read_bytes()


def test_the_mode_of_the_file_stays(install):
    file = install()
    file.chmod(0o640)
    bidi_repair.repair(str(file))
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


def test_a_hard_link_elsewhere_keeps_the_old_content(install, tmp_path):
    file = install()
    os.link(str(file), str(tmp_path / "cached"))
    bidi_repair.repair(str(file))
    assert LINE in (tmp_path / "cached").read_text()


def test_a_repair_that_does_not_help_is_taken_back(install):
    file = install(rest="import no_such_module_at_all")
    before = file.read_bytes()
    with pytest.raises(ReaderFailed, match="no_such_module_at_all"):
        bidi_repair.repair(str(file))
    assert file.read_bytes() == before


def test_no_partial_file_stays_behind(install):
    file = install()
    bidi_repair.repair(str(file))
    assert sorted(path.suffix for path in file.parent.iterdir() if path.is_file()) == [".py", ".py"]


def test_a_missing_easyocr_is_named(tmp_path):
    with pytest.raises(ReaderUnavailable, match="EasyOCR is not installed"):
        bidi_repair.find_easyocr([str(tmp_path)])


def test_check_tells_and_changes_nothing(install, capsys):
    file = install()
    assert bidi_repair.main(["--check"]) == 1
    assert "needed" in capsys.readouterr().out
    assert LINE in file.read_text()


def test_the_command_line_repairs_and_says_so(install, capsys):
    file = install()
    assert bidi_repair.main([]) == 0
    assert capsys.readouterr().out == f"{os.path.realpath(str(file))}: patched: now contains `{REPAIRED}`\n"
