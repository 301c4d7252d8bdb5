"""What proves that a line runs with new files: health, the certificate of its page, its broker."""

import ast
import importlib.util
import json
import subprocess
from pathlib import Path

import pytest

FILE = Path(__file__).resolve().parents[6] / "ansible" / "roles" / "release" / "files" / "prove_line.py"
_SPEC = importlib.util.spec_from_file_location("prove_line", FILE)
prove_line = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(prove_line)

READY = json.dumps({"health": {"ready": True, "state": "reading"}})
GOOD = [
    {"state": "ok", "about": "file", "found": "well formed"},
    {"state": "error", "about": "modbus", "found": "taken"},
]


def board(health=READY, rows=GOOD):
    return lambda argv: health if argv == prove_line.AGENT else json.dumps(rows)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """Two certificates: a.pem and b.pem."""
    folder = tmp_path_factory.mktemp("certificates")
    for name in ("a", "b"):
        command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}"]
        command += ["-keyout", str(folder / f"{name}.key"), "-out", str(folder / f"{name}.pem")]
        subprocess.run(command, capture_output=True, check=True)
    return folder


def test_it_is_python_3_6():
    ast.parse(FILE.read_text(), feature_version=(3, 6))


def test_a_line_that_runs_has_no_problem_and_its_own_ports_do_not_count():
    assert prove_line.problem("/line", {"port": 0}, board()) == ""


@pytest.mark.parametrize(
    "health, found",
    [
        (json.dumps({"health": {"ready": False, "state": "warming_up"}}), "the application is not ready: warming_up"),
        (json.dumps({"health": None}), "the application is not ready: it says nothing"),
        ("not json", "Expecting value: line 1 column 1 (char 0)"),
    ],
)
def test_an_application_that_is_not_ready(health, found):
    assert prove_line.problem("/line", {"port": 0}, board(health)) == found


def test_a_broker_that_refuses_the_new_password_is_named():
    rows = [*GOOD, {"state": "error", "about": "mqtt", "found": "not authorised"}]
    assert prove_line.problem("/line", {"port": 0}, board(rows=rows)) == "mqtt: not authorised"


def test_the_certificate_of_the_page(certificates):
    shown = (certificates / "a.pem").read_text()
    chain = certificates / "chain.pem"
    chain.write_text(shown + (certificates / "b.pem").read_text())

    def found(name):
        page = {"port": 1, "certificate": name}
        return prove_line.problem(str(certificates), page, board(), lambda port: shown)

    assert found("a.pem") == found("chain.pem") == ""
    assert found("b.pem") == "the page shows another certificate than b.pem"
    assert "no certificate in" in found("a.key")


def test_a_command_that_says_nothing_is_a_problem():
    assert "said nothing" in prove_line.problem("/line", {"port": 0}, lambda argv: prove_line.output(["true"]))


def test_the_reason_is_on_stderr_when_the_time_is_over(monkeypatch, capsys):
    monkeypatch.setattr(prove_line, "problem", lambda folder, page: "it is dark")
    assert prove_line.main(["/line", "0", "{}"]) == 1
    assert capsys.readouterr().err == "it is dark\n"
