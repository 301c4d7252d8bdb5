"""Measurements that the control side runs.

matrix.py     every reader on every data set; cells.py: the cells; reasons.py: why cells were not run
exports.py    networks as ONNX, compared with their originals
gates.py      preflight and precision gate of every network
"""
