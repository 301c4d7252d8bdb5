"""Known vulnerabilities: every package is looked up, and silence is never a pass.

The database of the tests is a fake that answers as OSV documents it (POST /v1/query, one package version each).
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from fleet.core.errors import AuditError
from fleet.environments import builder
from fleet.wheelhouse import commands, vulnerabilities
from fleet.wheelhouse.store.manifest import WheelhouseManifest, read
from fleet.wheelhouse.vulnerabilities import Vulnerability

KNOWN = {
    "id": "PYSEC-2099-1",
    "aliases": ["CVE-2099-1"],
    "modified": "2026-01-01T00:00:00Z",
    "summary": "made up",
    "affected": [
        {
            "package": {"name": "torch", "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.13.1"}]}],
            "versions": ["1.10.0"],
        }
    ],
}


SAID = {
    "name": "torch",
    "version": "1.10.0",
    "vulns": [{"id": "X-1", "aliases": ["CVE-1"], "fix_versions": ["1.13.1"]}],
}


TORCH = ("torch", "1.10.0")


def accept(manifest: WheelhouseManifest, **changes: str) -> None:
    row = {"package": "torch", "version": "1.10.0", "id": "CVE-1", "reason": "no pickle is loaded", **changes}
    text = "".join(f'{key} = "{value}"\n' for key, value in row.items())
    manifest.path.with_name("accepted.toml").write_text("[[accepted]]\n" + text)


def test_a_silent_database_is_never_a_good_answer() -> None:
    with pytest.raises(AuditError, match=r"NOT looked up: .*Failed to resolve"):
        vulnerabilities.parsed("", "Traceback\nConnectionError: Failed to resolve 'api'", [TORCH])


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [{"name": "torch", "skip_reason": "Dependency not found and could not be audited"}],
        [{**SAID, "version": "1.9.0"}],
    ],
)
def test_a_package_that_was_left_out_is_no_pass(rows: list[object]) -> None:
    """pip-audit itself ends with 0 then."""
    with pytest.raises(AuditError, match=r"1 packages were NOT looked up: torch 1\.10\.0"):
        vulnerabilities.parsed(json.dumps({"dependencies": rows}), "No known vulnerabilities found", [TORCH])


def test_a_finding_is_told_with_what_mends_it(manifest: WheelhouseManifest) -> None:
    said: list[str] = []
    found = vulnerabilities.parsed(json.dumps({"dependencies": [SAID]}), "", [TORCH])
    assert vulnerabilities.judged(found, vulnerabilities.accepted(manifest), said.append) == found
    assert said == [
        "    torch 1.10.0: X-1, CVE-1; fixed in 1.13.1; NOT accepted",
        "1 known, 1 of them not accepted in wheels/accepted.toml",
    ]


def test_what_people_accepted_is_told_with_their_reason(manifest: WheelhouseManifest) -> None:
    accept(manifest)
    said: list[str] = []
    found = [Vulnerability("torch", "1.10.0", "X-1", ("CVE-1",), ())]
    assert vulnerabilities.judged(found, vulnerabilities.accepted(manifest), said.append) == []
    assert said[0] == "    torch 1.10.0: X-1, CVE-1; no fix; accepted: no pickle is loaded"


def test_an_acceptance_holds_for_one_version(manifest: WheelhouseManifest) -> None:
    accept(manifest, version="1.9.0")
    said: list[str] = []
    found = [Vulnerability("torch", "1.10.0", "CVE-1", (), ())]
    assert vulnerabilities.judged(found, vulnerabilities.accepted(manifest), said.append) == found
    assert "CVE-1 of torch 1.9.0 is no longer known; remove it" in said[1]


def test_an_acceptance_without_a_reason_is_refused(manifest: WheelhouseManifest) -> None:
    accept(manifest, reason="")
    with pytest.raises(AuditError, match=r"accepted\.toml"):
        vulnerabilities.accepted(manifest)


def test_two_versions_of_one_package_are_asked_for_apart() -> None:
    assert vulnerabilities.groups([("a", "1"), ("a", "2"), ("b", "1")]) == [[("a", "1"), ("b", "1")], [("a", "2")]]


def test_packages_are_those_of_locks_and_vendors_and_the_rest_is_named(manifest: WheelhouseManifest) -> None:
    assert vulnerabilities.known_packages(manifest) == ([("numpy", "1.19.5"), TORCH], ["sources"])


def test_every_file_of_the_manifest_is_asked_for_or_named() -> None:
    packages, others = vulnerabilities.known_packages(read())
    names = {name for name, _ in packages}
    assert {"torch", "torchvision", "paddlepaddle-gpu", "numpy", "pillow"} <= names
    assert {source.name for source in read().sources} <= names | set(others)


@contextlib.contextmanager
def fake_osv(known: list[object]) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            answer = {"vulns": known} if asked["package"]["name"] == "torch" else {}
            data = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1/query"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def pip_audit() -> None:
    state = next(entry.state for entry in builder.status() if entry.name == vulnerabilities.ENVIRONMENT)
    if state != "ready":
        pytest.skip(f"the environment of pip-audit is {state}: ./inv wheels audit builds it")


def command(manifest: WheelhouseManifest, osv: str, said: list[str]) -> int:
    where = ["--wheelhouse", str(manifest.path.parent / "wheelhouse"), "--manifest", str(manifest.path)]
    return commands.main(["audit", *where, "--osv-url", osv], said.append)


@pytest.mark.usefixtures("pip_audit")
def test_pip_audit_finds_what_the_database_knows(manifest: WheelhouseManifest) -> None:
    said: list[str] = []
    with fake_osv([KNOWN]) as osv:
        assert command(manifest, osv, said) == AuditError.exit_code
    assert "    torch 1.10.0: PYSEC-2099-1, CVE-2099-1; fixed in 1.13.1; NOT accepted" in said


@pytest.mark.usefixtures("pip_audit")
def test_pip_audit_passes_when_every_package_was_answered(manifest: WheelhouseManifest) -> None:
    said: list[str] = []
    with fake_osv([]) as osv:
        assert command(manifest, osv, said) == 0
    assert said[-1] == "0 known, 0 of them not accepted in wheels/accepted.toml"


@pytest.mark.usefixtures("pip_audit")
def test_pip_audit_without_a_database_is_a_failure(
    manifest: WheelhouseManifest, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(manifest, "http://127.0.0.1:9/v1/query", []) == AuditError.exit_code
    assert "known vulnerabilities were NOT looked up" in capsys.readouterr().err
