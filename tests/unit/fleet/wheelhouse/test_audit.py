"""What `./inv wheels audit` tells: ages and licences from inside the files; vulnerabilities, or that nobody knows.

The database of the tests is a fake that answers as OSV documents it (POST /v1/query, a package and a version a time).
"""

from __future__ import annotations

import contextlib
import json
import os
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from fleet.core.errors import AuditError
from fleet.environments import builder
from fleet.wheelhouse import audit, commands, vulnerabilities
from fleet.wheelhouse.store.manifest import WheelhouseManifest, read
from fleet.wheelhouse.vulnerabilities import Vulnerability
from tests.unit.fleet.wheelfiles import wheel

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


@pytest.fixture
def manifest(tmp_path: Path) -> WheelhouseManifest:
    (tmp_path / "wheels").mkdir()
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "small.txt").write_text("numpy==1.19.5 --hash=sha256:" + "0" * 64 + "\n")
    common = 'version = "1.10.0"\nvia = "url"\nsha256 = "record-on-first-fetch"\nreason = "-"\nwhy = "-"\n'
    (tmp_path / "wheels" / "manifest.toml").write_text(
        '[target.nano]\npython = "3.6.9"\nabi = "cp36m"\nplatforms = ["linux_aarch64"]\nlocks = ["small"]\n'
        f'[[artefact]]\nname = "torch"\nfile = "torch-1.10.0-py3-none-any.whl"\nurls = ["https://a/", "https://b/"]\n'
        f'licence = "BSD"\n{common}'
        f'[[artefact]]\nname = "sources"\nkind = "archive"\nfile = "s.tar.gz"\nurls = ["https://a/"]\n'
        f'licence = "not stated"\n{common}'
    )
    return read(tmp_path / "wheels" / "manifest.toml")


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
        "    torch 1.10.0: X-1, CVE-1; mended in 1.13.1; NOT accepted",
        "1 known, 1 of them not accepted in wheels/accepted.toml",
    ]


def test_what_people_accepted_is_told_with_their_reason(manifest: WheelhouseManifest) -> None:
    accept(manifest)
    said: list[str] = []
    found = [Vulnerability("torch", "1.10.0", "X-1", ("CVE-1",), ())]
    assert vulnerabilities.judged(found, vulnerabilities.accepted(manifest), said.append) == []
    assert said[0] == "    torch 1.10.0: X-1, CVE-1; not mended; accepted: no pickle is loaded"


def test_an_acceptance_holds_for_one_version(manifest: WheelhouseManifest) -> None:
    accept(manifest, version="1.9.0")
    said: list[str] = []
    found = [Vulnerability("torch", "1.10.0", "CVE-1", (), ())]
    assert vulnerabilities.judged(found, vulnerabilities.accepted(manifest), said.append) == found
    assert "CVE-1 of torch 1.9.0 is known no longer; take it out" in said[1]


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


def test_the_age_of_a_file_is_that_of_its_newest_part(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.whl", "w") as archive:
        for year in (2019, 2021):
            archive.writestr(zipfile.ZipInfo(f"{year}.py", (year, 10, 22, 0, 0, 0)), "")
    with zipfile.ZipFile(tmp_path / "b.whl", "w") as archive:
        archive.writestr(zipfile.ZipInfo("x.py", (1980, 1, 1, 0, 0, 0)), "")
    (tmp_path / "x").touch()
    os.utime(tmp_path / "x", (1_600_000_000, 1_600_000_000))
    with tarfile.open(tmp_path / "c.tar.gz", "w:gz") as packed:
        packed.add(tmp_path / "x", "x")
    dated = [audit.dated(tmp_path / name) for name in ("a.whl", "b.whl", "c.tar.gz", "x", "gone")]
    assert dated == ["2021-10-22", "undated", "2020-09-13", "undated", "not here"]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("License-Expression: MIT\nLicense: other\n", "MIT"),
        ("License: BSD\n", "BSD"),
        ("License: UNKNOWN\nClassifier: License :: OSI Approved :: MIT License\n", "MIT License"),
        ("", "not stated"),
    ],
)
def test_the_licence_is_what_the_wheel_says(tmp_path: Path, lines: str, said: str) -> None:
    path = wheel(tmp_path, "small", "1.0", "py3-none-any")
    with zipfile.ZipFile(path) as archive:
        metadata = archive.read("small-1.0.dist-info/METADATA").decode()
    with zipfile.ZipFile(tmp_path / "x.whl", "w") as archive:
        archive.writestr("small-1.0.dist-info/METADATA", metadata + lines)
    assert audit.licence(tmp_path / "x.whl") == said


def test_gaps_are_told_before_the_database_is_asked(
    manifest: WheelhouseManifest, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []

    def silent(*_: object) -> list[Vulnerability]:
        raise AuditError("known vulnerabilities were NOT looked up", "an answer")

    monkeypatch.setattr(vulnerabilities, "look_up", silent)
    with pytest.raises(AuditError):
        audit.audit(manifest, manifest.path.parent / "wheelhouse", said.append)
    text = "\n".join(said)
    assert "no second source (1): sources" in text and "no licence stated: sources" in text
    assert "not pinned yet: torch, sources" in text


# With the real pip-audit, where its environment was built (`./inv wheels audit` builds it).


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
    assert "    torch 1.10.0: PYSEC-2099-1, CVE-2099-1; mended in 1.13.1; NOT accepted" in said


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
