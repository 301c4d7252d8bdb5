"""`ocr-app history`."""

import csv
import io
import json
import zipfile

import pytest

from ocr_app.cli import main as cli
from ocr_app.line.health.status import ServiceStatus
from ocr_app.line.journal.journal import PartJournal
from ocr_app.line.journal.rows import PartRow


@pytest.fixture
def folder(tmp_path):
    journal = PartJournal(str(tmp_path / "j"), ServiceStatus())
    for number, verdict in ((1, "pass"), (2, "fail"), (3, "pass")):
        row = PartRow(number, "b-0-{}".format(number), "b", "0", "frame", "", "", 1.0, None, 1.1, 1000.0, True, verdict)
        journal.decide(row)
    journal.close()
    (tmp_path / "line.yaml").write_text("journal: {folder: j}\n")
    (tmp_path / "none.yaml").write_text("log: {level: info}\n")
    return tmp_path


def test_by_the_file_of_the_line_or_the_folder(folder, capsys):
    for place in ("line.yaml", "j"):
        assert cli.main(["history", str(folder / place), "--verdict", "pass"]) == 0
        assert [row["number"] for row in csv.DictReader(io.StringIO(capsys.readouterr().out))] == ["1", "3"]


def test_json_and_zip(folder, capsys):
    assert cli.main(["history", str(folder / "j"), "--json", "--id", "b-0-2"]) == 0
    assert json.loads(capsys.readouterr().out)["verdict"] == "fail"
    target = str(folder / "out.zip")
    assert cli.main(["history", str(folder / "j"), "--zip", target, "--since", "1970-01-01"]) == 0
    assert "3 parts, 0 pictures" in capsys.readouterr().out and zipfile.ZipFile(target).namelist() == ["parts.jsonl"]
    assert cli.main(["history", str(folder / "j"), "--zip", target]) == 2


def test_what_is_wrong_is_said(folder, capsys):
    assert cli.main(["history", str(folder / "none.yaml")]) == 2 and "journal.folder" in capsys.readouterr().err
    assert cli.main(["history", str(folder)]) == 2 and "no journal" in capsys.readouterr().err
    assert cli.main(["history", str(folder / "j"), "--since", "soon"]) == 2
