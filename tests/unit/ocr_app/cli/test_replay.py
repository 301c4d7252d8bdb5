"""`ocr-app replay`: what the words of the command become, and how it ends."""

import json

import pytest
from replay_home import write_home, write_picture, write_recipe

from ocr_app.cli import main as cli
from ocr_app.cli import replay
from ocr_app.core.model_files import sha256_of
from ocr_app.line.health.status import ServiceStatus
from ocr_app.line.journal.journal import PartJournal
from ocr_app.line.journal.rows import PartRow
from ocr_app.replay import replaying, targets


@pytest.fixture
def release(tmp_path):
    """(word) -> the folder of a release whose application is the stand-in."""

    def make(word=""):
        folder = tmp_path / ("release-" + word)
        write_home(folder / "app")
        (folder / "recipes").mkdir()
        (folder / "models").mkdir()
        write_recipe(folder / "recipes" / "r.yaml", word)
        files = {name: sha256_of(str(folder / name)) for name in targets.files_below(str(folder))}
        record = {"format": targets.FORMAT, "id": "1" * 64, "name": "app", "version": "2", "recipe": "", "files": files}
        (folder / "release.json").write_text(json.dumps(record))
        return str(folder)

    return make


@pytest.fixture
def journal(tmp_path):
    """A line of three parts, of which two have a picture; returns its settings file."""
    (tmp_path / "j" / "pictures" / "reject").mkdir(parents=True)
    opened = PartJournal(str(tmp_path / "j"), ServiceStatus())
    for number, verdict in ((1, "pass"), (2, "fail"), (3, "pass")):
        row = PartRow(number, "b-0-{}".format(number), "b", "0", "frame", "", "", 1.0, None, 1.1, 1000.0, True, verdict)
        opened.decide(row)
    for number, verdict in ((2, "pass"), (3, "pass")):
        write_picture(tmp_path / "j" / "pictures" / "reject" / "{}.jpg".format(number), verdict, tells=number == 3)
        opened.set_picture(number, "pictures/reject/{}.jpg".format(number))
    opened.close()
    (tmp_path / "line.yaml").write_text("journal: {folder: j}\nreader: {team: fast}\nrecipe: {expected: {lot: '7'}}\n")
    return str(tmp_path / "line.yaml")


def report(tmp_path):
    return json.loads((tmp_path / "out" / "report.json").read_text())


def test_a_line_is_replayed_against_a_release(journal, release, tmp_path, capsys):
    words = ["replay", journal, "--against", release(), "--out", str(tmp_path / "out"), "--processes", "2"]
    assert cli.main(words) == 0
    found = report(tmp_path)
    assert found["source"]["kind"] == "journal" and (found["parts"], found["without_picture"]) == (3, 1)
    assert found["kinds"]["new-pass"] == 1 and found["kinds"]["other-text"] == 1
    assert found["settings"]["team"] == "fast" and found["settings"]["expected"] == {"lot": "7"}
    assert found["against"]["digest"] == "1" * 64 and found["before"] == "journal"
    said = capsys.readouterr()
    assert "b-0-2" in said.out and "report.html" in said.out and "2 of 2 pictures" in said.err
    assert cli.main(words) == 0
    assert "went on with the replay" in capsys.readouterr().err


def test_the_folder_of_a_journal_and_flags_of_the_reader(journal, release, tmp_path):
    words = ["replay", str(tmp_path / "j"), "--against", release(), "--out", str(tmp_path / "out"), "--verdict", "fail"]
    assert cli.main([*words, "--team", "balanced", "--threads", "1", "--region", "1,2,3,4", "--expect", "lot=9"]) == 0
    found = report(tmp_path)
    assert found["pictures"] == 1 and found["source"]["verdicts"] == ["fail"]
    assert found["settings"]["team"] == "balanced" and found["settings"]["regions"] == [[1, 2, 3, 4]]
    assert found["settings"]["expected"] == {"lot": "9"}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "pictures").mkdir()
    write_picture(tmp_path / "pictures" / "a.jpg", "fail", shifted="pass")
    (tmp_path / "pictures" / "b.jpg").write_text("no picture")
    return str(tmp_path / "pictures")


def test_a_folder_is_read_with_both_and_what_cannot_be_read_is_told(folder, release, tmp_path, capsys):
    words = ["replay", folder, "--present", release(), "--against", release("shift"), "--out", str(tmp_path / "out")]
    assert cli.main(words) == 3
    assert report(tmp_path)["kinds"]["new-pass"] == report(tmp_path)["kinds"]["unread"] == 1
    assert "is not an image" in capsys.readouterr().out


def test_a_folder_is_compared_with_results(folder, release, tmp_path):
    lines = [{"image": name, "verdict": "fail", "text": "", "reasons": []} for name in ("a.jpg", "b.jpg")]
    (tmp_path / "r.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    more = ["--results", str(tmp_path / "r.jsonl"), "--out", str(tmp_path / "out"), "--trust-file-times"]
    assert cli.main(["replay", folder, "--against", release("shift"), *more]) == 3
    assert report(tmp_path)["before"] == "results" and report(tmp_path)["source"]["dated"] is True


@pytest.mark.parametrize(
    "place, more, code, words",
    [
        ("pictures", [], 2, "does not say how its pictures were judged"),
        ("pictures", ["--since", "8h", "--results", "r"], 2, "--since, --until and --verdict with a folder"),
        ("j", ["--results", "r"], 2, "--results with a journal"),
        ("none.yaml", [], 2, "names no journal.folder"),
        ("j", ["--since", "soon"], 2, "not a time"),
    ],
)
def test_words_that_do_not_fit_say_what_would(journal, folder, release, tmp_path, capsys, place, more, code, words):
    (tmp_path / "none.yaml").write_text("log: {level: info}\n")
    said = ["replay", str(tmp_path / place), "--against", release(), "--out", str(tmp_path / "out"), *more]
    assert cli.main(said) == code
    assert words in capsys.readouterr().err


def test_what_is_no_target_ends_with_its_own_code(folder, tmp_path, capsys):
    assert cli.main(["replay", folder, "--against", "a.bundle", "--out", str(tmp_path / "out")]) == 16
    assert "./inv replay unpack" in capsys.readouterr().err


def test_ctrl_c_says_how_to_go_on(folder, release, tmp_path, capsys, monkeypatch):
    def interrupted(self):
        raise KeyboardInterrupt

    monkeypatch.setattr(replaying.Replay, "_rows", interrupted)
    words = ["replay", folder, "--present", release(), "--against", release("shift"), "--out", str(tmp_path / "out")]
    assert cli.main(words) == 130
    assert "0 of 2 pictures have their row" in capsys.readouterr().err
    assert report(tmp_path)["complete"] is False


def test_the_help_names_what_is_written(capsys):
    with pytest.raises(SystemExit):
        cli.main(["replay", "--help"])
    assert "report.json" in capsys.readouterr().out and replay.UNREAD == 3
