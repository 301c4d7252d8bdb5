"""Checks before an engine is used: preflight for TensorRT, parity of exports, the precision gate and its plans."""
