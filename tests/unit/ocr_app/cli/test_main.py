"""The command ``ocr-app``: its verbs, its help, and how a command ends."""

import os
import subprocess
import sys

import pytest

from ocr_app.cli import main as cli
from ocr_app.cli.main import GROUPS, main, parser
from ocr_app.core.errors import ModelError


def ended(monkeypatch, capsys, error, words=("readers",)):
    def run(arguments):
        raise error

    whole = parser()
    monkeypatch.setattr(cli, "parser", lambda: whole)
    monkeypatch.setattr(whole, "parse_args", lambda argv, parse=whole.parse_args: _with_run(parse(argv), run))
    return main(list(words)), capsys.readouterr().err


def _with_run(arguments, run):
    arguments.run = run
    return arguments


def test_no_verb_prints_the_help(capsys):
    assert main([]) == 2
    assert "readers" in capsys.readouterr().out


def test_the_help_groups_every_verb_with_one_sentence(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["--help"])
    out = capsys.readouterr().out
    assert caught.value.code == 0
    places = [out.index("\n{}:\n".format(title)) for title, _ in GROUPS]
    assert places == sorted(places)
    for verb in (verb for _, verbs in GROUPS for verb in verbs):
        (row,) = [line for line in out.splitlines() if line.split()[:1] == [verb.name]]
        assert row.endswith(".") and row.count(". ") == 0


def test_the_groups_name_every_verb_but_the_older_spellings():
    known = set(parser()._subparsers._group_actions[0].choices)
    older = {"benchmark-campaign", "benchmark-cnn", "benchmark-modules"}
    assert known - {verb.name for _, verbs in GROUPS for verb in verbs} == older


@pytest.mark.parametrize("name", ["cnn", "modules"])
def test_both_spellings_of_a_board_check_are_one_command(name):
    new, old = parser().parse_args(["benchmark", name]), parser().parse_args(["benchmark-" + name])
    assert new.run is old.run
    assert {**vars(new), **vars(old), "command_line": None} == {**vars(old), "command_line": None}
    assert (new.command, old.command) == ("benchmark " + name, "benchmark-" + name)


def test_a_data_set_is_not_taken_for_a_board_check():
    assert parser().parse_args(["benchmark", "./cnn"]).dataset == "./cnn"


def test_an_error_is_a_message_with_the_command_and_its_exit_code(monkeypatch, capsys):
    code, err = ended(monkeypatch, capsys, ModelError("no file", "a file", "./inv models"))
    assert code == 7
    assert err == "ocr-app readers: no file\n  expected: a file\n  next: ./inv models\n"
    assert ended(monkeypatch, capsys, ModelError("no"), ["benchmark", "cnn"])[1] == "ocr-app benchmark cnn: no\n"


def test_an_interrupt_is_130(monkeypatch, capsys):
    assert ended(monkeypatch, capsys, KeyboardInterrupt()) == (130, "ocr-app readers: interrupted\n")


def test_a_fault_of_this_program_is_a_trace(monkeypatch, capsys):
    with pytest.raises(ValueError):
        ended(monkeypatch, capsys, ValueError("a bug"))


def test_a_reader_of_the_output_that_goes_away_is_no_error():
    command = "{} -m ocr_app readers --help | head -c 1; exit ${{PIPESTATUS[0]}}".format(sys.executable)
    root = os.path.dirname(os.path.dirname(os.path.abspath(sys.modules["ocr_app"].__file__)))
    done = subprocess.run(
        ["bash", "-c", command], cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
