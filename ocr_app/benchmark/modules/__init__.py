"""The speed of detection and recognition alone, with and without TensorRT, in the form of the thesis's tables."""
