"""Bundles: made, signed, verified, staged; and every way in which one may be wrong."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

import pytest
from simulation.disk import Steps
from simulation.releases import EXPECTED, GATE, image_archive
from simulation.simulated import SimHost

from fleet import bundle, keys
from fleet.bundle_parts import BundleProblem, Stamp
from fleet.keys import KeyProblem
from node_agent.errors import ReleaseRefused
from node_agent.release import Agent, deploying, manifest, resuming, staging
from node_agent.release.source import BundleSource
from node_agent.store import LocalDisk
from node_agent.trust import minisign

STAMP = Stamp("1.0", 7, "2026-11-23T12:00:00+00:00", "a test")
NO_KEYS = {"add": [], "retire": []}
SPEC = {
    "name": "ocr-app",
    "machine": "aarch64",
    "l4t": "32.7",
    "gate": GATE,
    "challenge": {"arguments": ["read", "--jsonl", "challenge/images"]},
    "part": [
        {"kind": "image", "from": "ocr-app.tar", "to": "images"},
        {"kind": "challenge", "from": "challenge", "to": "challenge"},
        {"kind": "wheel", "from": "wheelhouse", "to": "wheelhouse"},
        {"kind": "engine", "from": "engines", "to": "engines", "optional": True},
    ],
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "parts"
    (folder / "challenge").mkdir(parents=True)
    (folder / "wheelhouse").mkdir()
    (folder / "ocr-app.tar").write_bytes(image_archive("1.0")[0])
    (folder / "challenge" / "expected.json").write_text(json.dumps(EXPECTED))
    (folder / "wheelhouse" / "numpy-1.whl").write_bytes(b"a wheel" * 20000)
    (folder / "wheelhouse" / ".hidden").write_bytes(b"not this")
    return folder


@pytest.fixture
def key(tmp_path: Path) -> tuple[Path, Path]:
    return keys.generate(tmp_path / "keys", "test", "")


def made(root: Path, key: tuple[Path, Path], target: Path, **spec: object) -> Path:
    found = bundle.parts(SPEC | spec, root)
    data = bundle.describe(SPEC | spec, found, STAMP, NO_KEYS, 0)
    bundle.write(target, found, data, keys.sign(data, key[0], "of a test", lambda: ""))
    return target


def trusted(key: tuple[Path, Path]) -> list[minisign.PublicKey]:
    return bundle.trusted_keys(key[1].parent)


def test_what_is_made_is_verified_and_says_what_it_holds(root, key, tmp_path):
    path = made(root, key, tmp_path / "a.bundle")
    found, signer = bundle.verify(path, trusted(key))
    assert signer == minisign.public_key(key[1].read_text()).id
    assert (found.version, found.serial, found.challenge[0]) == ("1.0", 7, "read")
    assert [member.path for member in found.members] == [
        "challenge/expected.json",
        "images/ocr-app.tar",
        "wheelhouse/numpy-1.whl",
    ]
    assert bundle.table(found)[1] == "challenge        1 files       0.0 MB"


def test_the_same_parts_give_the_same_bytes(root, key, tmp_path):
    first, second = (made(root, key, tmp_path / name).read_bytes() for name in ("a.bundle", "b.bundle"))
    assert first == second


def test_a_node_takes_it_from_stage_to_commit(root, key, tmp_path):
    path = made(root, key, tmp_path / "a.bundle")
    folder = LocalDisk(str(tmp_path / "node"))
    machine = SimHost(Steps(), folder)
    node = Agent(folder, machine, trusted(key), "the test")
    with BundleSource(str(path)) as source:
        staging.stage(node, source, "first")
    assert not folder.exists("releases/" + node.state().candidate["id"] + "/wheelhouse")
    deploying.switch(node)
    machine.after_cut("kept")
    assert resuming.resume(node).current["version"] == "1.0"


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9])
def test_a_bundle_that_was_cut_short_is_refused(root, key, tmp_path, share):
    path = made(root, key, tmp_path / "a.bundle")
    path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
    with pytest.raises(BundleProblem):
        bundle.verify(path, trusted(key))


def rewritten(path: Path, change: object) -> Path:
    """The bundle again, with its (name, bytes) changed."""
    with tarfile.open(path) as archive:
        entries = [(member.name, archive.extractfile(member).read()) for member in archive]
    with tarfile.open(path, "w") as archive:
        for name, data in change(entries):
            header = tarfile.TarInfo(name)
            header.size = len(data)
            archive.addfile(header, io.BytesIO(data))
    return path


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda e: e[:-1], "members differ"),
        (lambda e: [*e, ("extra", b"x")], "differ from the manifest: extra"),
        (lambda e: [*e, e[-1]], "there twice"),
        (lambda e: [*e[:-1], (e[-1][0], e[-1][1][:-1])], "bytes, sha256"),
        (lambda e: [(e[0][0], e[0][1].replace(b'"serial": 7', b'"serial": 8')), *e[1:]], "not belong to this file"),
        (lambda e: e[1:], "manifest.json is not in"),
    ],
)
def test_whatever_was_changed_is_found(root, key, tmp_path, change, words):
    path = rewritten(made(root, key, tmp_path / "a.bundle"), change)
    with pytest.raises(BundleProblem, match=words):
        bundle.verify(path, trusted(key))


def test_a_stranger_s_bundle_is_refused(root, key, tmp_path):
    stranger = keys.generate(tmp_path / "other", "stranger", "")
    with pytest.raises(BundleProblem, match="not trusted"):
        bundle.verify(made(root, stranger, tmp_path / "a.bundle"), trusted(key))


def test_nothing_is_signed_that_a_node_would_not_take(root, key, tmp_path):
    with pytest.raises(BundleProblem, match="soak_s"):
        made(root, key, tmp_path / "a.bundle", gate=GATE | {"soak_s": 1})
    (root / "ocr-app.tar").write_bytes(image_archive("1.0", l4t="35.4.1")[0])
    with pytest.raises(BundleProblem, match=r"L4T 35\.4\.1"):
        made(root, key, tmp_path / "a.bundle")
    (root / "ocr-app.tar").unlink()
    with pytest.raises(BundleProblem, match=r"ocr-app\.tar is not there"):
        made(root, key, tmp_path / "a.bundle")


def test_a_challenge_set_says_what_it_expects(root, key, tmp_path):
    (root / "challenge" / "expected.json").rename(root / "challenge" / "images.json")
    with pytest.raises(BundleProblem, match=r"expected\.json"):
        made(root, key, tmp_path / "a.bundle")


def test_keys_are_never_overwritten_and_a_secret_is_for_its_owner(key):
    assert key[0].stat().st_mode & 0o777 == 0o600
    with pytest.raises(KeyProblem, match="exists"):
        keys.generate(key[0].parent, "test", "")


def test_an_encrypted_key_needs_its_password(tmp_path, monkeypatch):
    monkeypatch.setattr("minisign.secret_key.OPSLIMIT", 1 << 15, raising=False)
    secret, public = keys.generate(tmp_path, "locked", "right")
    signature = keys.sign(b"data", secret, "comment", lambda: "right").decode()
    assert minisign.verify(b"data", signature, [minisign.public_key(public.read_text())])
    with pytest.raises(KeyProblem, match="password"):
        keys.sign(b"data", secret, "comment", lambda: "wrong")


def test_the_password_may_come_from_a_file(tmp_path, monkeypatch):
    (tmp_path / "password").write_text("right\n")
    monkeypatch.setenv(keys.PASSWORD_FILE, str(tmp_path / "password"))
    assert keys.ask_password() == "right"
    monkeypatch.setenv(keys.PASSWORD_FILE, str(tmp_path / "nothing"))
    with pytest.raises(KeyProblem, match="nothing is not there"):
        keys.ask_password()


def test_the_committed_specification_can_be_read():
    spec = bundle.load_toml(bundle.SPEC)
    assert {part["kind"] for part in spec["part"]} <= set(manifest.KINDS)
    assert set(spec["gate"]) == set(GATE)
    with pytest.raises(ReleaseRefused):
        manifest.parse(b"{}")


def test_an_unknown_verb_names_the_known_ones():
    with pytest.raises(BundleProblem, match="verify"):
        bundle.main("sign", "")
