"""What a container image says about itself in its environment."""

import pytest

from ocr_app.board.runtime_context import RUNTIME, RuntimeContext, runtime_context
from ocr_app.core import paths


def test_outside_an_image_there_are_defaults():
    context = runtime_context({})
    assert context == RuntimeContext()
    assert (context.variant, context.runtime, context.root) == ("", RUNTIME, "/")
    assert (context.samples, context.recipes) == (paths.bundled_samples(), paths.bundled_recipes())


@pytest.mark.parametrize(
    "environ, variant",
    [
        ({"OCR_IMAGE": "ocr-app", "OCR_L4T": "32.7.1"}, "l4t"),
        ({"OCR_IMAGE": "ocr-app"}, "cpu"),
        ({"OCR_IMAGE": "ocr-app", "NANO_OCR_VARIANT": "cpu", "OCR_L4T": "32.7.1"}, "cpu"),
        ({"OCR_L4T": "32.7.1"}, ""),
    ],
)
def test_an_image_without_a_variant_is_known_by_its_l4t(environ, variant):
    assert runtime_context(environ).variant == variant


def test_the_first_variable_counts_and_an_empty_one_is_not_set():
    assert runtime_context({"NANO_OCR_L4T": "32.7.2", "OCR_L4T": "32.7.1"}).l4t == "32.7.2"
    assert runtime_context({"NANO_OCR_L4T": "", "OCR_L4T": "32.7.1"}).l4t == "32.7.1"
    assert runtime_context({"NANO_OCR_RUNTIME": ""}).runtime == RUNTIME


def test_a_path_of_the_host_is_below_its_root():
    assert runtime_context({"NANO_OCR_ROOT": "/host"}).below_root("/etc/nv_tegra_release") == (
        "/host/etc/nv_tegra_release"
    )
