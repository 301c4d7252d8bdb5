"""The wheels of an image, by lock and platform."""

import pytest

from fleet.core.errors import ContainerImageError
from fleet.images import packages, spec

IMAGES = spec.load()


@pytest.mark.parametrize("name", [name for name, image in IMAGES.images.items() if image.locks])
@pytest.mark.parametrize("arch", ["amd64", "arm64"])
def test_every_line_that_an_image_names_is_in_its_lock(name, arch):
    image = IMAGES.images[name]
    target = packages.target_of(IMAGES, image, arch)
    for lines in (image.locks, image.standin, (image.pip,)):
        found = packages._once(packages._entries(lines, image, target), image)
        assert all(item.hashes for item in found)


def test_tags_fit_the_python_the_processor_and_the_c_library():
    target = packages.target_of(IMAGES, IMAGES.images["ocr-app"], "arm64")
    assert (target.python, target.abi) == ("3.6.9", "cp36m")
    assert target.platforms[0] == "manylinux_2_27_aarch64" and "manylinux1_aarch64" not in target.platforms
    assert packages.target_of(IMAGES, IMAGES.images["ocr-app-cpu"], "amd64").abi == "cp311"


def test_markers_choose_the_line_of_the_python(tmp_path):
    lock = tmp_path / "some.txt"
    digest = "0" * 64
    lock.write_text(
        f"numpy==1.0 ; python_full_version < '3.11' \\\n    --hash=sha256:{digest}\n"
        f"numpy==2.0 ; python_full_version == '3.11.*' \\\n    --hash=sha256:{digest}\n"
        f"arm==1 ; platform_machine == 'aarch64' --hash=sha256:{digest}\n"
    )
    target = packages.target_of(IMAGES, IMAGES.images["ocr-app-cpu"], "amd64")
    assert [(item.name, item.version) for item in packages.lines_of(lock, target)] == [("numpy", "2.0")]
    target = packages.target_of(IMAGES, IMAGES.images["ocr-app-cpu"], "arm64")
    assert "arm" in [item.name for item in packages.lines_of(lock, target)]


def test_two_versions_of_one_package_are_refused():
    lines = [packages.index.LockedPackage("numpy", version, frozenset()) for version in ("1", "2")]
    with pytest.raises(ContainerImageError, match="numpy 1 and 2"):
        packages._once(lines, IMAGES.images["ocr-app"])


def test_what_the_parent_holds_is_not_installed_again():
    image = IMAGES.images["ocr-app-easyocr"]
    held = {item.name for item in packages._held(IMAGES, image, packages.target_of(IMAGES, image, "amd64"))}
    assert {"numpy", "opencv-python-headless", "pillow"} <= held
    paddle = IMAGES.images["ocr-app-paddle"]  # another Python: nothing of it is usable there
    assert packages._held(IMAGES, paddle, packages.target_of(IMAGES, paddle, "amd64")) == []
