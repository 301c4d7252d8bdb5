"""The declarations of the images."""

from dataclasses import replace
from pathlib import Path

import pytest

from fleet.core.errors import ContainerImageError
from fleet.images import spec
from ocr_app import __version__

ROOT = Path(__file__).resolve().parents[4]


IMAGES = spec.load()


def test_what_is_named_brings_what_it_stands_on_in_build_order():
    names = [image.name for image in IMAGES.select(["ocr-app-paddle"])]
    assert names == ["ocr-app-base", "ocr-app", "ocr-app-paddle"]
    assert [image.name for image in IMAGES.select(None)] == list(IMAGES.images)


def test_a_name_that_is_none_is_said_with_those_there_are():
    with pytest.raises(ContainerImageError, match="no image called ocr") as caught:
        IMAGES.select(["ocr"])
    assert "ocr-app-cpu" in caught.value.expected


def test_an_unknown_key_is_refused(tmp_path):
    (tmp_path / "docker").mkdir()
    (tmp_path / "versions.toml").write_text((ROOT / "versions.toml").read_text())
    text = (ROOT / "docker" / "images.toml").read_text()
    (tmp_path / "docker" / "images.toml").write_text(text.replace("absent =", "abscent =", 1))
    with pytest.raises(ContainerImageError, match="unknown key abscent"):
        spec.load(tmp_path)


def test_an_unrecorded_digest_is_not_part_of_the_reference():
    base = IMAGES.bases["l4t-base"]
    assert replace(base, digest=spec.UNRECORDED).reference.endswith("l4t-base:r32.7.1")
    assert replace(base, digest="sha256:ab").reference.endswith("l4t-base:r32.7.1@sha256:ab")


def test_images_for_another_processor_have_names_of_their_own():
    other = {"amd64": "arm64"}.get(spec.machine_arch(), "amd64")
    assert spec.called("ocr-app") == spec.called("ocr-app", spec.machine_arch()) == "ocr-app"
    assert spec.called("ocr-app", other) == f"ocr-app:{other}"
    assert spec.tags("ocr-app") == ("ocr-app:latest", f"ocr-app:{__version__}")
    assert spec.tags("ocr-app", other) == (f"ocr-app:{other}", f"ocr-app:{__version__}-{other}")
