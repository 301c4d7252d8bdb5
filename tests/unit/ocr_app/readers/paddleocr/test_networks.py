"""PaddleOCR's networks as ours and ours as PaddleOCR's."""

import types

import numpy as np

from ocr_app.networks.contract import Network
from ocr_app.readers.paddleocr.networks import NetworkPredictor, PaddleNetwork, network_of, replace

IMAGE = np.arange(6, dtype=np.float32).reshape(1, 1, 2, 3)


class Doubles(Network):
    inputs, outputs = ("image",), ("answer",)

    def infer(self, arrays):
        return {"answer": arrays["image"] * 2}


class Paddle:
    """Predictor, input tensor and output tensor of Paddle: triples its input."""

    def copy_from_cpu(self, array):
        self.array = array

    def run(self):
        self.answer = self.array * 3

    def copy_to_cpu(self):
        return self.answer


def step():
    paddle = Paddle()
    return types.SimpleNamespace(predictor=paddle, input_tensor=paddle, output_tensors=[paddle, "another output"])


def infer_as_paddleocr_does(ocr_step, image):
    ocr_step.input_tensor.copy_from_cpu(image)
    ocr_step.predictor.run()
    answer = ocr_step.output_tensors[0].copy_to_cpu()
    ocr_step.predictor.try_shrink_memory()
    return answer


def test_a_step_of_paddleocr_is_a_network():
    network = network_of(step())
    assert isinstance(network, PaddleNetwork)
    np.testing.assert_array_equal(network.infer_one(IMAGE), IMAGE * 3)


def test_a_network_takes_the_place_of_the_step_s_own():
    replaced, network = step(), Doubles()
    replace(replaced, network)
    np.testing.assert_array_equal(infer_as_paddleocr_does(replaced, IMAGE), IMAGE * 2)
    assert network_of(replaced) is network and len(replaced.output_tensors) == 1


def test_inputs_become_contiguous_float32_and_answers_are_copies():
    predictor = NetworkPredictor(Doubles())
    predictor.copy_from_cpu(np.arange(6, dtype=np.float64).reshape(2, 3).T)
    predictor.run()
    answer = predictor.copy_to_cpu()
    assert answer.dtype == np.float32 and answer.shape == (3, 2)
    answer[:] = 0
    assert predictor.copy_to_cpu().any()
