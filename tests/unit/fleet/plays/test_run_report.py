"""The end of a run of Ansible: table and JSON."""

import json

import pytest

from fleet.plays.run_report import RunReport, advice, message, summary, write

RULE = {"id": "swap.file", "found": "2 MiB", "expected": "6 MiB", "holds": False, "next": "mend it", "hint": False}


@pytest.fixture
def report():
    report = RunReport("verify.yml")
    report.record("nano-01", "preflight", 0.5, {}, "ok")
    report.record("nano-02", "preflight", 0.25, {}, "ok")
    report.record("nano-01", "swap", 1.0, {"changed": True, "rules": [RULE]}, "ok")
    return report


def test_the_whole_table(report):
    assert summary(report, verbose=True) == [
        "host     role       changed  time   what to do next",
        "nano-01  preflight  0        0.5 s  nothing to do",
        "nano-01  swap       1        1.0 s  mend it",
        "nano-02  preflight  0        0.2 s  nothing to do",
        "",
        "rules that do not hold:",
        "host     rule       found  expected  what to do",
        "nano-01  swap.file  2 MiB  6 MiB     mend it",
    ]


def test_healthy_rows_are_folded(report):
    assert summary(report)[:3] == [
        "host     role  changed  time   what to do next",
        "nano-01  swap  1        1.0 s  mend it",
        "2 roles changed nothing and need nothing; all roles of 1 host(s) (-v: list)",
    ]
    large = RunReport("verify.yml")
    for number in range(500):
        for role in ("swap", "headless", "hardening"):
            large.record(f"n{number}", role, 1.0, {}, "ok")
    assert summary(large) == ["1500 roles changed nothing and need nothing; all roles of 500 host(s) (-v: list)"]


def test_the_last_word_on_a_rule_counts(report):
    report.record("nano-01", "swap", 1.0, {"rules": [{**RULE, "found": "6 MiB", "holds": True}]}, "ok")
    assert summary(report)[-2:] == ["", "all 1 rules hold on 1 host(s)"]
    assert report.as_record()["in_spec"]


def test_a_hint_is_shown_and_all_rules_hold(report):
    report.record("nano-01", "swap", 1.0, {"rules": [{**RULE, "hint": True}]}, "ok")
    lines = summary(report)
    assert "worth a look:" in lines and lines[-1] == "all 1 rules hold on 1 host(s)"
    assert summary(report, verbose=True)[2].endswith("nothing to do")


def test_a_failure_says_what_to_do(report):
    report.record("nano-02", "swap", 0.1, {"msg": "found a; expected b; next: reboot it"}, "failed")
    assert summary(report)[2].split("  ")[-1] == "reboot it"
    assert not report.as_record()["in_spec"]


def test_an_ignored_failure_is_none(report):
    report.record("nano-02", "swap", 0.1, {"msg": "never mind"}, "ignored")
    assert report.runs["nano-02", "swap"].failure == ""


@pytest.mark.parametrize(
    "result, outcome, expected",
    [
        ({"next": "this", "msg": "x; next: that"}, "failed", "this"),
        ({"msg": "Missing sudo password"}, "failed", "--ask-become-pass"),
        ({"msg": "Host key verification failed."}, "unreachable", "known_hosts"),
        ({"msg": "timed out"}, "unreachable", "ssh to nano-01 by hand"),
        ({"msg": "boom"}, "failed", "--limit nano-01 -v"),
    ],
)
def test_advice(result, outcome, expected):
    assert expected in advice(result, "nano-01", outcome)


def test_the_error_output_of_a_command_is_quoted():
    assert (
        message({"msg": "non-zero return code", "stderr": "a\nno space left"}) == "non-zero return code: no space left"
    )
    assert message({}) == "failed without a message"


def test_the_json_report(report, tmp_path):
    path = write(report, tmp_path / "new")
    record = json.loads(path.read_text())
    assert path.name == "verify.json" and [file.name for file in path.parent.iterdir()] == ["verify.json"]
    assert (record["playbook"], record["check"], record["in_spec"]) == ("verify.yml", False, False)
    assert [(row["host"], row["role"], row["changed"]) for row in record["roles"]] == [
        ("nano-01", "preflight", 0),
        ("nano-01", "swap", 1),
        ("nano-02", "preflight", 0),
    ]
    assert record["rules"] == [{"host": "nano-01", **RULE}]


def test_what_is_off_is_said_to_be_off():
    report = RunReport("provision.yml")
    for host in ("nano-01", "nano-02"):
        report.record(host, "paddle", 0.5, {"off": "off: paddle_enabled is false (profile lean)"}, "ok")
        report.record(host, "swap", 0.5, {"off": ""}, "ok")
    told = summary(report)
    assert told[-1] == "paddle: off: paddle_enabled is false (profile lean), on 2 host(s)"
    assert "off: paddle_enabled" in summary(report, verbose=True)[1] and len(told) == 2
    assert report.as_record()["roles"][0]["off"].startswith("off")
