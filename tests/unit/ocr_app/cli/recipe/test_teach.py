"""``ocr-app recipe teach`` proposes a recipe from samples."""

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
    assert [line.split(": ", 1)[1] for line in capsys.readouterr().err.splitlines()] == [
        "EXP 08/2023", "- no text found -",
    ]  # fmt: skip


def test_a_folder_that_is_not_there_cannot_be_written_to(images, reader, capsys):
    target = images / "absent" / "new.yaml"
    assert main(["recipe", "teach", "--out", str(target), str(images / "10.png")]) == 2
    assert "No such file or directory" in capsys.readouterr().err
