"""Bundles for virtual Nanos."""

import io
import tarfile

import pytest

from fleet.core.errors import BundleError, ReleaseTableError
from fleet.core.toml import load_toml
from fleet.release import bundle, rehearsal
from tests.unit.fleet.release.bundles import image_archive, trusted


@pytest.fixture
def engine(monkeypatch):
    monkeypatch.setattr(
        rehearsal,
        "saved",
        lambda fleet, version, ways, l4t: image_archive(version + ways, machine=MACHINES[MACHINE])[0],
    )


MACHINE = rehearsal.platform.machine()
MACHINES = {"x86_64": "amd64", "aarch64": "arm64"}


def test_it_is_a_bundle_like_any_other(engine, key, tmp_path):
    path = rehearsal.make("1.0", key[0], 3, out=tmp_path, gate={"soak_s": 8}, say=list)
    found, _ = bundle.verify(path, trusted(key))
    assert (found.version, found.serial, found.machine, found.gate.soak_s) == ("1.0", 3, MACHINE, 8)
    assert found.challenge and load_toml(tmp_path / "parts" / "1.0" / "bundle.toml")["gate"]["soak_s"] == 8


def test_an_unknown_way_to_be_broken_names_the_known_ones(engine, key, tmp_path):
    with pytest.raises(BundleError, match="unhealthy, misreads"):
        rehearsal.make("1.0", key[0], 3, "sleepy", tmp_path)


def test_every_way_to_be_broken_is_one_of_the_stand_in():
    text = (rehearsal.STANDIN / "ocr-app").read_text()
    assert [way for way in rehearsal.WAYS if f"is {way} " not in text] == []


def test_the_image_says_which_version_and_how_it_is_broken():
    with tarfile.open(fileobj=io.BytesIO(rehearsal.tree(b"busybox", "2", "misreads"))) as archive:
        assert archive.extractfile("version").read() == b"2" and archive.extractfile("ways").read() == b" misreads "
        assert archive.getmember("bin/sh").linkname == "busybox"


def test_a_bundle_is_for_the_series_of_the_release_that_is_named(key, tmp_path, monkeypatch):
    labels = []

    def saved(fleet, version, ways, l4t):
        labels.append(l4t)
        return image_archive(version, machine=MACHINES[MACHINE], l4t=l4t)[0]

    monkeypatch.setattr(rehearsal, "saved", saved)
    path = rehearsal.make("1.0", key[0], 3, out=tmp_path, say=list, l4t="36.4.3")
    assert bundle.verify(path, trusted(key))[0].l4t == "36.4" and labels == ["36.4.3"]


def test_a_release_that_nobody_knows_is_refused(key, tmp_path):
    with pytest.raises(ReleaseTableError, match=r"L4T 34\.1\.1"):
        rehearsal.make("1.0", key[0], 3, out=tmp_path, say=list, l4t="34.1.1")
