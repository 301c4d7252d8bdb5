"""Networks of the readers as ONNX files: export, normal form, and record."""
