"""The models and shapes that the command line names."""

import pytest

from ocr_app.cli.network.models import THREE_LINES, RequestedModel, requested_models
from ocr_app.core.errors import ModelError


def test_a_shape_is_asked_for_in_words(model, network):
    code, _, err = network("count", model)
    assert code == 2 and "?x1x4x?" in err


def test_a_model_that_is_not_there(network):
    code, _, err = network("count", "nowhere.onnx:1x1x2x2")
    assert code == 7 and "nowhere.onnx" in err


def test_without_arguments_they_are_our_own_two(code_models):
    detector, recogniser = requested_models([])
    assert (detector.name, recogniser.name) == ("code-detector.onnx", "code-recogniser.onnx")
    assert recogniser.shape == THREE_LINES and detector.shape[:2] == (1, 1)
    width, height = detector.shape[3], detector.shape[2]
    assert width == code_models["detector"]["side"] and abs(height - width * 3 / 4) < 32


def test_a_packaged_file_is_found_by_its_name(code_models):
    (model,) = requested_models(["code-recogniser.onnx:1x1x32x64"])
    assert model.path.endswith("code-recogniser.onnx") and model.shape == (1, 1, 32, 64)


def test_a_path_may_have_a_shape(model):
    assert requested_models([model, model + ":2x1x4x10"]) == [
        RequestedModel("model.onnx", model, None),
        RequestedModel("model.onnx", model, (2, 1, 4, 10)),
    ]
    with pytest.raises(ModelError):
        requested_models([model + ":2y1"])
