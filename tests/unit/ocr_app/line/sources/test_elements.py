"""What is missing is said with its package."""

from ocr_app.line.sources.elements import PACKAGES, package_of


def test_an_element_that_is_missing_is_named_with_its_package():
    assert package_of('no element "aravissrc"') == "apt-get install libaravis-0.8-0"
    assert "correct its name" in package_of('no element "v4l2scr"')
    assert "gstreamer1.0-libav" in package_of("Your GStreamer installation is missing a plug-in. (No decoder)")
    assert package_of("Unauthorized (401)") == ""
    assert all(package.replace("-", "").replace(".", "").isalnum() for package in PACKAGES.values())
