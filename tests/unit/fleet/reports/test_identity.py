"""What a reader is in benchmarks."""

from fleet.reports.identity import entry_identity, entry_label, labels, reader_identity, run_identity


def run_of(**reader):
    return {"reader": {"asked": "codes", "precision": "fp32", **reader}}


def test_the_identity_is_the_name_unless_there_are_engines_or_another_precision():
    assert reader_identity("codes") == entry_identity({"name": "codes"}) == "codes"
    assert reader_identity("codes", precision="fp16") == "codes none fp16"
    assert entry_identity({"name": "codes", "engine": "tensorrt"}) == "codes tensorrt fp32"
    assert entry_identity({"name": "a:b@c", "engine": "tensorrt", "precision": "fp16"}) == "a:b@c tensorrt fp16"


def test_records_from_before_engines_are_without_them():
    assert run_identity(run_of()) == run_identity(run_of(engines="none")) == "codes"
    assert run_identity(run_of(engines="onnxruntime")) == "codes onnxruntime fp32"
    assert run_identity(run_of(engines="tensorrt", precision="fp16")) == "codes tensorrt fp16"


def test_the_label_tells_engines_apart():
    assert entry_label({"name": "codes", "label": "Codes"}) == "Codes"
    assert entry_label({"name": "codes", "precision": "fp16"}) == "codes, own networks, fp16"
    both = [{"name": "c", "label": "C"}, {"name": "c", "label": "C", "engine": "tensorrt", "precision": "fp16"}]
    assert labels({"readers": both}) == {"c": "C", "c tensorrt fp16": "C, TensorRT engines, fp16"}
