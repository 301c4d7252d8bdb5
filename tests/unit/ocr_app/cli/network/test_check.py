"""``ocr-app network check``."""

import json


def test_check(model, make_model, saved, network):
    code, out, _ = network("check", model)
    assert (code, out) == (0, "model.onnx: no known problems\n")
    refused = saved(make_model([("NonZero", ["image"], ["logits"])], opset=14), "new.onnx")
    code, out, _ = network("check", model, refused, "--json")
    assert code == 7
    assert [len(problems) for problems in json.loads(out)["problems"].values()] == [0, 2]
