"""Export: every network of every reader as an ONNX file that TensorRT 8.2.1 accepts, with a record of its origin."""
