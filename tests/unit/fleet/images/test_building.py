"""How images are built: bases, platforms, labels."""

import pytest

from fleet.core.errors import ContainerImageError
from fleet.images import building, spec

IMAGES = spec.load()


OTHER = {"amd64": "arm64"}.get(spec.machine_arch(), "amd64")
L4T, DEBIAN = IMAGES.bases["l4t-base"], IMAGES.bases["debian"]


def test_the_vendors_base_is_asked_for_in_its_only_architecture():
    how = building.plan("vendor")
    assert how.arch_of(L4T) == "arm64" and how.arch_of(DEBIAN) == spec.machine_arch()
    assert building.plan("vendor", "arm64").arch_of(DEBIAN) == "arm64"
    with pytest.raises(ContainerImageError, match=r"nvcr.io/nvidia/l4t-base:r32.7.1 for amd64"):
        building.plan("vendor", "amd64").arch_of(L4T)


def test_the_engine_is_asked_for_linux_arm64(monkeypatch):
    calls = []
    monkeypatch.setattr(building.docker, "run_docker", lambda *words: calls.append(words) or "")
    monkeypatch.setattr(building.docker, "inspect", lambda tag: {"RepoDigests": ["x@sha256:12"]})
    with pytest.raises(ContainerImageError, match="has no recorded digest"):
        building._bases(IMAGES, {"l4t-base"}, building.plan("vendor"), print)
    assert calls == [("pull", "--platform", "linux/arm64", "nvcr.io/nvidia/l4t-base:r32.7.1")]


def test_stand_ins_are_for_the_asked_architecture():
    assert building.plan("standin", OTHER).arch_of(L4T) == OTHER
    assert building.plan("standin").arch_of(L4T) == spec.machine_arch()


def test_images_that_need_an_old_python_are_refused_for_another_processor_before_anything_is_made(monkeypatch):
    monkeypatch.setattr(building, "_stale", lambda images, image: False)
    monkeypatch.setattr(building.docker, "require", lambda *_: pytest.fail("asked the engine"))
    with pytest.raises(ContainerImageError, match=f"ocr-app, ocr-app-easyocr, ocr-app-paddle for {OTHER}") as caught:
        building.build(None, building.plan("standin", OTHER))
    assert caught.value.next_step == "--only ocr-app-base,ocr-app-cpu"


@pytest.mark.parametrize("bases", ["nvidia", "STANDIN"])
def test_unknown_bases_are_refused(bases):
    with pytest.raises(ContainerImageError, match="no bases called"):
        building.plan(bases)


def test_labels_name_the_parent_without_its_registry():
    image = IMAGES.images["ocr-app-base"]
    assert building._base_name(IMAGES, image, "anything").startswith("l4t-base:r32.7.1")
    assert building._base_name(IMAGES, IMAGES.images["ocr-app"], "ocr-app-base").startswith("ocr-app-base:")
