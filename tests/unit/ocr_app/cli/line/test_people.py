"""ocr-app line users: secrets from a file or the terminal, never from the command line."""

import pytest

from ocr_app.cli import main
from ocr_app.cli.line import people
from ocr_app.line.page.access import users


@pytest.fixture
def secret(tmp_path):
    (tmp_path / "secret").write_text("482915\n")
    return str(tmp_path / "secret")


def test_a_user_is_added_listed_and_removed(tmp_path, secret, capsys):
    path = str(tmp_path / "u.json")
    assert main.main(["line", "users", "add", path, "anna", "--role", "operator", "--secret-file", secret]) == 0
    assert users.fits("482915", users.load(path)["anna"].secret)
    assert main.main(["line", "users", "list", path]) == 0
    assert main.main(["line", "users", "remove", path, "anna"]) == 0
    assert main.main(["line", "users", "list", path]) == 0
    said = capsys.readouterr().out
    assert "anna is operator" in said and "anna                     operator" in said and "nobody" in said


def test_a_weak_secret_or_none_is_refused(tmp_path, secret, capsys):
    path = str(tmp_path / "u.json")
    assert main.main(["line", "users", "add", path, "erik", "--role", "engineer", "--secret-file", secret]) == 2
    assert main.main(["line", "users", "add", path, "erik", "--role", "engineer"]) == 2
    assert main.main(["line", "users", "add", path, "erik", "--role", "engineer", "--secret-file", secret + "x"]) == 2
    assert main.main(["line", "users"]) == 2
    said = capsys.readouterr().err
    assert "6 characters; it needs 10" in said and "no terminal" in said and "add, remove or list" in said


def test_the_terminal_is_asked_twice(tmp_path, monkeypatch, capsys):
    answers = iter(["482915", "482915", "482915", "1"])
    monkeypatch.setattr(people.getpass, "getpass", lambda text: next(answers))
    monkeypatch.setattr(people.sys, "stdin", type("Terminal", (), {"isatty": lambda self: True})())
    path = str(tmp_path / "u.json")
    assert main.main(["line", "users", "add", path, "anna", "--role", "operator"]) == 0
    assert main.main(["line", "users", "add", path, "anna", "--role", "operator"]) == 2
    assert "the two differ" in capsys.readouterr().err


def test_roles_are_those_of_the_page():
    assert people.ROLES == users.ROLES
