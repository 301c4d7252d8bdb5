"""The verbs of ``ocr-app engine``."""

import pytest

from ocr_app.cli.main import main


def test_without_a_verb_there_is_nothing_to_do(capsys):
    assert main(["engine"]) == 2
    assert "a verb: preflight, gate, build" in capsys.readouterr().err


def test_every_verb_is_listed(capsys):
    with pytest.raises(SystemExit):
        main(["engine", "--help"])
    verbs = {line.split()[0] for line in capsys.readouterr().out.splitlines() if line.strip()}
    assert verbs >= {"preflight", "gate", "build", "list", "check", "prune", "pack", "unpack", "place"}
