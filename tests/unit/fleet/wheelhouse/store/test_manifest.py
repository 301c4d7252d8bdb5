"""The manifest of the wheelhouse: faults are refused, the committed one is complete."""

from __future__ import annotations

import urllib.parse

import pytest

from fleet.core.errors import ArtefactError
from fleet.wheelhouse.store import index
from fleet.wheelhouse.store.manifest import MANIFEST, read
from tests.unit.fleet.wheelhouse.projects import Project


@pytest.mark.parametrize(
    "old, new, problem",
    [
        ('via = "url"', 'via = "ftp"', "via 'ftp'"),
        ('reason = "its maker publishes none"', "", "without a reason"),
        ('sha256 = "record-on-first-fetch"', 'sha256 = "abc"', "sha256 'abc'"),
        ('why = "a test"', 'why = "a test"\ncolour = "red"', "unknown keys colour"),
        ('why = "a test"', "", "missing 1 required positional argument: 'why'"),
    ],
)
def test_a_manifest_with_a_fault_is_refused(project: Project, old: str, new: str, problem: str) -> None:
    path = project.root / "wheels" / "manifest.toml"
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(ArtefactError, match=problem):
        read(path)


def test_the_committed_manifest_is_whole() -> None:
    manifest = read(MANIFEST)
    for source in manifest.sources:
        assert source.licence and source.why and (source.pinned or source.reason), source.name
        assert all(url.startswith("https://") for url in source.urls), source.name
        assert source.kind != "wheel" or source.file.endswith(".whl"), source.name
    for target in manifest.targets.values():
        for lock in target.locks:
            assert index.read_lock(index.lock_path(lock, manifest)), lock


def test_the_packages_of_the_container_runtime_are_pinned_and_come_from_two_hosts() -> None:
    """Their maker publishes the hashes (see the manifest), so none is trusted on first sight."""
    packages = [source for source in read(MANIFEST).sources if "container_runtime" in source.sets]
    assert len(packages) == 6
    for source in packages:
        assert source.pinned and source.size, source.name
        assert len({urllib.parse.urlsplit(url).hostname for url in source.urls}) == 2, source.name
        assert all(url.endswith("/" + source.file) for url in source.urls), source.name
