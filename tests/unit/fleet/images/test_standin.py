"""Stand-ins of base images: their names and labels say what they are."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from fleet.core.errors import DockerMissing
from fleet.images import spec, standin

IMAGES = spec.load()


def test_a_tag_changes_with_the_packages_of_the_base(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standin, "_pythons", lambda images, base, arch: {})
    base = IMAGES.bases["l4t-base"]
    other = replace(base, apt={**base.apt, "vim": "1"})
    assert standin.tag(IMAGES, base).startswith("ocr-app-standin/l4t-base:")
    assert standin.tag(IMAGES, base) == standin.tag(IMAGES, base) != standin.tag(IMAGES, other)


@pytest.mark.parametrize("key", IMAGES.bases)
def test_a_label_names_the_image_that_it_stands_in_for(key: str) -> None:
    base = IMAGES.bases[key]
    label = standin.format_label(base)
    assert label.startswith(f"stand-in for {base.name}:{base.tag}")
    assert ("x86-64 wheels" in label) is (key == "l4t-base")


def test_a_stand_in_that_is_there_is_not_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standin, "tag", lambda images, base, arch: f"tag-of-{base.key}")
    monkeypatch.setattr(standin, "exists", lambda tag: True)
    monkeypatch.setattr(standin, "_bootstrap", lambda *_: pytest.fail("made"))
    assert standin.ensure(IMAGES, {"l4t-base"}, print) == {"l4t-base": "tag-of-l4t-base"}


def test_a_missing_debootstrap_is_reported_with_its_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(standin, "tag", lambda images, base, arch: "x")
    monkeypatch.setattr(standin, "exists", lambda tag: False)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(DockerMissing, match="apt-get install debootstrap"):
        standin.ensure(IMAGES, {"l4t-base"}, print)


def test_stand_ins_of_two_processors_are_two_and_say_what_stands_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standin, "machine_arch", lambda: "amd64")
    base = IMAGES.bases["l4t-base"]
    assert standin.tag(IMAGES, base, "arm64").startswith("ocr-app-standin/l4t-base:arm64-")
    label = standin.format_label(base, "arm64")
    assert "its python3.6 is Debian's Python 3.11" in label and "x86-64" not in label
