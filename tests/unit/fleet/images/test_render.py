"""The generated Dockerfiles."""

from dataclasses import replace
from pathlib import Path

import pytest

from fleet.core.errors import ContainerImageError
from fleet.images import render, spec

ROOT = Path(__file__).resolve().parents[4]


IMAGES = spec.load()


@pytest.mark.parametrize("name", IMAGES.images)
def test_the_committed_dockerfile_is_what_the_template_makes(name):
    image = IMAGES.images[name]
    assert render.path_of(IMAGES, image).read_text() == render.render(IMAGES, image), "run ./inv images render"


def test_there_is_no_other_dockerfile():
    assert {path.stem for path in (ROOT / "docker").glob("*.Dockerfile")} == set(IMAGES.images)


def test_only_images_on_nvidias_base_are_for_an_l4t_release():
    for_nano = {name for name, image in IMAGES.images.items() if IMAGES.l4t_of(image)}
    assert for_nano == set(IMAGES.images) - {"ocr-app-cpu"}
    text = render.render(IMAGES, IMAGES.images["ocr-app-cpu"])
    assert "l4t.release" not in text and "OPENBLAS_CORETYPE" not in text and "NVIDIA_" not in text


def test_a_package_without_a_version_is_refused():
    image = replace(IMAGES.images["ocr-app-cpu"], apt=("python3", "vim"))
    with pytest.raises(ContainerImageError, match="vim has no version"):
        render.render(IMAGES, image)
