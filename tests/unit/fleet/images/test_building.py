"""How images are built: bases, platforms, labels."""

import pytest

from fleet.core.errors import ContainerImageError
from fleet.images import building, spec

IMAGES = spec.load()


def test_stand_in_bases_are_for_this_machine_only():
    other = {"amd64": "arm64"}.get(spec.machine_arch(), "amd64")
    with pytest.raises(ContainerImageError, match="stand-in bases for " + other):
        building.plan("standin", other)
    assert building.plan("vendor", other).arch == other


@pytest.mark.parametrize("bases", ["nvidia", "STANDIN"])
def test_unknown_bases_are_refused(bases):
    with pytest.raises(ContainerImageError, match="no bases called"):
        building.plan(bases)


def test_labels_name_the_parent_without_its_registry():
    image = IMAGES.images["ocr-app-base"]
    assert building._base_name(IMAGES, image, "anything").startswith("l4t-base:r32.7.1")
    assert building._base_name(IMAGES, IMAGES.images["ocr-app"], "ocr-app-base").startswith("ocr-app-base:")
