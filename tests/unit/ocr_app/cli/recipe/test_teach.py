"""``ocr-app recipe teach`` proposes a recipe from samples."""

import json

from ocr_app.cli.main import main
from ocr_app.recipes import loads


def test_teach_proposes_and_never_overwrites(images, reader, capsys):
    paths = [str(images / "10.png"), str(images / "20.png")]
    reader.texts = dict(reader.texts)
    reader.texts[20] = "EXP 09/2024"
    assert main(["recipe", "teach", "--name", "flour"] + paths) == 0
    proposal = capsys.readouterr().out
    assert loads(proposal).name == "flour" and "date: MM/YYYY, as: expiry" in proposal
    target = images / "new.yaml"
    assert main(["recipe", "teach", "--out", str(target)] + paths) == 0 and target.read_text()
    before = target.read_text()
    assert main(["recipe", "teach", "--out", str(target)] + paths) == 2 and target.read_text() == before
    assert "new.yaml exists already" in capsys.readouterr().err


def test_teach_takes_the_texts_of_readers_that_give_no_more(images, reader, capsys):
    reader.texts_only = True
    assert main(["recipe", "teach", str(images / "10.png")]) == 0
    assert loads(capsys.readouterr().out).lines


def test_what_was_read_is_shown(images, reader, capsys):
    reader.texts = {10: "EXP 08/2023", 20: ""}
    assert main(["recipe", "teach", str(images / "10.png"), str(images / "20.png")]) == 0
    shown = capsys.readouterr().err.splitlines()
    assert [line.split(": ", 1)[1] for line in shown[:2]] == ["EXP 08/2023", "- no text found -"]
    assert shown[2] == "read back: 0 of 2 samples pass" and "1 independent" not in shown[3]
    assert "no-read: - no text found -" in "\n".join(shown)


def test_open_questions_are_asked_and_never_guessed(images, reader, capsys):
    reader.texts = {10: "EXP 01/02/2023", 20: "EXP 03/04/2023"}
    paths = [str(images / "10.png"), str(images / "20.png")]
    assert main(["recipe", "teach"] + paths) == 2
    told = capsys.readouterr().err
    assert "leave 1 question open" in told and "  2. MM/DD/YYYY (2023-01-02)" in told and "--yes" in told
    assert main(["recipe", "teach", "--yes"] + paths) == 0
    shown = capsys.readouterr()
    assert "date: DD/MM/YYYY" in shown.out and "taken: line 1, field 2: which format" in shown.err
    assert main(["recipe", "teach", "--answer", "date of line 1, field 2=2"] + paths) == 0
    shown = capsys.readouterr()
    assert "date: MM/DD/YYYY" in shown.out and "taken" not in shown.err
    assert main(["recipe", "teach", "--answer", "date of line 1, field 2=b"] + paths) == 2


def test_a_terminal_is_asked_until_it_gives_a_number(images, reader, capsys, monkeypatch):
    reader.texts = {10: "EXP 01/02/2023", 20: "EXP 03/04/2023"}
    lines = iter(["7\n", "x\n", "2\n"])
    monkeypatch.setattr("ocr_app.cli.recipe.teach._is_terminal", lambda: True)
    monkeypatch.setattr("sys.stdin.readline", lambda: next(lines))
    assert main(["recipe", "teach", str(images / "10.png"), str(images / "20.png")]) == 0
    shown = capsys.readouterr()
    assert "date: MM/DD/YYYY" in shown.out and shown.err.count("number [1]: ") == 3


def test_programs_get_json(images, reader, capsys):
    reader.texts = {10: "EXP 01/02/2023", 20: "EXP 03/04/2023"}
    assert main(["recipe", "teach", "--json", str(images / "10.png"), str(images / "20.png")]) == 0
    record = json.loads(capsys.readouterr().out)
    (question,) = record["questions"]
    assert (question["answer"], question["given"], len(question["answers"])) == (1, False, 2)
    assert loads(record["recipe"]).lines and [each["verdict"] for each in record["readings"]] == ["no-read"] * 2
    assert record["samples"][0]["texts"] == ["EXP 01/02/2023"]


def test_samples_that_are_no_code_are_refused(images, reader, capsys):
    reader.texts = {10: "SALT", 20: "SUGAR"}
    assert main(["recipe", "teach", str(images / "10.png"), str(images / "20.png")]) == 11
    assert "looks like a code" in capsys.readouterr().err


def test_a_folder_that_is_not_there_cannot_be_written_to(images, reader, capsys):
    target = images / "absent" / "new.yaml"
    assert main(["recipe", "teach", "--out", str(target), str(images / "10.png")]) == 2
    assert "No such file or directory" in capsys.readouterr().err
