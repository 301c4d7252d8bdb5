"""Bundles: made, signed, verified, staged; and every way in which one may be wrong."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest
from simulation.disk import Steps
from simulation.releases import image_archive
from simulation.simulated import SimHost

from fleet.core.errors import BundleError
from fleet.release import bundle, keys
from node_agent.release import Agent, deploying, resuming, staging
from node_agent.release.source import BundleSource
from node_agent.store import LocalDisk
from node_agent.trust import minisign
from tests.unit.fleet.release.bundles import made, trusted


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
    with pytest.raises(BundleError):
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
        (lambda e: [*e, e[-1]], "occurs twice"),
        (lambda e: [*e[:-1], (e[-1][0], e[-1][1][:-1])], "bytes, sha256"),
        (lambda e: [(e[0][0], e[0][1].replace(b'"serial": 7', b'"serial": 8')), *e[1:]], "not belong to this file"),
        (lambda e: e[1:], "manifest.json is not in"),
    ],
)
def test_whatever_was_changed_is_found(root, key, tmp_path, change, words):
    path = rewritten(made(root, key, tmp_path / "a.bundle"), change)
    with pytest.raises(BundleError, match=words):
        bundle.verify(path, trusted(key))


def test_an_image_of_another_architecture_is_found_before_a_board_sees_it(root, key, tmp_path, monkeypatch):
    """A manifest for aarch64 around an image for x86-64, signed by a trusted key."""
    (root / "ocr-app.tar").write_bytes(image_archive("1.0", machine="amd64")[0])
    with monkeypatch.context() as blind:
        blind.setattr("fleet.release.parts.image_archive.check", lambda *given: None)
        path = made(root, key, tmp_path / "a.bundle")
    with pytest.raises(BundleError, match="an image for x86_64"):
        bundle.verify(path, trusted(key))
    with pytest.raises(BundleError, match="an image for x86_64"):
        made(root, key, tmp_path / "b.bundle")


@pytest.mark.parametrize("expected", ["[]", "{}", "not JSON"])
def test_a_challenge_set_that_expects_nothing_is_not_signed(root, key, tmp_path, expected):
    (root / "challenge" / "expected.json").write_text(expected)
    with pytest.raises(BundleError, match=r"expected\.json"):
        made(root, key, tmp_path / "a.bundle")


def test_a_stranger_s_bundle_is_refused(root, key, tmp_path):
    stranger = keys.generate(tmp_path / "other", "stranger", "")
    with pytest.raises(BundleError, match="not trusted"):
        bundle.verify(made(root, stranger, tmp_path / "a.bundle"), trusted(key))


def test_an_unknown_verb_names_the_known_ones():
    with pytest.raises(BundleError, match="verify"):
        bundle.main("sign", "")
