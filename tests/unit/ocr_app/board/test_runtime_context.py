"""What an image says about itself in the environment."""

from ocr_app.board.runtime_context import RuntimeContext, runtime_context


def test_surroundings_come_from_the_environment():
    found = runtime_context({"NANO_OCR_VARIANT": "cpu", "NANO_OCR_RELEASE": "", "NANO_OCR_RUNTIME": "/somewhere"})
    assert found == RuntimeContext("cpu", runtime="/somewhere")


def test_an_image_that_names_its_l4t_is_one_for_jetsons():
    assert runtime_context({"OCR_IMAGE": "ocr-app", "OCR_L4T": "32.7.1"}).variant == "l4t"
    assert runtime_context({"OCR_IMAGE": "ocr-app-cpu"}).variant == "cpu"
    assert runtime_context({}).variant == ""
