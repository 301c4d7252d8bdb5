"""`ocr-app line`."""

import json
import socket

import pytest

from ocr_app.cli import main as cli

RECIPE = "name: a\nwitnesses: 1\ncodes: [{name: b, lines: [{name: c, fields: [{digits: 1, as: number}]}]}]\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "r.yaml").write_text(RECIPE)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.png").write_bytes(b"x")
    return tmp_path


def written(folder, more=""):
    path = folder / "line.yaml"
    head = "recipe: {file: r.yaml}\nsource: {kind: replay, path: in}\njournal: {folder: j}\n"
    path.write_text(head + more)
    return str(path)


def rows(capsys):
    return {(row["about"], row["state"]): row["found"] for row in json.loads(capsys.readouterr().out)}


def test_a_line_that_could_start_is_said_and_nothing_is_made(folder, capsys):
    assert cli.main(["line", "check", written(folder), "--json"]) == 0
    found = rows(capsys)
    assert found["source", "ok"].startswith("1 images in")
    assert "MB free" in found.get(("journal", "ok"), "") + found.get(("journal", "warning"), "")
    assert not (folder / "j").exists()


def test_what_would_keep_it_from_starting_is_an_error_in_its_row(folder, capsys):
    (folder / "in" / "a.png").unlink()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen(1)
        port = taken.getsockname()[1]
        more = "mqtt: {{host: 127.0.0.1, port: 1}}\nmodbus: {{listen: '127.0.0.1:{}'}}\n".format(port)
        more += "reject: {gpio: jetson, pin: 11}\n"
        assert cli.main(["line", "check", written(folder, more), "--json"]) == 14
    found = rows(capsys)
    assert "no images" in found["source", "error"] and "refused" in found["mqtt", "error"].lower()
    assert "in use" in found["modbus", "error"] and "Jetson.GPIO" in found["reject", "error"]


def test_weak_settings_are_warnings(folder, capsys):
    more = "modbus: {listen: '0.0.0.0:0'}\n"
    assert cli.main(["line", "check", written(folder, more)]) == 0
    assert "warning  modbus   Modbus knows no users" in capsys.readouterr().out


def test_offline_nobody_is_asked(folder, capsys):
    path = written(folder, "mqtt: {host: broker.invalid}\n")
    assert cli.main(["line", "check", path, "--offline"]) == 0
    assert "well formed" in capsys.readouterr().out


def test_a_wrong_file_names_its_line(folder, capsys):
    assert cli.main(["line", "check", written(folder, "triger: {kind: frame}\n")]) == 2
    assert "line.yaml:4: unknown key 'triger' in the settings file, did you mean 'trigger'?" in capsys.readouterr().err
    (folder / "no.yaml").write_text("log: {level: info}\n")
    assert cli.main(["line", "check", str(folder / "no.yaml")]) == 2
    assert cli.main(["line"]) == 2


def test_init_makes_what_check_takes(folder, capsys, monkeypatch):
    monkeypatch.chdir(folder)
    given = ["source.kind=replay", "source.path=in", "recipe.file=r.yaml", "journal.folder=j"]
    words = [word for pair in given for word in ("--set", pair)]
    assert cli.main(["line", "init", "line.yaml", "--yes"] + words) == 0
    assert cli.main(["line", "check", "line.yaml"]) == 0
    assert cli.main(["line", "init", "line.yaml", "--yes"] + words) == 2
    assert cli.main(["line", "init", "b.yaml", "--set", "source"]) == 2
    assert "SECTION.KEY=VALUE" in capsys.readouterr().err
