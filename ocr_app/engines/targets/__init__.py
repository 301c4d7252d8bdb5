"""What engines can be built for: TensorRT on a board, ONNX Runtime on any computer."""
