"""The verbs: their arguments, and what becomes of them."""

import io
import json

import pytest
from simulation import enumeration as story

from node_agent import verbs
from node_agent.errors import HostError


def test_every_verb_has_a_help_line_and_json():
    for verb in verbs.VERBS:
        more = {"stage": ["BUNDLE"], "rollback": ["--reason", "why"], "support": ["--out", "FILE"]}.get(verb, [])
        assert verbs.parser().parse_args([verb, "--json"] + more).json
    assert set(verbs.READ_ONLY) < set(verbs.VERBS)


def test_the_help_names_every_exit_code(capsys):
    with pytest.raises(SystemExit):
        verbs.parser().parse_args(["--help"])
    words = capsys.readouterr().out.split()
    assert all(str(code) in words for code in (2, 41, 42, 43, 44, 45, 46, 47, 48, 130))


def test_verbose_and_quiet_exclude_each_other(capsys):
    with pytest.raises(SystemExit):
        verbs.parser().parse_args(["--verbose", "--quiet", "status"])
    assert "not allowed with" in capsys.readouterr().err


def test_a_token_comes_from_a_file_or_from_standard_input(tmp_path, monkeypatch):
    assert verbs.read_token(None) is None
    (tmp_path / "token").write_text("secret\n")
    assert verbs.read_token(str(tmp_path / "token")) == "secret"
    monkeypatch.setattr("sys.stdin", io.StringIO("from a pipe\nmore\n"))
    assert verbs.read_token("-") == "from a pipe"
    with pytest.raises(HostError, match="cannot read"):
        verbs.read_token(str(tmp_path / "absent"))


def test_the_report_of_a_damaged_node_is_the_reason():
    made = story.fresh_node()
    assert json.loads(verbs.report_text(made.node()))["status"]["phase"] == "idle"
    entry = made.disk._find("journal")
    entry.data = entry.synced = entry.data[:40] + b"X" + entry.data[41:]
    assert verbs.report_text(made.node()).startswith("no report: record 0 of the journal is damaged")
