"""What a rewritten model keeps, and that the model it is made from stays as it is."""

from ocr_app.networks import onnx_model, rewriting


def test_a_renamed_node_keeps_everything_else(small_net):
    node = onnx_model.loads(small_net).nodes[0]
    node.proto.attribute.extend(rewriting.make_node("Conv", [], [], group=1, pads=[0, 0, 0, 0]).attribute)
    made = rewriting.renamed(node, ["a", "b"], ["c"])
    assert (list(made.input), list(made.output), made.op_type) == (["a", "b"], ["c"], "Conv")
    assert made.attribute == node.proto.attribute and node.proto.input[0] == "image"


def test_other_nodes_and_outputs_leave_the_rest_and_the_model_as_they_are(small_net):
    model = onnx_model.loads(small_net)
    again = onnx_model.loads(rewriting.with_nodes(model, [rewriting.make_node("Relu", ["image"], ["logits"])]))
    assert [node.op for node in again.nodes] == ["Relu"] and again.metadata == model.metadata
    more = onnx_model.loads(rewriting.with_more_nodes(model, [rewriting.make_node("Size", ["conv"], ["n"])]))
    assert [node.op for node in more.nodes[-2:]] == ["MatMul", "Size"]
    shown = onnx_model.loads(rewriting.with_outputs(model, ["conv", "logits"]))
    assert shown.outputs == ("logits", "conv")
    assert model.proto.SerializeToString() == small_net


def test_every_output_is_shown_once(small_net):
    model = onnx_model.loads(small_net)
    shown = onnx_model.loads(rewriting.with_every_output(model))
    assert shown.outputs == ("logits", "conv", "relu", "flat", "size")
